"""Driving jobs in a test: step by step, with time moved forward instead of waited for."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from generation import jobs, money
from generation.choices import CallOutcome, JobKind, JobState
from generation.models import Job, Lane
from generation.pipelines import engine, registry
from mvsite.accounts.models import User
from mvsite.common.errors import UserError

LONG_AGO = timedelta(seconds=5)


def buy(owner: User, prompt: str, **words: Any) -> Job:
    """Start a job that buys one picture from the fake provider."""
    image_id = uuid.uuid4()
    return jobs.enqueue(
        kind=JobKind.CLIP,
        owner=owner,
        params={"prompt": prompt, "image_id": str(image_id)},
        reserved={"id": str(image_id)},
        reserved_ids=[image_id],
        provider="fake",
        **words,
    )


@pytest.fixture
def picture_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `clip` jobs buy pictures, so that the engine is seen without the rooms around it."""
    monkeypatch.setitem(registry.PIPELINES, JobKind.CLIP, "tests.support.fake_provider.BuyPicture")


def make_due(job: Job) -> None:
    """Move the next step's time into the past, and what the lanes wait for."""
    Lane.objects.update(paused_until=None, tokens=1000.0, tokens_at=timezone.now())
    Job.objects.filter(pk=job.pk).update(next_at=timezone.now() - LONG_AGO)


def lose_lease(job: Job) -> None:
    """Do as if the holder had died and its lease had run out."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - LONG_AGO)


def drive(job: Job, *, steps: int = 40) -> Job:
    """Do the steps of a job, without waiting, until it is final or waits for a person."""
    for _ in range(steps):
        job.refresh_from_db()
        if job.is_final or job.state == JobState.NEEDS_REVIEW:
            return job
        make_due(job)
        engine.advance(job.pk)
    job.refresh_from_db()
    return job


def work_off(*, rounds: int = 400, until: Callable[[], bool] = lambda: False) -> None:
    """Do every step of every job that has something to do, without waiting, until nothing is left (or `until`)."""
    for _ in range(rounds):
        active = list(Job.objects.active().order_by("created_at"))
        if not active or until():
            return
        for job in active:
            make_due(job)
            engine.advance(job.pk)
    pytest.fail(f"still at work: {[str(job) for job in Job.objects.active()]}")


def left_to_a_person(owner: User, parent: Job | None = None) -> Job:
    """Make a job whose order at a price of $1 was sent and never heard of."""
    job = jobs.enqueue(kind=JobKind.CLIP, owner=owner, params={}, parent=parent, estimated_cost_usd=Decimal(1))
    claim = jobs.claim(job.pk)
    assert claim is not None
    money.answer(money.intent(claim.job, provider="fake", model="fake-1", request_hash="h"), CallOutcome.UNKNOWN)
    claim.hand_to_person(UserError("user:job:needs_review"))
    return claim.job
