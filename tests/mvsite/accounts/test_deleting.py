"""Deleting people in the admin: who made something is shut out instead, and the page says so."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from mvsite.accounts.models import User
from tests.support.admin import act
from tests.support.people import accounts, browser, person, program, staff

pytestmark = pytest.mark.django_db
PEOPLE = "/admin/accounts/user/"


@pytest.fixture
def boss(settings: Settings) -> Client:
    accounts(settings)
    return browser(User.objects.create_superuser("boss"))


def test_the_page_says_what_holds_a_person_and_to_shut_the_account(boss: Client) -> None:
    ada = person("ada")
    program(ada, "read")
    at = f"{PEOPLE}{ada.pk}/delete/"
    for answer in (boss.get(at), act(boss, PEOPLE, "delete_selected", ada)):
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "Shut it instead" in page
        assert "<li>api token</li>" in page.lower()
        assert "permission" not in page
        assert "sure" not in page
    boss.post(at, {"post": "yes"})
    assert User.objects.filter(pk=ada.pk).exists()


def test_who_may_not_delete_staff_is_told_of_the_right_and_nothing_else(settings: Settings) -> None:
    accounts(settings)
    eve = browser(staff("eve", "view_user", "delete_user"))
    page = act(eve, PEOPLE, "delete_selected", User.objects.create_superuser("boss")).content.decode()
    assert "permission to delete" in page
    assert "Shut it instead" not in page


def test_who_made_nothing_is_deleted(boss: Client) -> None:
    ada, ben = person("ada"), person("ben")
    assert "sure" in boss.get(f"{PEOPLE}{ada.pk}/delete/").content.decode()
    assert "sure" in act(boss, PEOPLE, "delete_selected", ben).content.decode()
    boss.post(f"{PEOPLE}{ada.pk}/delete/", {"post": "yes"})
    assert not User.objects.filter(pk=ada.pk).exists()
