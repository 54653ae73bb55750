"""What a changed password ends, however it is changed."""

from collections.abc import Callable

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from mvsite.accounts.links import link_create
from mvsite.accounts.models import LinkKind, User
from tests.support.people import PASSWORD, accounts, browser, person, program, session

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


def disabled_in_the_admin(person: User) -> None:
    path = f"/admin/accounts/user/{person.pk}/password/"
    browser(User.objects.create_superuser("boss")).post(path, {"usable_password": "false", "unset-password": "yes"})


def by_a_link(person: User) -> None:
    browser().post(link_create(kind=LinkKind.PASSWORD, user=person), {"password": NEW, "again": NEW})


def by_a_command(person: User) -> None:
    call_command("create_admin", person.get_username(), "--again")


@pytest.mark.parametrize("change", [by_the_form, by_the_admin, disabled_in_the_admin, by_a_command])
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


@pytest.mark.parametrize("change", [by_a_link, by_the_admin, disabled_in_the_admin, by_a_command])
def test_a_password_that_is_set_without_the_old_one_ends_tokens_and_sessions(change: Callable[[User], None]) -> None:
    ada, ben = person("ada"), person("ben")
    key, seen, other = program(ada, "read", "admin"), session(ada), program(ben, "read")
    assert [each.get("/api/account/").status_code for each in (key, seen)] == [200, 200]
    change(ada)
    assert [each.get("/api/account/").status_code for each in (key, seen, other)] == [401, 401, 200]


def test_the_page_of_the_admin_says_what_a_password_ends() -> None:
    boss = User.objects.create_superuser("boss")
    page = browser(boss).get(f"/admin/accounts/user/{person('ada').pk}/password/").content.decode()
    assert "ends this person's sessions, API tokens" in page


def test_who_sets_the_own_password_in_the_admin_stays_signed_in_there() -> None:
    boss = User.objects.create_superuser("boss")
    client, elsewhere = browser(boss), session(boss)
    client.post(f"/admin/accounts/user/{boss.pk}/password/", {"password1": NEW, "password2": NEW})
    assert client.get("/admin/").status_code == 200
    assert elsewhere.get("/api/account/").status_code == 401
