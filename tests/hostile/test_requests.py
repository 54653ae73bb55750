"""Hostile addresses, headers and titles: refused or made harmless, in the answer and in the log."""

import io
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory
from rest_framework.test import APIClient

from assets.models import CharacterReference
from mvsite.accounts.models import User
from mvsite.common.middleware import RequestIdMiddleware
from mvsite.common.text import clean_title, download_name
from tests.support.assets import make_character, make_video

pytestmark = pytest.mark.django_db
SECRET = "canary-of-the-data-folder"
CLIMBS = (
    "../../studio.sqlite3",
    "..%2f..%2fstudio.sqlite3",
    "%2e%2e/%2e%2e/studio.sqlite3",
    "..\\..\\studio.sqlite3",
    "....//....//studio.sqlite3",
    "%252e%252e%252fstudio.sqlite3",
    "/etc/passwd",
    "%00",
    "..%c0%af..%c0%afstudio.sqlite3",
    "file:///etc/passwd",
)
DOORS = ("/static/{}", "/media/video/{}", "/api/mv/get_video/{}", "/api/audio/get/{}", "/share/{}", "/{}")
INJECTED = "x\r\nX-Evil: yes\r\n\r\n<script>"


@pytest.mark.parametrize("climb", CLIMBS)
def test_no_address_leads_out_of_the_folder(api: APIClient, data_dir: Path, climb: str) -> None:
    (data_dir / "studio.sqlite3").write_text(SECRET)
    for door in DOORS:
        answer = api.get(door.format(climb))
        body = b"".join(getattr(answer, "streaming_content", ())) or answer.getvalue()
        assert answer.status_code in {400, 403, 404}, door
        assert SECRET.encode() not in body
        assert b"root:" not in body


@pytest.mark.parametrize("name", ["X-Request-ID", "Idempotency-Key", "Prefer", "Range", "If-None-Match", "Accept"])
def test_headers_that_carry_line_ends_come_back_in_none(api: APIClient, owner: User, name: str) -> None:
    answer = api.get("/api/mv/projects/", headers={name: INJECTED})
    assert answer.status_code < 500
    assert not answer.has_header("X-Evil")
    assert all("\n" not in value and "\r" not in value for _, value in answer.items())


@pytest.mark.parametrize("size", [10_000, 100_000])
def test_headers_of_any_length_are_answered(api: APIClient, owner: User, size: int) -> None:
    for name in (
        "X-Request-ID",
        "Idempotency-Key",
        "Prefer",
        "Range",
        "If-Modified-Since",
        "Cookie",
        "Accept-Language",
    ):
        assert api.get("/api/mv/projects/", headers={name: "x" * size}).status_code < 500
    assert api.get(f"/api/mv/projects/?search={'x' * size}").status_code < 500


def test_log_has_one_line_an_event_whatever_is_in_it() -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    words: dict[str, Any] = dict(settings.LOGGING["formatters"]["json"])
    handler.setFormatter(words.pop("()")(**words))
    logger = logging.getLogger("hostile")
    logger.addHandler(handler)
    try:
        logger.warning("seen\n%s", INJECTED, extra={"title": 'a\n{"event": "forged"}\u2028b\x1b[2J'})
    finally:
        logger.removeHandler(handler)
    lines = out.getvalue().splitlines()
    assert len(lines) == 1
    assert json.loads(lines[0])["event"].startswith("seen")
    assert "\x1b" not in lines[0]


def test_request_id_of_the_caller_is_taken_only_when_it_is_decent() -> None:
    def seen(request: Any) -> Any:
        return HttpResponse(request.request_id)

    for given, taken in (
        ("abcdefgh-1", True),
        ("short", False),
        (INJECTED, False),
        ("a" * 65, False),
        ("\uff41" * 8, False),
    ):
        answer = RequestIdMiddleware(seen)(RequestFactory(headers={"X-Request-ID": given}).get("/"))
        assert (answer["X-Request-ID"] == given) is taken


@pytest.mark.parametrize(
    "title",
    [
        "a\r\nSet-Cookie: b=c",
        'a"; filename="b.exe',
        "../../../etc/passwd",
        "\u202egnp.exe",
        "a\x00b",
        "CON",
        "\u2066x\u2069",
        "x" * 500,
        "\ud83d\ude00 \u0e01\u0e33",
    ],
)
def test_titles_become_harmless_names(api: APIClient, owner: User, data_dir: Path, title: str) -> None:
    title = title.encode("utf-16", "surrogatepass").decode("utf-16")
    shown = clean_title(title)
    name = download_name(title, "mp4")
    assert not set(shown) & set("\r\n\x00\u202e\u2066\u2069")
    assert not set(name) & set('/\\":\r\n\x00')
    row = make_video(owner, title=shown)
    path = data_dir / "media" / row.key
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x" * 10)
    answer = api.get(f"/api/mv/get_video/{row.pk}?download=1")
    assert answer.status_code == 200
    assert "\n" not in answer["Content-Disposition"]
    assert not answer.has_header("Set-Cookie")


def test_titles_are_cleaned_when_they_are_changed(api: APIClient, owner: User) -> None:
    row = make_character(owner)
    answer = api.patch(f"/api/mv/characters/{row.pk}/", {"title": "a\u202eb\u2066 \u0065\u0301"}, format="json")
    assert answer.status_code == 200
    assert CharacterReference.objects.get().title == "ab \u00e9"
