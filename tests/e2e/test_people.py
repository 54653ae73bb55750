"""A studio with accounts in a browser: signing in, making, sharing, watching as a stranger, all pages of accounts."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.support.browser import Trouble, accessible
from tests.support.german import speaks_german
from tests.support.processes import ran, running_studio

pytestmark = [pytest.mark.network_loopback, pytest.mark.long]
PASSWORD = "correct horse battery staple"
NEW = "another sentence about the sea"
MADE_WITHIN_MS = 120_000
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PLAYED = """film => new Promise((resolve) => {
  film.muted = true;
  film.addEventListener("timeupdate", () => film.currentTime > 0.2 && (film.pause(), resolve()));
  film.play();
})"""
FILL = f"""
from mvsite.accounts.models import User
from django.contrib.auth.models import Permission
ada = User.objects.create_user("ada", email="ada@studio.example", password={PASSWORD!r}, is_staff=True)
ada.user_permissions.set(Permission.objects.filter(codename__in=("add_user", "change_user")))
User.objects.create_user("ben", email="ben@studio.example", password={PASSWORD!r})
"""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a studio that asks for accounts, with two people and quotas."""
    folder = tmp_path_factory.mktemp("people")
    settings = {
        "MV_AUTH": "required",
        "SECRET_KEY": "a-key-for-this-test-alone-" * 3,
        "ALLOWED_HOSTS": "127.0.0.1",
        "EMAIL_URL": "dummymail://",
        "MV_RATE_LOGIN": "0",
        "MV_QUOTA_JOBS": "20",
        "MV_QUOTA_STORAGE_MB": "500",
    }
    with running_studio(folder, **settings) as running:
        filled = ran(folder, "manage.py", "shell", "-c", FILL, **settings)
        assert filled.returncode == 0, filled.stderr
        yield running.url


def sign_in(page: Page, name: str = "ada", password: str = PASSWORD) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def send(page: Page, button: str) -> None:
    """Press the (first) button of a form and wait for the page that answers: to go elsewhere earlier gives it up."""
    with page.expect_navigation():
        page.locator(button).first.click()


def seen(page: Page, name: str) -> None:
    """Check a page on a desk and on a phone; with MV_PICTURES (a folder) take pictures to look at."""
    for size, view in (("desktop", DESKTOP), ("phone", PHONE)):
        page.set_viewport_size(view)
        accessible(page)
        if folder := os.environ.get("MV_PICTURES"):
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=Path(folder) / f"{name}-{size}-{scheme}.png", full_page=True)
    page.set_viewport_size(DESKTOP)


def link_made(page: Page, button: str) -> str:
    """Press a button of the account page that makes a link; return where it leads."""
    page.goto("/account/")
    page.get_by_role("button", name=button).first.click()
    link = page.locator("code.once")
    expect(link).to_be_visible()
    return link.inner_text()


@contextmanager
def stranger(chromium: Browser, studio: str, trouble: Trouble, *, locale: str = "en-US") -> Iterator[Page]:
    """Open a watched page of somebody without a session."""
    context = chromium.new_context(base_url=studio, viewport=DESKTOP, locale=locale)
    context.set_default_timeout(20_000)
    trouble.watch(context, origin=studio)
    page = context.new_page()
    yield page
    context.close()


def test_sign_in_make_share_and_watch_as_a_stranger(
    page: Page, chromium: Browser, studio: str, trouble: Trouble
) -> None:
    page.goto("/create/")
    page.wait_for_url("**/sign-in/**")
    sign_in(page)
    page.goto("/create/")
    page.get_by_label("Idea").fill("A lighthouse keeper dances through one stormy night")
    page.get_by_label("Character & style").fill("A young woman with short copper hair")
    page.locator("summary", has_text="Configuration").click()
    page.get_by_label("Number of scenes").fill("1")
    page.get_by_role("button", name="Generate portraits").click()
    expect(page.locator('mv-portrait-option[data-state="ready"]')).to_have_count(4, timeout=MADE_WITHIN_MS)
    page.get_by_text("Option 1").click()
    page.get_by_role("button", name="Generate Videos").click()
    page.wait_for_url("**/studio/*/")
    expect(page.get_by_role("button", name="Share")).to_be_enabled(timeout=MADE_WITHIN_MS)
    page.get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share this video")
    dialog.get_by_role("button", name="Make a link").click()
    address = dialog.get_by_label("Link", exact=True).input_value()

    with stranger(chromium, studio, trouble) as visitor:
        visitor.goto(address)
        film = visitor.locator("video").first
        film.evaluate(PLAYED)
        seen(visitor, "share")
        assert visitor.request.get("/api/mv/projects/").status == 401
        dialog.get_by_role("button", name="Revoke").click()
        expect(dialog.get_by_label("Link", exact=True)).to_have_count(0)
        trouble.check()
        visitor.goto(address)
        expect(visitor.locator("video")).to_have_count(0)
        seen(visitor, "share-gone")
    trouble.expect("status of 404 .*/share/")


