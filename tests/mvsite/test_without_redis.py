"""A Redis that is down takes nothing from anybody: signing in, starting work and looking at it go on."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from assets.storage import copies
from generation.models import Job
from mvsite.accounts.models import AuditEntry, User
from mvsite.settings import base
from tests.support.dead_redis import refusing
from tests.support.people import HOST, PASSWORD, accounts, browser, person, session, staff
from tests.support.rows import a_project

pytestmark = pytest.mark.django_db
SCENES = {"idea": "A storm", "character_description": "A singer", "number_of_scenes": 2}


@pytest.fixture(autouse=True)
def no_redis(settings: Settings) -> Iterator[None]:
    with refusing() as url:
        settings.CACHES = {"default": base.cache_at(url)}
        yield


def tried(password: str) -> int:
    words = {"username": "ada", "password": password}
    return int(Client(HTTP_HOST=HOST, raise_request_exception=False).post("/sign-in/", words).status_code)


def test_people_sign_in_and_guessing_stays_bounded(settings: Settings) -> None:
    accounts(settings)
    person("ada")
    assert tried(PASSWORD) == 302
    assert [tried("wrong") for _ in range(6)][-2:] == [429, 429]


def test_work_is_taken_and_looked_at(api: APIClient) -> None:
    api.raise_request_exception = False
    answer = api.post("/api/mv/create_scenes", SCENES, format="json")
    assert answer.status_code == 202
    looked = api.get(answer["Location"])
    assert (looked.status_code, looked.json()["state"]) == (200, "queued")
    assert Job.objects.filter(pk=looked.json()["id"]).exists()


def test_a_limit_holds_for_each_kind_of_request(settings: Settings) -> None:
    accounts(settings)
    settings.MV_RATE_READ = 2
    ada = session(person("ada"))
    assert [ada.get("/api/mv/projects/").status_code for _ in range(4)] == [200, 200, 429, 429]


def test_the_providers_are_listed(api: APIClient) -> None:
    api.raise_request_exception = False
    assert api.get("/api/mv/providers").status_code == 200


def test_what_staff_look_for_is_noted(settings: Settings, owner: User) -> None:
    accounts(settings)
    a_project(owner)
    assert browser(staff("boss")).get("/admin/generation/project/?q=storm").status_code == 200
    assert AuditEntry.objects.filter(action="admin.searched").count() == 1


def test_the_bucket_is_asked(settings: Settings) -> None:
    settings.STORAGE_BUCKET = "films"
    copies.mark_away(away=True)
    assert copies.is_away() is False
    copies.mark_away(away=False)
