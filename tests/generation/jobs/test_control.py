"""What a person may do with a job."""

from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from generation import jobs
from generation.choices import JobKind, JobState
from generation.models import Job
from mvsite.accounts.models import User
from mvsite.common.errors import ProviderError, UserError
from tests.support.engine import buy, drive, left_to_a_person, make_due
from tests.support.fake_provider import FakeProvider
from tests.support.money import books_agree

pytestmark = pytest.mark.django_db


def fail(job: Job) -> Job:
    claim = jobs.claim(job.pk)
    assert claim is not None
    claim.fail(ProviderError("provider:call:failed"))
    job.refresh_from_db()
    return job


def test_a_job_nobody_began_is_canceled_at_once(owner: User) -> None:
    job = jobs.request_cancel(buy(owner, "a teal square"))
    assert job.state == JobState.CANCELED
    assert jobs.claim(job.pk) is None


def test_a_final_job_cannot_be_canceled(owner: User) -> None:
    job = fail(buy(owner, "a teal square"))
    with pytest.raises(UserError, match="user:job:final"):
        jobs.request_cancel(job)


def test_canceling_a_parent_cancels_its_children(owner: User) -> None:
    parent = jobs.enqueue(kind=JobKind.RUN, owner=owner, params={})
    child = buy(owner, "a teal square", parent=parent)
    jobs.request_cancel(parent)
    child.refresh_from_db()
    assert child.state == JobState.CANCELED


def test_what_may_have_been_bought_cannot_be_canceled_away(api: APIClient, owner: User) -> None:
    job = left_to_a_person(owner)
    answer = api.post(f"/api/mv/jobs/{job.pk}/cancel")
    assert (answer.status_code, answer.json()["code"]) == (409, "user:job:needs_review")
    assert answer.json()["detail"] == "Decide first: was it bought?"
    job.refresh_from_db()
    assert (job.state, job.held_usd) == (JobState.NEEDS_REVIEW, Decimal(1))
    books_agree()


@pytest.mark.parametrize(("bought", "state", "cost"), [(True, "failed", 1), (False, "canceled", 0)])
def test_a_canceled_parent_waits_for_the_decision_and_nothing_is_sent_again(
    owner: User, *, bought: bool, state: str, cost: int
) -> None:
    parent = jobs.enqueue(kind=JobKind.PORTRAITS, owner=owner, params={})
    child = left_to_a_person(owner, parent)
    parent = drive(parent, steps=1)
    jobs.request_cancel(parent)
    parent = drive(parent, steps=2)
    assert (parent.state, parent.stage) == (JobState.RUNNING, "stopping; a part waits for your decision")
    jobs.resolve(child, bought=bought)
    child.refresh_from_db()
    assert (child.state, child.cost_usd, child.held_usd) == (state, Decimal(cost), Decimal(0))
    assert drive(parent).state == JobState.CANCELED
    books_agree()


def test_a_child_that_ends_makes_its_parent_due(owner: User) -> None:
    parent = jobs.enqueue(kind=JobKind.RUN, owner=owner, params={})
    claim = jobs.claim(parent.pk)
    assert claim is not None
    claim.park(3600, stage="waiting")
    assert jobs.claim(parent.pk) is None
    fail(buy(owner, "a teal square", parent=parent))
    assert jobs.claim(parent.pk) is not None


def test_a_retry_keeps_the_ids_and_the_past(owner: User) -> None:
    job = fail(buy(owner, "a teal square"))
    reserved = job.reserved
    again = jobs.retry(job)
    assert (again.pk, again.reserved, again.state, again.error) == (job.pk, reserved, JobState.QUEUED, None)
    assert jobs.claim(job.pk) is not None


def test_only_what_failed_or_was_canceled_is_retried(owner: User) -> None:
    job = buy(owner, "a teal square")
    with pytest.raises(UserError, match="user:job:not_retryable"):
        jobs.retry(job)


def test_a_retry_while_an_equal_job_runs_is_refused(owner: User) -> None:
    job = fail(buy(owner, "a teal square", unique_key="scene:1"))
    buy(owner, "another", unique_key="scene:1")
    with pytest.raises(UserError, match="user:scene:busy"):
        jobs.retry(job)
    job.refresh_from_db()
    assert job.state == JobState.FAILED


@pytest.mark.usefixtures("picture_jobs")
def test_a_job_that_kills_its_workers_is_given_up(owner: User) -> None:
    job = buy(owner, "a teal square")
    Job.objects.filter(pk=job.pk).update(failures=5)
    make_due(job)
    job = drive(job)
    assert job.state == JobState.FAILED
    assert job.error is not None
    assert job.error["code"] == "app:job:poison"


@pytest.mark.usefixtures("picture_jobs")
def test_a_reason_with_characters_that_no_database_keeps_is_told(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def failed(*_: object) -> None:
        raise ProviderError("provider:call:failed", "CUDA error\0 in \ud83d worker")

    monkeypatch.setattr(FakeProvider, "poll", failed)
    job = drive(buy(owner, "a teal square"))
    assert job.error is not None
    assert (job.error["code"], job.error["detail"]) == ("provider:call:failed", "CUDA error in \ufffd worker")
    assert FakeProvider().counted("submit") == 1


def test_a_kind_this_version_cannot_do_fails_with_words(owner: User) -> None:
    job = drive(jobs.enqueue(kind=JobKind.EXPORT, owner=owner, params={}))
    assert job.state == JobState.FAILED
    assert job.error is not None
    assert "export" in job.error["detail"]
