"""Nobody gets a name that looks like somebody else's: told apart by more than case and Unicode's forms."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from mvsite.accounts.links import link_create
from mvsite.accounts.models import LinkKind, User
from tests.support.people import PASSWORD, accounts, browser, person, sign_in

pytestmark = pytest.mark.django_db
PEOPLE = "/admin/accounts/user/"
REFUSED = "A user with this name in other capital or small letters already exists."
BY_DJANGO = "A user with that username already exists."  # its form to add people sees some of them itself
LIKE = [("alice", "Alice"), ("ÄDA", "äda"), ("ben", "\uff22\uff25\uff2e"), ("\ufb01n", "FIN")]


@pytest.fixture(autouse=True)
def with_accounts(settings: Settings) -> None:
    accounts(settings)


def boss() -> Any:
    return browser(User.objects.create_superuser("boss"))


def by_invitation(name: str) -> str:
    words = {"username": name, "email": "", "password": PASSWORD, "again": PASSWORD}
    return str(browser().post(link_create(kind=LinkKind.INVITATION), words).content.decode())


def added_in_the_admin(name: str) -> str:
    words = {"username": name, "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    return str(boss().post(f"{PEOPLE}add/", words).content.decode())


def renamed_in_the_admin(name: str) -> str:
    return rename(person("somebody"), name)


def rename(somebody: User, name: str, **more: str) -> str:
    joined = {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00", "is_active": "on"}
    return str(boss().post(f"{PEOPLE}{somebody.pk}/change/", {"username": name, **joined, **more}).content.decode())


def by_command(name: str) -> str:
    try:
        call_command("create_admin", name)
    except CommandError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(("there", "wanted"), LIKE)
@pytest.mark.parametrize("door", [by_invitation, added_in_the_admin, renamed_in_the_admin, by_command])
def test_a_name_that_only_looks_other_is_refused(door: Callable[[str], str], there: str, wanted: str) -> None:
    User(username=there).save()  # as it is, which `create_user` would bring into its normal form
    said = door(wanted)
    assert REFUSED in said or (BY_DJANGO in said and door is added_in_the_admin)
    assert set(User.objects.values_list("username", flat=True)) <= {there, "boss", "somebody"}


@pytest.mark.parametrize("door", [by_invitation, added_in_the_admin, renamed_in_the_admin, by_command])
def test_another_name_is_taken(door: Callable[[str], str]) -> None:
    person("alice")
    assert REFUSED not in door("alicia")
    assert User.objects.filter(username="alicia").exists()


def test_pairs_that_are_there_sign_in_are_changed_and_get_new_passwords() -> None:
    small, large = person("alice"), person("Alice")
    for name in ("alice", "Alice"):
        assert sign_in(browser(), name).status_code == 302
    rename(large, "Alice", first_name="Al")
    large.refresh_from_db()
    assert (large.username, large.first_name) == ("Alice", "Al")
    call_command("create_admin", "alice", "--again")
    small.refresh_from_db()
    assert not small.check_password(PASSWORD)


def test_somebody_may_write_the_own_name_otherwise() -> None:
    alice = person("alice")
    rename(alice, "Alice")
    alice.refresh_from_db()
    assert alice.username == "Alice"