def test_signing_in_and_the_account_page(page: Page, trouble: Trouble) -> None:
    page.goto("/sign-in/")
    seen(page, "sign-in")
    sign_in(page)
    page.goto("/account/")
    expect(page.get_by_text("0 / 20")).to_be_visible()
    for summary in ("New token", "Change the password"):
        page.locator("summary", has_text=summary).click()
    seen(page, "account")
    page.get_by_label("What it is for").fill("a script")
    page.locator("input[name=days]").fill("30")
    page.get_by_role("button", name="Make the token").click()
    expect(page.locator("code.once")).to_be_visible()
    expect(page.locator("#tokens ~ ul time").first).to_have_text(re.compile("[AP]M$"))  # by the clock of who looks
    seen(page, "account-token")
    page.get_by_role("button", name="Revoke a script").click()
    expect(page.get_by_text("The token no longer works.")).to_be_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()
    page.goto("/account/")
    page.wait_for_url("**/sign-in/**")
    trouble.check()


def test_wrong_words_are_told_beside_what_they_are_about(page: Page, trouble: Trouble) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password", exact=True).fill("not this one at all")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    seen(page, "sign-in-wrong")
    trouble.expect("status of 40[01]")


def test_an_invitation_lets_somebody_join_once(page: Page, chromium: Browser, studio: str, trouble: Trouble) -> None:
    sign_in(page)
    address = link_made(page, "Make an invitation")
    seen(page, "account-invitation")
    with stranger(chromium, studio, trouble) as guest:
        guest.goto(address)
        seen(guest, "join")
        guest.get_by_label("Name").fill("cleo")
        guest.get_by_label("New password", exact=True).fill(NEW)
        guest.get_by_label("New password, again").fill(NEW)
        send(guest, "main form button[type=submit]")
        guest.goto("/account/")
        expect(guest.get_by_role("heading", name="cleo")).to_be_visible()
        expect(guest.get_by_role("heading", name="People")).to_have_count(0)
        trouble.check()
        guest.goto(address)
        seen(guest, "link-gone")
    trouble.expect("status of 404")


def test_pages_of_accounts_speak_german(chromium: Browser, studio: str, trouble: Trouble) -> None:
    trouble.expect("status of 40[014]")
    with stranger(chromium, studio, trouble, locale="de-DE") as page:
        page.goto("/sign-in/")
        speaks_german(page)
        for password in ("ganz falsch geraten", PASSWORD):
            page.locator("[name=username]").fill("ada")
            page.locator("[name=password]").fill(password)
            send(page, "main form button[type=submit]")
            speaks_german(page)
        page.goto("/account/")
        for button in page.locator("summary").all():
            button.click()
        speaks_german(page)
        page.locator("form[action='/account/tokens/'] [type=submit]").click()  # without a name: nothing is sent
        speaks_german(page)
        send(page, "form[action='/account/invitations/'] [type=submit]")
        speaks_german(page)
        links = [page.locator("code.once").inner_text()]
        send(page, "form[action*='/account/people/'] [type=submit]")
        speaks_german(page)
        links.append(page.locator("code.once").inner_text())
        send(page, "form[action='/sign-out/'] [type=submit]")
        for path in (*links, "/password/forgot/", "/join/nothing/", "/share/nothing/"):
            page.goto(path)
            speaks_german(page)
    trouble.check()


def test_a_lost_password_is_chosen_anew(page: Page, chromium: Browser, studio: str, trouble: Trouble) -> None:
    sign_in(page)
    page.goto("/account/")
    page.get_by_role("button", name="Link for a new password for ben").click()
    address = page.locator("code.once").inner_text()
    with stranger(chromium, studio, trouble) as guest:
        guest.goto("/password/forgot/")
        seen(guest, "forgot")
        guest.get_by_label("Mail address").fill("nobody@studio.example")
        guest.get_by_role("button", name="Send a link").click()
        expect(guest.get_by_text("If there is an account with this address")).to_be_visible()
        seen(guest, "forgot-sent")
        guest.goto(address)
        seen(guest, "new-password")
        guest.get_by_label("New password", exact=True).fill(NEW)
        guest.get_by_label("New password, again").fill(NEW)
        send(guest, "main form button[type=submit]")
        guest.goto("/account/")
        send(guest, "form[action='/sign-out/'] [type=submit]")
        sign_in(guest, "ben", NEW)
    trouble.check()
