"""`MV_ADMIN_PATH`: the admin is at another address, with every link of it and all that guards it."""

import re
from collections.abc import Iterator
from importlib import reload

import pytest
from django.conf import settings as running
from django.test import Client
from django.urls import clear_url_caches
from pytest_django.fixtures import Settings

from mvsite import urls
from mvsite.accounts.models import AuditEntry, User
from mvsite.settings.security import TAKEN_PATHS
from tests.support.admin import signed_in
from tests.support.routes import routes
from tests.support.rows import a_job, a_project

pytestmark = pytest.mark.django_db
THERE = "/back/office/"


@pytest.fixture
def moved(settings: Settings) -> Iterator[None]:
    before, settings.MV_ADMIN_PATH = settings.MV_ADMIN_PATH, THERE
    reload(urls)
    clear_url_caches()
    yield
    settings.MV_ADMIN_PATH = before
    reload(urls)
    clear_url_caches()


def test_every_first_word_of_other_pages_is_taken() -> None:
    first = {route.filled().split("/")[1] for route in routes()} - {""}
    assert sorted(first | {running.STATIC_URL.strip("/")}) == TAKEN_PATHS


@pytest.mark.usefixtures("moved")
def test_its_pages_and_all_their_links_are_there_and_nothing_is_at_the_usual_place(owner: User) -> None:
    client = signed_in(owner)
    job, project = a_job(owner), a_project(owner)
    assert client.get("/admin/").status_code == client.get("/admin/login/").status_code == 404
    for page in (
        "",
        "generation/job/",
        f"generation/job/{job.pk}/change/",
        f"generation/project/{project.pk}/change/",
    ):
        answer = client.get(THERE + page)
        assert answer.status_code == 200, page
        links = re.findall(r'href="(/[^"]*)"', answer.content.decode())
        assert any(link.startswith(THERE) for link in links)
        assert not [link for link in links if link.startswith("/admin/")]


@pytest.mark.usefixtures("moved")
def test_what_is_looked_at_there_is_written_down(owner: User) -> None:
    client = signed_in(owner)
    job = a_job(owner)
    client.get(f"{THERE}generation/job/{job.pk}/change/")
    entry = AuditEntry.objects.get(action="admin.looked")
    assert (entry.detail["model"], entry.detail["row"]) == ("generation.job", str(job.pk))


@pytest.mark.usefixtures("moved")
def test_with_accounts_its_door_leads_to_the_one_sign_in(settings: Settings) -> None:
    settings.MV_AUTH, client = "required", Client(HTTP_HOST="127.0.0.1")
    answer = client.get(THERE, follow=True)
    assert [where for where, _ in answer.redirect_chain] == [
        f"{THERE}login/?next={THERE}",
        f"/sign-in/?next={THERE}",
    ]
    assert client.get(f"{THERE}login/").headers["Location"] == f"/sign-in/?next={THERE}"
