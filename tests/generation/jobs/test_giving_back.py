"""A job that is given back: nobody's ring is lost, no late heartbeat locks it, and waiting costs no deadline."""

import errno
import os
import re
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from kombu.exceptions import ChannelError
from pytest_django.fixtures import Settings

from generation import jobs
from generation.choices import JobKind, JobState
from generation.jobs.wake import ring
from generation.models import Event, Job
from generation.pipelines import engine
from generation.providers.registry import catalogue
from generation.sweeper import Sweeper
from generation.tasks import advance
from mvsite.accounts.models import User
from mvsite.common.errors import AppError, ProviderError
from tests.support.engine import buy, drive, make_due
from tests.support.fake_provider import FakeProvider
from tests.support.told_texts import told_stages

pytestmark = pytest.mark.django_db


def begun(job: Job) -> jobs.Claim:
    claim = jobs.claim(job.pk)
    assert claim is not None
    return claim


def test_a_child_that_ends_during_its_parents_step_is_heard(owner: User) -> None:
    parent = jobs.enqueue(kind=JobKind.RUN, owner=owner, params={})
    child = buy(owner, "a teal square", parent=parent)
    step = begun(parent)
    begun(child).fail(ProviderError("provider:call:failed"))
    step.park(3600, stage="shooting clips")
    assert jobs.claim(parent.pk) is not None


@pytest.mark.usefixtures("picture_jobs")
@pytest.mark.parametrize("give_back", ["park", "back_off"])
def test_a_cancel_during_a_step_is_heard_at_once(owner: User, give_back: str) -> None:
    job = buy(owner, "a teal square")
    step = begun(job)
    jobs.request_cancel(job)
    getattr(step, give_back)(3600)
    engine.advance(job.pk)
    job.refresh_from_db()
    assert job.state == JobState.CANCELED


def test_a_heartbeat_that_comes_after_the_step_holds_nothing(owner: User) -> None:
    step = begun(buy(owner, "a teal square"))
    step.park(0)
    step._extend()  # the beat that was waiting for the database meanwhile
    assert jobs.claim(step.job.pk) is not None


@pytest.mark.usefixtures("picture_jobs")
def test_time_without_workers_does_not_count_against_the_deadline(owner: User) -> None:
    """The studio was off over night; in the morning the work goes on."""
    job = buy(owner, "a teal square")
    night = timedelta(hours=14)
    Job.objects.filter(pk=job.pk).update(next_at=job.next_at - night, deadline_at=job.deadline_at - night)
    engine.advance(job.pk)
    assert drive(job).state == JobState.SUCCEEDED


@pytest.mark.usefixtures("picture_jobs")
def test_a_job_that_is_served_all_the_time_still_has_a_deadline(owner: User) -> None:
    job = buy(owner, "slow")
    Job.objects.filter(pk=job.pk).update(deadline_at=timezone.now() - timedelta(minutes=1))
    engine.advance(job.pk)
    job.refresh_from_db()
    assert job.error is not None
    assert job.error["code"] == "app:job:deadline"


@pytest.mark.usefixtures("picture_jobs")
@pytest.mark.parametrize(
    ("trouble", "stage"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full, waiting for room"),
        (AppError("app:storage:away"), "the cloud storage does not answer"),
    ],
    ids=["disk", "cloud"],
)
def test_a_full_disk_and_a_silent_bucket_are_waited_for_and_nothing_is_bought_twice(
    owner: User, monkeypatch: pytest.MonkeyPatch, trouble: Exception, stage: str
) -> None:
    def full(*_: object) -> None:
        raise trouble

    job = buy(owner, "a teal square")
    with monkeypatch.context() as patch:
        patch.setattr(FakeProvider, "fetch", full)
        job = drive(job, steps=12)
    assert (job.state, job.failures) == (JobState.RUNNING, 0)
    assert Event.objects.filter(job=job, data__stage=stage).exists()
    assert drive(job).state == JobState.SUCCEEDED
    assert FakeProvider().counted("submit") == 1


def test_every_stage_fits_its_column() -> None:
    """SQLite keeps whatever comes; PostgreSQL refuses what is too long, and the job would end by it."""
    field: Any = Job.stage
    value = max((model["provider"] for model in catalogue()["models"].values()), key=len)
    stages = {(file, re.sub(r"\{\d+\}", value, text)) for file, text in told_stages()}
    assert len(stages) > 20
    assert {told for told in stages if len(told[1]) > field.field.max_length} == set()


def test_a_broker_that_cannot_write_costs_latency_only(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> None:
        raise ChannelError("No message could be written: No space left on device")  # as the folder broker says it

    job = buy(owner, "a teal square")
    monkeypatch.setattr(advance, "apply_async", full)
    ring(job.pk, job.queue)
    make_due(job)
    assert jobs.claim(job.pk) is not None


@pytest.mark.django_db(transaction=True)
def test_the_sweeper_survives_whatever_a_sweep_raises(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MV_SWEEP_SECONDS = 0.05
    sweeper, rounds = Sweeper(name="worker", queues=[]), []

    def break_twice() -> int:
        rounds.append(1)
        if len(rounds) > 2:
            sweeper.stop()
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(jobs, "ring_due", break_twice)
    sweeper.start()
    sweeper.join(timeout=10)
    assert len(rounds) == 3


def test_sweepers_of_one_data_folder_take_turns_and_replace_each_other(
    settings: Settings, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MV_SWEEP_SECONDS = 1000.0
    first, second, sweeps = Sweeper(name="a", queues=[]), Sweeper(name="b", queues=[]), []
    monkeypatch.setattr(jobs, "ring_due", lambda: sweeps.append(1))
    for sweeper in (first, second, first):
        sweeper.round()
    assert len(sweeps) == 1
    swept = data_dir / "run" / "swept"
    os.utime(swept, (time.time() - 801,) * 2)  # whoever swept last has died, or hangs
    second.round()
    assert len(sweeps) == 2
    os.utime(swept, (time.time() + 3600,) * 2)  # the clock was set back
    first.round()
    assert len(sweeps) == 3
