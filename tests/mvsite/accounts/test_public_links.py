"""Links that let somebody in lead to this studio, whatever name the request bears that asked for them."""

import re

import pytest
from django.core import mail
from django.core.mail.utils import DNS_NAME
from django.test import Client
from pytest_django.fixtures import Settings

from mvsite.accounts import letters
from tests.support.people import HOST, accounts, browser, person, program

pytestmark = pytest.mark.django_db
PUBLIC, FORGED = "https://studio.example", "elsewhere.example"
LINK = re.compile(r"https?://[\w.]+/(?:join|password/new)/")


@pytest.fixture(autouse=True)
def any_name_is_served(settings: Settings) -> None:
    accounts(settings)
    settings.ALLOWED_HOSTS, settings.MV_PUBLIC_URL = ["*"], PUBLIC


def forging(client: Client) -> Client:
    client.defaults["HTTP_HOST"] = FORGED
    return client


def test_a_letter_leads_here(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DNS_NAME, "_fqdn", "localhost", raising=False)  # else Django asks a name server
    monkeypatch.setattr(letters, "beside", lambda act, **words: act(**words))
    settings.MV_SENDS_MAIL, settings.EMAIL_BACKEND = True, "django.core.mail.backends.locmem.EmailBackend"
    person("ada", email="ada@example.org")
    assert forging(browser()).post("/password/forgot/", {"email": "ada@example.org"}).status_code == 200
    (letter,) = mail.outbox
    assert LINK.findall(str(letter.body)) == [f"{PUBLIC}/password/new/"]


def test_what_the_account_page_shows_leads_here() -> None:
    ruler, other = person("ruler", is_staff=True, is_superuser=True), person("other")
    client = forging(browser(ruler))
    for path, page in (("invitations", "join"), (f"people/{other.pk}/password", "password/new")):
        answer = client.post(f"/account/{path}/")
        assert LINK.findall(answer.content.decode()) == [f"{PUBLIC}/{page}/"]


def test_what_the_api_tells_leads_here() -> None:
    person("other")
    client = forging(program(person("ruler", is_staff=True, is_superuser=True), "admin"))
    for path, page in (("invitations", "join"), ("password_links", "password/new")):
        answer = client.post(f"/api/account/{path}/", {"username": "other"}, format="json")
        assert LINK.findall(answer.json()["url"]) == [f"{PUBLIC}/{page}/"]


def test_without_a_public_address_the_name_that_was_asked_counts(settings: Settings) -> None:
    settings.MV_PUBLIC_URL = ""
    answer = browser(person("ruler", is_staff=True, is_superuser=True)).post("/account/invitations/")
    assert LINK.findall(answer.content.decode()) == [f"http://{HOST}/join/"]
