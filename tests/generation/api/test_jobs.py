"""Jobs over HTTP: listed, followed, canceled, retried, decided."""

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from generation.api.answers import JobSerializer
from generation.choices import JobKind, JobState
from generation.jobs.ending import end
from generation.models import Job
from mvsite.accounts.models import User
from mvsite.common.errors import ProviderError
from tests.support.people import accounts, person, program
from tests.support.rows import a_job, a_project

pytestmark = pytest.mark.django_db


def test_job_has_every_member_of_the_page(api: APIClient, owner: User) -> None:
    job = a_job(owner)
    found = api.get(f"/api/mv/jobs/{job.pk}/").json()
    assert set(found) == set(JobSerializer().fields)
    assert found["urls"]["self"] == f"/api/mv/jobs/{job.pk}"
    assert found["result"] == job.reserved


def test_list_is_narrowed(api: APIClient, owner: User) -> None:
    project = a_project(owner)
    clip, trim = a_job(owner, project=project), a_job(owner, kind=JobKind.TRIM)
    end(trim, JobState.CANCELED)

    def ids(query: str) -> list[str]:
        return [row["id"] for row in api.get(f"/api/mv/jobs/?{query}").json()["results"]]

    assert ids("") == [str(trim.pk), str(clip.pk)]
    assert ids("kind=clip") == [str(clip.pk)]
    assert ids("state=canceled") == [str(trim.pk)]
    assert ids("state=canceled&state=queued") == [str(trim.pk), str(clip.pk)]
    assert ids(f"project={project.pk}") == ids(f"project_id={project.pk}") == [str(clip.pk)]
    assert api.get("/api/mv/jobs/?state=sleeping").status_code == 400


def test_cancel_ends_a_queued_job_and_not_an_ended_one(api: APIClient, owner: User) -> None:
    address = f"/api/mv/jobs/{a_job(owner).pk}"
    answer = api.post(f"{address}/cancel")
    assert (answer.status_code, answer.json()["state"]) == (200, "canceled")
    again = api.post(f"{address}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "user:job:final")


def test_retry_keeps_the_ids(api: APIClient, owner: User) -> None:
    job = a_job(owner)
    address = f"/api/mv/jobs/{job.pk}"
    assert api.post(f"{address}/retry").json()["code"] == "user:job:not_retryable"
    end(job, JobState.FAILED, error=ProviderError("provider:call:failed").as_dict())
    answer = api.post(f"{address}/retry")
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    assert (answer.json()["id"], answer.json()["video_id"]) == (str(job.pk), job.reserved["video_id"])


def test_a_download_that_is_started_again_counts_as_something_fetched(settings: Settings) -> None:
    accounts(settings)
    settings.MV_RATE_FETCH = 2
    ada = person("ada")
    song, clip = a_job(ada, kind=JobKind.DOWNLOAD), a_job(ada)
    for job, told in ((song, 202), (clip, 202), (song, 202), (song, 429), (clip, 202)):
        end(Job.objects.get(pk=job.pk), JobState.FAILED, error=ProviderError("provider:call:failed").as_dict())
        answer = program(ada).post(f"/api/mv/jobs/{job.pk}/retry")
        assert answer.status_code == told
        if told == 429:
            assert 1 <= int(answer["Retry-After"]) <= 61
            assert Job.objects.get(pk=song.pk).state == JobState.FAILED


def test_decision_is_taken_only_where_one_is_asked_for(api: APIClient, owner: User) -> None:
    job = a_job(owner)
    address = f"/api/mv/jobs/{job.pk}/resolve"
    assert api.post(address, {"outcome": "perhaps"}, format="json").status_code == 400
    assert api.post(address, {"outcome": "bought"}, format="json").json()["code"] == "user:job:not_in_review"
    Job.objects.filter(pk=job.pk).update(
        state=JobState.NEEDS_REVIEW, error=ProviderError("provider:call:slow").as_dict()
    )
    answer = api.post(address, {"outcome": "not_bought"}, format="json")
    assert (answer.status_code, answer.json()["state"]) == (200, "queued")


def test_feed_goes_on_from_its_cursor_and_is_304_when_nothing_is_new(api: APIClient, owner: User) -> None:
    job = a_job(owner)
    address = f"/api/mv/jobs/{job.pk}/events"
    first = api.get(address)
    assert [event["kind"] for event in first.json()["events"]] == ["job.queued"]
    assert first["Cache-Control"] == "private, no-cache"
    cursor = first.json()["cursor"]
    empty = api.get(f"{address}?after={cursor}")
    assert empty.json() == {"cursor": cursor, "events": []}
    known = api.get(f"{address}?after={cursor}", HTTP_IF_NONE_MATCH=empty["ETag"])
    assert (known.status_code, known.content, known["ETag"]) == (304, b"", empty["ETag"])
    api.post(f"/api/mv/jobs/{job.pk}/cancel")
    news = api.get(f"{address}?after={cursor}", HTTP_IF_NONE_MATCH=empty["ETag"])
    assert [event["kind"] for event in news.json()["events"]] == ["job.canceled"]
    assert news.json()["events"][0]["data"]["state"] == "canceled"


def test_feed_of_a_job_tells_of_its_children_and_of_nobody_else(api: APIClient, owner: User) -> None:
    project = a_project(owner)
    parent = a_job(owner, kind=JobKind.PORTRAITS, project=project)
    child = a_job(owner, kind=JobKind.PORTRAITS, project=project, parent=parent)
    a_job(owner, project=project)
    told = [event["data"]["id"] for event in api.get(f"/api/mv/jobs/{parent.pk}/events").json()["events"]]
    assert told == [str(parent.pk), str(child.pk)]


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "9" * 30, "٣"])
def test_bad_cursor_is_refused(api: APIClient, owner: User, after: str) -> None:
    answer = api.get(f"/api/mv/jobs/{a_job(owner).pk}/events", {"after": after})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "#/after")


def test_cursor_from_beyond_the_end_comes_back(api: APIClient, owner: User) -> None:
    assert api.get(f"/api/mv/jobs/{a_job(owner).pk}/events?after=1000").json() == {"cursor": 1, "events": []}
