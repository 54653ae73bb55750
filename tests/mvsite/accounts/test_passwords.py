"""What a changed password ends, however it is changed."""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from mvsite.accounts.links import link_create
from mvsite.accounts.models import LinkKind, User
from tests.support.people import PASSWORD, accounts, browser, person, program

pytestmark = pytest.mark.django_db
NEW, OTHERS = "another-sentence-about-rain", "what-somebody-else-would-like"


@pytest.fixture(autouse=True)
def with_accounts(settings: Settings) -> None:
    accounts(settings)


def by_the_form(person: User) -> None:
    browser(person).post("/account/password/", {"current": PASSWORD, "password": NEW, "again": NEW})


def by_the_admin(person: User) -> None:
    boss = User.objects.create_superuser("boss", password=PASSWORD)
    path = f"/admin/accounts/user/{person.pk}/password/"
    browser(boss).post(path, {"password1": NEW, "password2": NEW, "usable_password": "true"})


def by_a_command(person: User) -> None:
    call_command("create_admin", person.get_username(), "--again")


@pytest.mark.parametrize("change", [by_the_form, by_the_admin, by_a_command])
def test_a_changed_password_ends_the_links_for_new_ones(change: Callable[[User], None]) -> None:
    ada = person("ada")
    path = link_create(kind=LinkKind.PASSWORD, user=ada)
    other = link_create(kind=LinkKind.PASSWORD, user=person("ben"))
    change(ada)
    ada.refresh_from_db()
    assert not ada.check_password(PASSWORD)
    assert browser().post(path, {"password": OTHERS, "again": OTHERS}).status_code == 404
    ada.refresh_from_db()
    assert not ada.check_password(OTHERS)
    assert browser().get(other).status_code == 200


def test_signing_in_ends_no_link() -> None:
    path = link_create(kind=LinkKind.PASSWORD, user=person("ada"))
    signed = browser().post("/sign-in/", {"username": "ada", "password": PASSWORD})
    assert signed.status_code == 302
    assert browser().get(path).status_code == 200


def test_a_new_password_by_command_ends_the_tokens() -> None:
    boss = person("boss", is_staff=True, is_superuser=True)
    key = program(boss, "read", "admin")
    assert key.get("/api/account/").status_code == 200
    call_command("create_admin", "boss", "--again")
    assert key.get("/api/account/").status_code == 401
