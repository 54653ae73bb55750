"""Pages speak the visitor's language; the API speaks English, whoever asks."""

import re

import pytest
from django.test import Client

from mvsite.accounts.models import User
from mvsite.common.error_table import ERRORS
from tests.support import texts


@pytest.fixture
def browser(owner: User) -> Client:
    return Client(HTTP_HOST="127.0.0.1")


def language(browser: Client, **headers: str) -> str:
    answer = browser.get("/create/", headers=headers)
    assert f'<html lang="{answer["Content-Language"]}"' in answer.content.decode()
    assert {"Accept-Language", "Cookie"} <= set(answer["Vary"].split(", "))
    return answer["Content-Language"]


@pytest.mark.parametrize(
    ("asked", "spoken"), [("de-AT, en;q=0.5", "de"), ("fr, de;q=0.8", "de"), ("fr", "en"), ("en-GB", "en"), ("", "en")]
)
def test_a_page_speaks_what_the_browser_asks_for(browser: Client, asked: str, spoken: str) -> None:
    assert language(browser, **{"Accept-Language": asked}) == spoken


def test_the_admin_speaks_one_language(browser: Client, owner: User) -> None:
    browser.force_login(owner)
    page = browser.get("/admin/assets/video/", headers={"Accept-Language": "de"}).content.decode()
    assert '<html lang="en' in page
    assert "Select video to change" in page


def test_the_language_that_was_chosen_wins(browser: Client) -> None:
    browser.cookies["django_language"] = "en"
    assert language(browser, **{"Accept-Language": "de"}) == "en"
    browser.cookies["django_language"] = "de"
    assert language(browser) == "de"
    browser.cookies["django_language"] = "klingon"
    assert language(browser) == "en"


def test_the_api_stays_english_and_does_not_vary(browser: Client) -> None:
    answer = browser.get("/api/mv/projects/nothing", headers={"Accept-Language": "de"})
    assert answer.json()["title"] == ERRORS["user:request:malformed_id"].title
    assert "Content-Language" not in answer


def test_only_a_page_in_another_language_loads_a_catalogue(browser: Client) -> None:
    assert "/texts/" not in browser.get("/create/").content.decode()
    assert (
        '<script defer src="/texts/de.js">'
        in browser.get("/create/", headers={"Accept-Language": "de"}).content.decode()
    )


def test_the_catalogue_is_a_script_and_an_unknown_language_has_none(browser: Client) -> None:
    answer = browser.get("/texts/de.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "max-age" in answer["Cache-Control"]
    assert "gettext" in answer.content.decode()
    assert browser.get("/texts/xx.js").status_code == 404


@pytest.mark.parametrize("domain", ["django", "djangojs"])
@pytest.mark.parametrize("spoken", texts.LANGUAGES)
def test_what_is_compiled_is_what_is_written(spoken: str, domain: str) -> None:
    path = texts.path_of(spoken, domain)
    assert path.with_suffix(".mo").read_bytes() == texts.compiled(texts.kept(spoken, domain)), "run ./studio texts"


@pytest.mark.parametrize("domain", ["django", "djangojs"])
@pytest.mark.parametrize("spoken", texts.LANGUAGES)
def test_every_text_is_translated_with_the_same_places_to_fill_in(spoken: str, domain: str) -> None:
    assert texts.untranslated(spoken, domain) == [], "run ./studio texts, then write them into the .po"
    fills = re.compile(r"%\(\w+\)s|\{\d+\}")
    wrong = [
        message.id
        for message in texts.texts(texts.kept(spoken, domain))
        for written, translated in zip(forms(message.id), forms(message.string), strict=True)
        if set(fills.findall(written)) != set(fills.findall(translated))
    ]
    assert wrong == []


def forms(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)  # type: ignore[arg-type]  # a pair where there is a plural
