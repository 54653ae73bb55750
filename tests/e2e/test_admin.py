"""The admin in a browser: under the strict policy, nothing that axe finds, light and dark, stills that play."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.support.browser import Trouble, accessible
from tests.support.clips import marker_clip, tone
from tests.support.processes import ran, running_studio

pytestmark = [pytest.mark.network_loopback, pytest.mark.long]
LISTS = ("assets/video/", "assets/audio/", "generation/job/", "generation/project/", "generation/providercall/")
MORE = (
    "generation/budget/",
    "flavors/configflavor/",
    "generation/job/stuck/",
    "generation/providercall/costs/",
    "generation/project/sent/",
    "accounts/auditentry/",
)
PASSWORD = "correct horse battery staple"
FILL = f"""
from decimal import Decimal
from generation import jobs, money
from generation.choices import JobKind
from generation.services.projects import project_create
from mvsite.accounts.models import AuditEntry
from mvsite.accounts.services import local_owner
owner = local_owner()
owner.set_password({PASSWORD!r})
owner.save()
project = project_create(owner=owner, title="Harbour", idea="A storm")
words = {{"provider": "replicate", "model": "google/veo-3.1"}}
for number in range(3):
    job = jobs.enqueue(kind=JobKind.CLIP, owner=owner, params={{"prompt": "a storm"}}, project=project,
                       estimated_cost_usd=Decimal(2), **words)
    call = money.intent(job, request_hash="h", **words)
    money.settle(job, call, cost=Decimal("1.5"))
    jobs.request_cancel(job)
AuditEntry.objects.create(action="admin.changed", by_name="local", via="link 1f3a9c2e", object_kind="project",
                          object_id=project.pk, address="2001:db8:85a3:1234:5678:8a2e:370:7334")
"""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a studio of its own, with three jobs that were canceled and have their bills."""
    folder = tmp_path_factory.mktemp("studio")
    with running_studio(folder) as running:
        filled = ran(folder, "manage.py", "shell", "-c", FILL)
        assert filled.returncode == 0, filled.stderr
        yield running.url


@pytest.fixture(scope="module")
def films(studio: str, chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Upload three films and a song."""
    folder = tmp_path_factory.mktemp("films")
    colours = ((190, 90, 60), (60, 140, 100), (70, 90, 180))
    files = [marker_clip(folder / f"Film {n}.mp4", seconds=1, colour=colour) for n, colour in enumerate(colours)]
    context = chromium.new_context(base_url=studio)
    for path in (*files, tone(folder / "Song.mp3", seconds=2)):
        door, mime = (
            ("/api/mv/videos/upload", "video/mp4") if path.suffix == ".mp4" else ("/api/audio/upload", "audio/mpeg")
        )
        file: FilePayload = {"name": path.name, "mimeType": mime, "buffer": path.read_bytes()}
        assert context.request.post(door, multipart={"file": file}).status == 201
    context.close()


@pytest.fixture
def admin(chromium: Browser, studio: str, films: None, trouble: Trouble) -> Iterator[Page]:
    """Open the admin, sign in by its page, under watch; give the page."""
    context = chromium.new_context(base_url=f"{studio}/admin/", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    trouble.watch(context, origin=studio)
    page = context.new_page()
    page.goto("login/?next=/admin/")
    page.get_by_label("Username:").fill("local")
    page.get_by_label("Password:").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")
    yield page
    context.close()


def forms(page: Page) -> Iterator[str]:
    """Give the address of the newest row of each list."""
    for place in (*LISTS, "flavors/configflavor/"):
        page.goto(place)
        links = page.locator("#result_list tbody a").evaluate_all("found => found.map(link => link.pathname)")
        yield next(link for link in links if link.endswith("/change/"))


def test_every_list_and_page_is_accessible_and_keeps_the_policy(admin: Page, trouble: Trouble) -> None:
    places = (*LISTS, *MORE)
    for place in places:
        admin.goto(place)
    trouble.check()
    for place in places:
        admin.goto(place)
        accessible(admin)
    trouble.forget()  # axe itself writes a style sheet where a page imports one


def test_every_form_is_accessible_and_keeps_the_policy(admin: Page, trouble: Trouble) -> None:
    places = list(forms(admin))
    for place in places:
        admin.goto(place)
    trouble.check()
    for place in places:
        admin.goto(place)
        accessible(admin)
    trouble.forget()  # axe itself writes a style sheet where a page imports one


def test_a_still_on_the_contact_sheet_plays(admin: Page, trouble: Trouble) -> None:
    seen: list[str] = []
    admin.on("request", lambda request: seen.append(request.url))
    admin.goto("assets/video/")
    expect(admin.locator("#result_list video")).to_have_count(3)
    admin.wait_for_load_state("networkidle")
    assert [url for url in seen if "/media/video/" in url] == []
    assert len([url for url in seen if "/media/poster/" in url]) == 3
    admin.locator("#result_list video").first.evaluate("async film => { film.muted = true; await film.play(); }")
    assert [url for url in seen if "/media/video/" in url] != []
    trouble.check()


def test_each_control_of_the_sheet_says_for_which_film_it_is(admin: Page) -> None:
    admin.goto("assets/video/")
    cards = admin.locator("#result_list tbody tr")
    expect(cards).to_have_count(3)
    for number in range(3):
        title = cards.nth(number).locator(".field-title").inner_text()
        names = (
            cards.nth(number)
            .locator("input[type=checkbox], select, video")
            .evaluate_all("found => found.map(each => each.ariaLabel)")
        )
        assert names == [f"Select this object for an action - {title}", title, f"rating of {title}"]
    assert "rating: " in cards.first.locator(".field-rating").evaluate(
        "cell => getComputedStyle(cell, '::before').content"
    )


def test_chosen_films_are_thrown_away(admin: Page, trouble: Trouble) -> None:
    admin.goto("assets/video/")
    admin.locator("#action-toggle").check()
    admin.get_by_label("Action:").select_option("Move to the trash")
    admin.get_by_role("button", name="Go").click()
    expect(admin.get_by_text("3 of 3 done: trash.")).to_be_visible()
    trouble.check()


def test_ids_in_the_audit_log_take_one_line(admin: Page) -> None:
    for width in (1280, 390):
        admin.set_viewport_size({"width": width, "height": 900})
        admin.goto("accounts/auditentry/")
        rows = admin.locator("#result_list tbody tr:has(.field-object_id:not(:text-is('-')))")
        assert rows.count() > 0
        assert max(rows.evaluate_all("found => found.map(row => row.getBoundingClientRect().height)")) < 50


def test_what_would_be_sent_is_no_wider_than_a_phone(admin: Page) -> None:
    admin.set_viewport_size({"width": 390, "height": 844})
    admin.goto("/admin/generation/project/sent/")
    for field in admin.locator(".asked input").all():
        box = field.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 390
