"""What a person may do with a job."""

import pytest

from generation import jobs
from generation.choices import JobKind, JobState
from generation.models import Job
from mvsite.accounts.models import User
from mvsite.common.errors import ProviderError, UserError
from tests.support.engine import buy, drive, make_due

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


def test_a_kind_this_version_cannot_do_fails_with_words(owner: User) -> None:
    job = drive(jobs.enqueue(kind=JobKind.EXPORT, owner=owner, params={}))
    assert job.state == JobState.FAILED
    assert job.error is not None
    assert "export" in job.error["detail"]
