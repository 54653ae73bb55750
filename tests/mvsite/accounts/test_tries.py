"""How often a minute somebody may try names and passwords."""

import pytest
from pytest_django.fixtures import Settings

from mvsite.accounts.models import AuditEntry
from tests.support.people import PASSWORD, accounts, browser, person, sign_in

pytestmark = pytest.mark.django_db
NEW = "another-sentence-about-rain"


@pytest.fixture(autouse=True)
def with_accounts(settings: Settings) -> None:
    accounts(settings)


def test_tries_are_counted_by_name_from_everywhere(settings: Settings) -> None:
    settings.MV_RATE_LOGIN = 3
    person("ada")
    for number in range(3):
        assert sign_in(browser(), "ADA" if number else "ada", "wrong", REMOTE_ADDR="x").status_code == 401
    for number in (4, 5):
        answer = browser().post("/sign-in/", {"username": "ada", "password": PASSWORD}, REMOTE_ADDR=f"192.0.2.{number}")
        assert answer.status_code == 429
        assert 1 <= int(answer["Retry-After"]) <= 61


def test_tries_are_counted_by_address_for_all_names(settings: Settings) -> None:
    settings.MV_RATE_LOGIN = 3

    def tried(name: str, address: str) -> int:
        words = {"username": name, "password": "wrong"}
        return int(browser().post("/sign-in/", words, REMOTE_ADDR=address).status_code)

    assert [tried(f"name-{number}", "192.0.2.7") for number in range(5)] == [401, 401, 401, 429, 429]
    assert tried("name-9", "192.0.2.8") == 401


@pytest.mark.parametrize(
    ("addresses", "told"),
    [
        ([f"2001:db8:1:1::{number:x}" for number in range(1, 5)], [401, 401, 429, 429]),
        ([f"2001:db8:1:{number:x}::1" for number in range(1, 5)], [401] * 4),
        ([f"::ffff:192.0.2.{number}" for number in range(1, 5)], [401] * 4),
        (["::ffff:192.0.2.7", "192.0.2.7", "::ffff:c000:207", "192.0.2.8"], [401, 401, 429, 401]),
    ],
)
def test_addresses_of_one_connection_are_counted_as_one(
    settings: Settings, addresses: list[str], told: list[int]
) -> None:
    settings.MV_RATE_LOGIN = 2
    tries = [({"username": f"n{number}", "password": "wrong"}, each) for number, each in enumerate(addresses)]
    assert [browser().post("/sign-in/", words, REMOTE_ADDR=each).status_code for words, each in tries] == told


def test_behind_a_proxy_only_the_proxys_own_word_counts(settings: Settings) -> None:
    settings.MV_RATE_LOGIN, settings.MV_BEHIND_HTTPS = 2, True
    told = []
    for number in range(4):
        forwarded = f"10.0.0.{number}, 198.51.100.1"
        words = {"username": f"n{number}", "password": "wrong"}
        told.append(browser().post("/sign-in/", words, headers={"X-Forwarded-For": forwarded}).status_code)
    assert told == [401, 401, 429, 429]


def test_tries_of_the_present_password_are_counted_with_those_to_sign_in(settings: Settings) -> None:
    settings.MV_RATE_LOGIN = 3
    ada = person("ada")
    here, words = browser(ada), {"password": NEW, "again": NEW}
    for guess in ("x", ""):
        assert here.post("/account/password/", {**words, "current": guess}).status_code == 400
    assert sign_in(browser(), "ada", "wrong").status_code == 401
    refused = here.post("/account/password/", {**words, "current": PASSWORD})
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 61
    assert "Too many tries" in refused.content.decode()
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)
    assert sign_in(browser(), "ada").status_code == 429
    told = AuditEntry.objects.order_by("at").values_list("action", "by_name", "owner_id")
    assert list(told) == [("password.refused", "ada", ada.pk), ("sign_in.refused", "", None)]
