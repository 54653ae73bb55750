"""Workers that die with a job in their hands: innocent jobs survive, guilty ones end, no purchase is forgotten."""

from datetime import timedelta

import pytest
from django.utils import timezone

from generation import jobs
from generation.choices import CallOutcome, JobState
from generation.jobs.identity import this_machine
from generation.models import Job, ProviderCall
from generation.pipelines import engine
from mvsite.accounts.models import User
from tests.support.engine import buy, drive, make_due
from tests.support.fake_provider import FakeProvider

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("picture_jobs")]


def die_with(job: Job) -> None:
    """Claim a job as a process that is no more, and let a sweeper find that out."""
    assert jobs.claim(job.pk) is not None
    Job.objects.filter(pk=job.pk).update(lease_owner=f"{this_machine()} 999999999 1")
    assert jobs.forget_broken_leases() == 1


def test_the_first_death_costs_no_time_and_each_further_one_more(owner: User) -> None:
    job = buy(owner, "a teal square")
    pauses = []
    for _ in range(5):
        make_due(job)
        die_with(job)
        job.refresh_from_db()
        pauses.append(max(0, round((job.next_at - timezone.now()).total_seconds())))
    assert pauses[0] == 0
    assert pauses == sorted(pauses)
    assert sum(pauses) > 20, "a storm of some seconds would be held against jobs that did nothing"
    assert (job.failures, job.lease_owner, job.lease_until) == (5, "", None)
    make_due(job)
    assert engine.advance(job.pk)
    job.refresh_from_db()
    assert (job.state, (job.error or {})["code"]) == (JobState.FAILED, "app:job:poison")


def test_a_dead_process_can_write_nothing_when_it_was_only_thought_dead(owner: User) -> None:
    job = buy(owner, "a teal square")
    claim = jobs.claim(job.pk)
    assert claim is not None
    Job.objects.filter(pk=job.pk).update(lease_owner=f"{this_machine()} 999999999 1")
    assert jobs.forget_broken_leases() == 1
    with pytest.raises(jobs.LeaseLost):
        claim.report(0.5)


def test_a_job_that_kills_its_workers_between_order_and_answer_goes_to_a_person(owner: User) -> None:
    job = buy(owner, "a teal square")
    assert jobs.claim(job.pk) is not None
    ProviderCall.objects.create(job=job, owner=owner, number=1, provider="fake", model="fake-1", request_hash="h")
    past = timezone.now() - timedelta(seconds=5)
    Job.objects.filter(pk=job.pk).update(failures=4, lease_until=past)
    job = drive(job)
    assert (job.state, (job.error or {})["code"]) == (JobState.NEEDS_REVIEW, "user:job:needs_review")
    assert FakeProvider().counted("submit") == 0
    assert ProviderCall.objects.get().outcome == CallOutcome.PREPARED
