"""Orders whose fate is unknown: what the studio may believe, and when it must rather ask a person."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from generation import jobs, money
from generation.choices import CallOutcome, JobKind, JobState
from generation.models import Job, ProviderCall
from generation.pipelines import engine
from generation.providers.health import Health, health_of
from generation.services.clips import clip_request
from mvsite.accounts.models import User
from tests.support.engine import drive, make_due

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.network_loopback]
VEO, OMNI = "google/veo-3.1", "gemini-omni-1.2-flash"


def order(owner: User, model: str) -> Job:
    words = {"prompt": "A boat", "duration": 8, "model": model}
    return clip_request(owner=owner, parameters=words, confirm_cost_usd=Decimal(9))


def one_step(job: Job) -> None:
    make_due(job)
    engine.advance(job.pk)


def grown_older(call: ProviderCall, age: timedelta) -> None:
    known = {name: getattr(call, name) - age for name in ("sent_at", "answered_at") if getattr(call, name)}
    ProviderCall.objects.filter(pk=call.pk).update(**known)


def test_order_is_not_sent_again_when_the_list_has_forgotten_what_was_ordered(
    owner: User, replicate: Any, house: Any
) -> None:
    job = order(owner, VEO)
    house.standin.faults.add("create-lost-once")
    one_step(job)
    made = next(iter(house.standin.orders))
    house.standin.look(made)
    house.standin.look(made)
    away = timedelta(hours=3)
    made.created -= away.total_seconds()
    made.ended -= away.total_seconds()
    house.standin.orders.keep(made)
    grown_older(job.calls.get(), away)

    job = drive(job)

    assert job.state == JobState.NEEDS_REVIEW
    assert len(house.standin.witness.creates()) == 1


def test_grace_counts_from_the_lost_answer_and_not_from_before_the_upload(
    owner: User, replicate: Any, house: Any, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.MV_RECONCILE_GRACE_SECONDS = 30
    job = order(owner, VEO)
    house.standin.faults.add("create-lost-once")
    one_step(job)
    call = job.calls.get()
    ProviderCall.objects.filter(pk=call.pk).update(sent_at=call.sent_at - timedelta(seconds=40))
    with monkeypatch.context() as patch:  # the provider's list is a moment behind
        patch.setattr("generation.providers.replicate.predictions._listed", lambda _since: _nothing())
        one_step(job)

    job = drive(job)

    assert job.state == JobState.SUCCEEDED
    assert len(house.standin.witness.creates()) == 1


def _nothing() -> Iterator[dict[str, Any]]:
    return iter(())


def test_cancel_between_intent_and_order_needs_no_person(
    owner: User, google: Any, house: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = order(owner, OMNI)

    def stop(point: str) -> None:
        if point == "after_intent":
            jobs.request_cancel(job)

    monkeypatch.setattr("generation.pipelines.purchase.crash_point", stop)
    done = drive(job)

    assert done.state == JobState.CANCELED
    assert done.held_usd == done.cost_usd == 0
    assert house.standin.witness.creates() == []


@pytest.mark.parametrize(
    ("outcome", "code", "health"),
    [
        (CallOutcome.ABANDONED, "", Health.OK),
        (CallOutcome.ABANDONED, "provider:call:failed", Health.DOWN),
        (CallOutcome.UNKNOWN, "", Health.DOWN),
    ],
)
def test_our_own_deaths_say_nothing_about_the_provider(
    owner: User, replicate: Any, outcome: CallOutcome, code: str, health: Health
) -> None:
    job = jobs.enqueue(kind=JobKind.CLIP, owner=owner, params={})
    for _ in range(5):
        call = money.intent(job, provider="replicate", model=VEO, request_hash="h")
        money.answer(call, outcome, error_code=code)

    assert health_of(VEO) is health


def test_order_of_a_worker_that_died_has_its_grace_from_when_that_was_noticed(
    owner: User, replicate: Any, house: Any, settings: Settings
) -> None:
    settings.MV_RECONCILE_GRACE_SECONDS = 30
    job = order(owner, VEO)
    call = money.intent(job, provider="replicate", model=VEO, request_hash="h")
    ProviderCall.objects.filter(pk=call.pk).update(sent_at=timezone.now() - timedelta(minutes=5))

    one_step(job)

    call.refresh_from_db()
    assert call.outcome == CallOutcome.PREPARED
    assert house.standin.witness.creates() == []
    grown_older(call, timedelta(minutes=1))
    assert drive(job).state == JobState.SUCCEEDED
