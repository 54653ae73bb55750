"""What a job tells of its waiting: how long such jobs take here, who is before it, what holds it up."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from rest_framework.test import APIClient

from generation.choices import JobKind, JobState, Queue
from generation.models import Job, Lane
from mvsite.accounts.models import User
from tests.support.rows import a_job, stranger

pytestmark = pytest.mark.django_db


def told(api: APIClient, job: Job) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/api/mv/jobs/{job.pk}/").json()
    return found


def ago(seconds: float) -> Any:
    return timezone.now() - timedelta(seconds=seconds)


def test_first_estimates_are_those_of_the_page(api: APIClient, owner: User) -> None:
    stitch = a_job(owner, kind=JobKind.STITCH, params={"video_ids": ["a", "b", "c"]}, provider="")
    ranges = [told(api, job)["eta_range_seconds"] for job in (a_job(owner, kind=JobKind.SCENES), a_job(owner), stitch)]
    assert ranges == [pytest.approx(each, abs=3) for each in ([20, 30], [120, 420], [15, 30])]  # the clock runs on


def test_history_takes_the_place_of_the_first_estimate(api: APIClient, owner: User) -> None:
    for seconds in (10, 20, 30, 40, 50):
        Job.objects.filter(pk=a_job(owner).pk).update(
            state=JobState.SUCCEEDED, queued_at=ago(seconds), finished_at=timezone.now()
        )
    cache.clear()
    found = told(api, a_job(owner))
    assert [*found["eta_range_seconds"], found["eta_seconds"]] == pytest.approx([20, 40, 30], abs=3)


def test_a_queued_job_says_how_many_are_before_it_whoever_they_belong_to(api: APIClient, owner: User) -> None:
    a_job(stranger())
    worked_on = a_job(owner)
    Job.objects.filter(pk=worked_on.pk).update(state=JobState.RUNNING, lease_until=ago(-60), lease_owner="w")
    a_job(owner, kind=JobKind.TRIM)  # another queue
    mine = a_job(owner)
    assert told(api, mine)["waiting_for"] == {"reason": "worker", "ahead": 2, "seconds": None}
    assert told(api, worked_on)["waiting_for"] is None
    listed = {row["id"]: row["waiting_for"] for row in api.get("/api/mv/jobs/").json()["results"]}
    assert listed[str(mine.pk)] == told(api, mine)["waiting_for"]


def test_a_job_that_nobody_takes_says_so(api: APIClient, owner: User) -> None:
    job = a_job(owner)
    Job.objects.filter(pk=job.pk).update(next_at=ago(40))
    assert told(api, job)["waiting_for"] == {"reason": "no_worker", "ahead": 0, "seconds": None}


def test_a_job_in_a_providers_line_says_its_place_and_when_it_looks_again(api: APIClient, owner: User) -> None:
    lane = Lane.objects.create(provider="replicate", account="a", tokens=0, tokens_at=timezone.now())
    first, second = a_job(owner), a_job(owner)
    for job in (first, second):
        Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, waits_for=lane, next_at=ago(-20))
    waits = told(api, second)["waiting_for"]
    assert (waits["reason"], waits["ahead"]) == ("place", 1)
    assert 15 <= waits["seconds"] <= 20


def test_a_job_that_is_tried_again_says_when(api: APIClient, owner: User) -> None:
    job = a_job(owner)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, failures=1, next_at=ago(-8))
    waits = told(api, job)["waiting_for"]
    assert waits["reason"] == "retry"
    assert 5 <= waits["seconds"] <= 8


def test_a_job_far_beyond_its_usual_time_is_overdue(api: APIClient, owner: User) -> None:
    job = a_job(owner)
    for seconds in (800, 900):
        Job.objects.filter(pk=job.pk).update(state=JobState.WAITING, started_at=ago(seconds), queued_at=ago(seconds))
        assert told(api, job)["overdue"] is (seconds > 2 * 420)
    assert told(api, job)["deadline_at"] > told(api, job)["queued_at"]
    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED, queue=Queue.PROVIDER)
    assert told(api, job)["overdue"] is False
