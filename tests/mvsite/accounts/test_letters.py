"""Letters for lost passwords: sent beside the answer, so many an hour, and by a thread that goes on after trouble."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.core.mail.utils import DNS_NAME
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from mvsite.accounts import letters
from mvsite.accounts.models import OneTimeLink
from tests.support.people import HOST, accounts, browser, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def with_accounts(settings: Settings) -> None:
    accounts(settings)


@pytest.fixture
def beside(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], Any]]:
    """Let letters be posted to memory, and only when the test says so."""
    monkeypatch.setattr(DNS_NAME, "_fqdn", "localhost", raising=False)  # else Django asks a name server
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    waiting: list[Callable[[], Any]] = []
    monkeypatch.setattr(letters, "beside", lambda act, **words: waiting.append(partial(act, **words)))
    return waiting


def test_a_lost_password_is_mailed_where_mail_is_set_up(settings: Settings, beside: list[Callable[[], Any]]) -> None:
    person("ada", email="Ada@example.org")
    assert "sends no mail" in browser().post("/password/forgot/", {"email": "ada@example.org"}).content.decode()
    assert mail.outbox == []
    settings.MV_SENDS_MAIL = True
    told = {
        browser().post("/password/forgot/", {"email": name}).content for name in ("ada@example.org", "no@example.org")
    }
    assert len({re.sub(rb'value="[^"]*"', b"", page) for page in told}) == 1
    assert (len(beside), mail.outbox) == (2, [])
    for post in beside:
        post()
    (letter,) = mail.outbox
    path = re.search(rf"http://{HOST}(/password/new/[\w-]+/)", str(letter.body))
    assert path
    assert browser().get(path[1]).status_code == 200


def test_asking_for_a_letter_looks_nobody_up(
    settings: Settings, beside: list[Callable[[], Any]], django_assert_num_queries: Any
) -> None:
    person("ada", email="ada@example.org")
    settings.MV_SENDS_MAIL = True
    for name in ("ada@example.org", "no@example.org"):
        with django_assert_num_queries(0):
            assert browser().post("/password/forgot/", {"email": name}).status_code == 200


def test_a_mailbox_is_not_flooded_whoever_asks(settings: Settings, beside: list[Callable[[], Any]]) -> None:
    person("ada", email="ada@example.org")
    person("ben", email="ben@example.org")
    settings.MV_SENDS_MAIL = True
    for number in range(letters.AN_HOUR + 3):
        words = {"email": "ADA@example.org" if number % 2 else "ada@example.org"}
        answer = browser().post("/password/forgot/", words, REMOTE_ADDR=f"192.0.2.{number}")
        assert "a letter is on its way" in answer.content.decode()
    browser().post("/password/forgot/", {"email": "ben@example.org"}, REMOTE_ADDR="192.0.2.99")
    for post in beside:
        post()
    assert [letter.to for letter in mail.outbox] == [["ada@example.org"]] * letters.AN_HOUR + [["ben@example.org"]]
    OneTimeLink.objects.update(created_at=timezone.now() - timedelta(hours=1))
    assert letters.letters_send(email="ada@example.org", site="http://x", language="de") == 1
    assert mail.outbox[-1].subject == "Ein neues Passwort für MV Studio"


@pytest.mark.django_db(transaction=True)
def test_letters_are_sent_by_a_thread_that_goes_on(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DNS_NAME, "_fqdn", "localhost", raising=False)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    person("ada", email="ada@example.org")
    gone, here = threading.Event(), threading.get_ident()
    told: list[int] = []

    def broken() -> None:
        raise OSError("the mail server is away")

    def ended() -> None:
        told.append(threading.get_ident())
        connection.close()  # this thread keeps its own, which would outlive the tests' database
        gone.set()

    letters.beside(broken)
    letters.letters_later(email="ada@example.org", site="http://studio.example", language="en")
    letters.beside(ended)
    assert gone.wait(20)
    assert told[0] != here
    assert [letter.to for letter in mail.outbox] == [["ada@example.org"]]
