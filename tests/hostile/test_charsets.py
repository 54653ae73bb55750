"""Requests that name a charset of their own: only UTF-8 is read, and what is refused is refused unread."""

import io
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from mvsite.accounts.links import link_create
from mvsite.accounts.models import LinkKind
from mvsite.common.charsets import StudioHandler
from tests.support.people import HOST, accounts, browser, person, program
from tests.support.storm import one_connection

pytestmark = pytest.mark.django_db
FORM, WORDS = "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"
ODD = ("rot13", "idna", "undefined", "punycode", "unicode_escape", "utf-7", "utf-16", "latin-1", "no-such", '"hex"')
OURS = ("utf-8", "UTF8", '"utf-8"', "utf_8", "us-ascii", "")
PAGES = ("/sign-in/", "/password/forgot/", "/join/x/", "/account/password/", "/account/tokens/", "/admin/login/", "/x")
CALLS = ("/api/audio/upload", "/api/mv/characters/upload", "/api/mv/projects/", "/api/account/tokens/", "/api/x")


@pytest.fixture(autouse=True)
def with_accounts(settings: Settings) -> None:
    accounts(settings)


def form(line: bytes = b'Content-Disposition: form-data; name="username"') -> bytes:
    return b"--x\r\n" + line + b"\r\n\r\nab\xff\r\n--x--\r\n"


class Unread(io.BytesIO):
    """A body that nobody may read."""

    def read(self, *_: Any) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def refused(client: Client, path: str, kind: str, method: str = "POST") -> Any:
    body: dict[str, Any] = {"wsgi.input": Unread(), "CONTENT_LENGTH": 9}
    answer = client.generic(method, path, b"unread", content_type=kind, **body)
    assert answer.status_code == 415, (path, kind, answer.status_code)
    return answer


@pytest.mark.parametrize("charset", ODD)
def test_another_charset_is_refused_unread_at_every_door(charset: str) -> None:
    ada = person("ada")
    for kind in (FORM, WORDS, "application/json"):
        named = f"{kind}; Charset={charset}"
        for path in (*PAGES, link_create(kind=LinkKind.INVITATION)):
            for client in (browser(checks=True), browser(ada, checks=True)):
                assert refused(client, path, named)["Content-Type"].startswith("text/html")
        for path in CALLS:
            problem = refused(program(ada), path, named).json()
            assert (problem["code"], problem["status"]) == ("user:request:media_type", 415)
    assert refused(browser(ada), "/", f"text/plain; charset={charset}", "GET")["Content-Security-Policy"]


@pytest.mark.parametrize("charset", OURS)
def test_utf_8_is_read_however_it_is_written(charset: str) -> None:
    ada, said = person("ada"), f"; charset={charset}"
    words = b"username=ada&password=a-long-sentence-about-tea"
    assert browser().generic("POST", "/sign-in/", words, content_type=WORDS + said).status_code == 302
    assert browser().generic("POST", "/sign-in/", form(), content_type=FORM + said).status_code == 200
    sent = program(ada).generic("POST", "/api/mv/projects/", '{"title": "é"}', f"application/json{said}")
    assert (sent.status_code, sent.json()["title"]) == (201, "é")


@pytest.mark.parametrize(
    "line",
    [
        b"Content-Disposition: form-data; name*=%s''%%ff%%5cud800",
        b"Content-Disposition: form-data; name=file; filename*=%s''%%ff%%5cud800",
        b"Content-Disposition: form-data; name=username\r\nContent-Type: text/plain; charset=%s",
        b"Content-Disposition: form-data; name=file; filename=a\r\nContent-Type: text/plain; charset=%s",
        b"Content-Disposition: form-data; name=file; filename=a\r\nContent-Type: text/plain; charset*=%s''%%ff",
    ],
)
def test_a_charset_inside_a_form_breaks_nothing(line: bytes) -> None:
    upload = program(person("ada"))
    for charset in ("utf-8", *ODD):
        body = form(line % charset.encode())
        for client, path in ((browser(), "/sign-in/"), (upload, CALLS[0])):
            assert client.generic("POST", path, body, content_type=FORM).status_code < 500


@pytest.mark.parametrize(
    "kind",
    [*(f"{FORM}; charset={charset}" for charset in ODD)]
    + [f"multipart/form-data; boundary*={charset}''%ff" for charset in ("idna", "no-such", "undefined")]
    + ["multipart/form-data; charset*=no-such''utf-8"],
)
def test_no_charset_breaks_the_server_before_its_first_middleware(kind: str, api: APIClient) -> None:
    studio: Any = StudioHandler()
    told: list[str] = []
    asked = {"REQUEST_METHOD": "POST", "PATH_INFO": "/api/audio/upload", "QUERY_STRING": "a=%ff", "SERVER_NAME": HOST}
    more = {"SERVER_PORT": "80", "HTTP_HOST": HOST, "CONTENT_TYPE": kind, "CONTENT_LENGTH": "9", "wsgi.input": Unread()}
    with one_connection():
        studio({**asked, **more, "wsgi.url_scheme": "http"}, lambda status, _headers: told.append(status)).close()
    assert told == ["415 Unsupported Media Type"]
