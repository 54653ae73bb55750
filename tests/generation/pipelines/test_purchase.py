"""Buying from a provider that misbehaves: one order a picture, whatever happens."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from assets.models import CharacterReference
from generation import jobs
from generation.choices import CallOutcome, JobState
from generation.models import Job, ProviderCall
from generation.pipelines import engine
from mvsite.accounts.models import User
from tests.support.engine import buy, drive, lose_lease, make_due
from tests.support.fake_provider import FakeProvider

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("picture_jobs")]


@pytest.fixture(autouse=True)
def quick(settings: Settings) -> None:
    settings.MV_RECONCILE_GRACE_SECONDS = 0.0


def outcomes(job: Job) -> list[str]:
    return list(job.calls.order_by("number").values_list("outcome", flat=True))


def test_one_picture_is_ordered_billed_and_kept(owner: User) -> None:
    job = drive(buy(owner, "a teal square"))
    assert job.state == JobState.SUCCEEDED
    assert len(FakeProvider().orders()) == 1
    assert outcomes(job) == [CallOutcome.ACCEPTED]
    assert float(job.cost_usd) == 0.04
    assert CharacterReference.objects.get(pk=job.reserved["id"]).description == "a teal square"


def test_a_busy_provider_is_asked_again_later(owner: User) -> None:
    job = drive(buy(owner, "busy"))
    assert job.state == JobState.SUCCEEDED
    assert outcomes(job) == [CallOutcome.REFUSED, CallOutcome.REFUSED, CallOutcome.ACCEPTED]
    assert len(FakeProvider().orders()) == 1


def test_a_refusal_is_final_and_free(owner: User) -> None:
    job = drive(buy(owner, "refuse"))
    assert job.error is not None
    assert (job.state, job.error["code"]) == (JobState.FAILED, "provider:call:refused")
    assert job.cost_usd == 0
    assert FakeProvider().counted("submit") == 1


def test_a_lost_answer_is_looked_up_and_adopted(owner: User) -> None:
    job = drive(buy(owner, "lost"))
    assert job.state == JobState.SUCCEEDED
    assert outcomes(job) == [CallOutcome.RECONCILED]
    assert len(FakeProvider().orders()) == 1


def test_a_request_that_never_arrived_is_sent_once_more(owner: User) -> None:
    job = drive(buy(owner, "dropped"))
    assert job.state == JobState.SUCCEEDED
    assert outcomes(job) == [CallOutcome.ABANDONED, CallOutcome.ACCEPTED]
    assert len(FakeProvider().orders()) == 1


def test_nothing_is_sent_again_before_the_grace_is_over(owner: User, settings: Settings) -> None:
    settings.MV_RECONCILE_GRACE_SECONDS = 30.0
    job = drive(buy(owner, "dropped"), steps=6)
    assert job.state == JobState.WAITING
    assert FakeProvider().counted("submit") == 1


def test_a_provider_that_cannot_be_asked_leaves_it_to_a_person(owner: User) -> None:
    job = drive(buy(owner, "mute"))
    assert job.state == JobState.NEEDS_REVIEW
    assert FakeProvider().counted("submit") == 1
    assert not engine.advance(job.pk)


@pytest.mark.parametrize(("bought", "state"), [(True, JobState.FAILED), (False, JobState.QUEUED)])
def test_a_person_decides(owner: User, *, bought: bool, state: JobState) -> None:
    job = drive(buy(owner, "mute"))
    assert jobs.resolve(job, bought=bought).state == state


def test_a_worker_that_dies_before_the_request_left_costs_nothing(owner: User) -> None:
    job = buy(owner, "a teal square")
    claim = jobs.claim(job.pk)
    assert claim is not None
    ProviderCall.objects.create(job=job, owner=owner, number=1, provider="fake", model="fake-1", request_hash="h")
    ProviderCall.objects.update(sent_at=timezone.now() - timedelta(minutes=2))
    lose_lease(job)
    job = drive(job)
    assert job.state == JobState.SUCCEEDED
    assert len(FakeProvider().orders()) == 1


def test_workers_that_die_again_and_again_before_the_request_left_do_not_count_against_the_order(owner: User) -> None:
    job = buy(owner, "a teal square")
    for number in range(1, 4):
        assert jobs.claim(job.pk) is not None
        ProviderCall.objects.create(
            job=job, owner=owner, number=number, provider="fake", model="fake-1", request_hash="h"
        )
        lose_lease(job)
        make_due(job)
        assert engine.advance(job.pk)
        make_due(job)
    job = drive(job)
    assert job.state == JobState.SUCCEEDED, job.error
    assert outcomes(job) == [*[CallOutcome.ABANDONED] * 3, CallOutcome.ACCEPTED]
    assert len(FakeProvider().orders()) == 1


def test_polls_that_fail_never_order_again(owner: User) -> None:
    job = drive(buy(owner, "shaky"))
    assert job.state == JobState.SUCCEEDED
    assert FakeProvider().counted("poll") == 4
    assert len(FakeProvider().orders()) == 1


def test_a_failed_run_at_the_provider_is_free_and_a_retry_orders_anew(owner: User) -> None:
    job = drive(buy(owner, "fails"))
    assert job.state == JobState.FAILED
    assert job.cost_usd == 0
    job = drive(jobs.retry(job))
    assert job.state == JobState.FAILED
    assert len(FakeProvider().orders()) == 2


def test_for_an_account_that_is_shut_nothing_is_ordered_until_it_is_open_again(owner: User) -> None:
    job = buy(owner, "a teal square")
    User.objects.filter(pk=owner.pk).update(is_active=False)
    job = drive(job)
    assert job.error is not None
    assert (job.state, job.error["code"]) == (JobState.FAILED, "user:account:shut")
    assert FakeProvider().orders() == []
    assert job.calls.count() == job.cost_usd == job.held_usd == 0
    User.objects.filter(pk=owner.pk).update(is_active=True)
    assert drive(jobs.retry(job)).state == JobState.SUCCEEDED


def test_what_was_ordered_before_the_account_was_shut_is_fetched(owner: User) -> None:
    job = drive(buy(owner, "shaky"), steps=1)
    assert (job.is_final, outcomes(job)) == (False, [CallOutcome.ACCEPTED])
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert drive(job).state == JobState.SUCCEEDED
    assert len(FakeProvider().orders()) == 1


def test_a_picture_that_is_gone_is_billed_and_said(owner: User) -> None:
    job = drive(buy(owner, "gone"))
    assert (job.state, float(job.cost_usd)) == (JobState.FAILED, 0.04)
    job = drive(jobs.retry(job))
    assert (job.state, float(job.cost_usd)) == (JobState.SUCCEEDED, 0.08)


def test_canceling_while_the_provider_works_stops_it_there(owner: User) -> None:
    job = drive(buy(owner, "slow"), steps=4)
    assert job.state == JobState.WAITING
    jobs.request_cancel(job)
    job = drive(job)
    assert job.state == JobState.CANCELED
    assert FakeProvider().counted("cancel") == 1


def test_a_job_that_is_out_of_time_is_stopped_at_the_provider(owner: User) -> None:
    job = drive(buy(owner, "slow"), steps=4)
    Job.objects.filter(pk=job.pk).update(deadline_at=timezone.now())
    job = drive(job)
    assert job.error is not None
    assert (job.state, job.error["code"]) == (JobState.FAILED, "app:job:deadline")
    assert FakeProvider().counted("cancel") == 1


def test_no_worker_is_held_while_the_provider_works(owner: User) -> None:
    job = drive(buy(owner, "slow"), steps=4)
    assert (job.lease_owner, job.lease_until) == ("", None)
    make_due(job)
    assert engine.advance(job.pk)


def test_a_picture_that_cannot_be_read_is_bought_anew_by_a_retry(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: FakeProvider, provider_id: str, request: object, target: Path, tick: object) -> None:
        target.write_bytes(b"not a picture")

    with monkeypatch.context() as patch:
        patch.setattr(FakeProvider, "fetch", broken)
        job = drive(buy(owner, "a teal square"))
    assert job.error is not None
    assert job.error["code"].startswith("media:file:")
    assert drive(jobs.retry(job)).state == JobState.SUCCEEDED
    assert FakeProvider().counted("submit") == 2
