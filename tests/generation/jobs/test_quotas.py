"""What one person may have at once: jobs under way, and bytes that are kept."""

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from generation import jobs
from generation.choices import JobKind, JobState
from generation.models import Job
from generation.services.stitch import project_restitch
from mvsite.accounts.models import User
from mvsite.common.errors import UserError
from tests.support.assets import make_character
from tests.support.people import accounts, browser, person, session
from tests.support.rows import a_project

pytestmark = pytest.mark.django_db
MB = 1024 * 1024


@pytest.fixture
def ada(db: None, settings: Settings) -> User:
    accounts(settings)
    return person("ada")


def test_parts_of_a_job_and_what_starts_by_itself_need_no_room(settings: Settings, ada: User) -> None:
    settings.MV_QUOTA_JOBS = 1
    run = jobs.enqueue(kind=JobKind.RUN, owner=ada, params={})
    for _ in range(3):
        jobs.enqueue(kind=JobKind.CLIP, owner=ada, params={}, parent=run)
    project = a_project(ada, scenes=1, takes=1)
    assert project_restitch(project=project) is not None
    with pytest.raises(UserError, match="user:quota:jobs"):
        jobs.enqueue(kind=JobKind.CLIP, owner=ada, params={})
    assert jobs.enqueue(kind=JobKind.CLIP, owner=person("ben"), params={})


def test_starting_again_needs_room_too(settings: Settings, ada: User) -> None:
    first = jobs.enqueue(kind=JobKind.CLIP, owner=ada, params={})
    jobs.request_cancel(first)
    settings.MV_QUOTA_JOBS = 1
    second = jobs.enqueue(kind=JobKind.CLIP, owner=ada, params={})
    refused = session(ada).post(f"/api/mv/jobs/{first.pk}/retry")
    assert (refused.status_code, refused.json()["code"]) == (429, "user:quota:jobs")
    assert Job.objects.get(pk=first.pk).state == JobState.CANCELED
    jobs.request_cancel(second)
    assert session(ada).post(f"/api/mv/jobs/{first.pk}/retry").status_code == 202


def test_full_storage_starts_nothing_that_makes_files(settings: Settings, ada: User) -> None:
    settings.MV_QUOTA_STORAGE_MB = 1
    make_character(ada, size_bytes=MB, trashed_at=timezone.now())
    client = session(ada)
    refused = client.post("/api/mv/generate_video", {"prompt": "a boat"}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "user:quota:storage")
    assert (
        client.post(
            "/api/mv/create_scenes", {"idea": "a boat", "character_description": "a sailor"}, format="json"
        ).status_code
        == 202
    )
    assert Job.objects.count() == 1


def test_what_is_used_is_told_on_the_account_page_to_programs_and_to_staff(settings: Settings, ada: User) -> None:
    settings.MV_QUOTA_JOBS, settings.MV_QUOTA_STORAGE_MB = 4, 10
    jobs.enqueue(kind=JobKind.CLIP, owner=ada, params={})
    make_character(ada, size_bytes=3 * MB)
    assert session(ada).get("/api/mv/usage").json()["quotas"] == [
        {"name": "jobs", "used": 1, "limit": 4, "left": 3},
        {"name": "storage", "used": 3 * MB, "limit": 10 * MB, "left": 7 * MB},
    ]
    page = browser(ada).get("/account/").content.decode()
    assert "1 / 4" in page
    assert "3.0\xa0MB / 10.0\xa0MB" in page
    staff = browser(person("root", is_staff=True, is_superuser=True))
    seen = staff.get(f"/admin/accounts/user/{ada.pk}/change/").content.decode()
    assert "1 / 4" in seen
    assert "3.0\xa0MB / 10.0\xa0MB" in seen


def test_a_local_studio_has_no_quotas(settings: Settings, owner: User) -> None:
    settings.MV_QUOTA_JOBS = settings.MV_QUOTA_STORAGE_MB = 1
    make_character(owner, size_bytes=2 * MB)
    for _ in range(2):
        jobs.enqueue(kind=JobKind.CLIP, owner=owner, params={})
