"""A worker that is about to end: it takes nothing more, hands back what takes long, and nobody is blamed."""

from collections.abc import Iterator
from typing import Any

import pytest

from generation import jobs
from generation.choices import JobKind, JobState
from generation.jobs import draining
from generation.models import Job
from generation.pipelines import engine, registry
from generation.pipelines.outcomes import Done, Outcome
from mvsite.accounts.models import User
from tests.support.engine import drive, make_due
from tests.support.rows import a_job

pytestmark = pytest.mark.django_db


class LongWork:
    """Works for long, unless its worker is to end; `told` hears how often it began."""

    told: list[str] = []

    def step(self, claim: jobs.Claim) -> Outcome:
        self.told.append("begun")
        if len(self.told) == 1:
            jobs.begin_to_end()
        claim.tick(0.5)
        return Done(lambda: {"done": True})

    def wind_up(self, claim: jobs.Claim) -> Outcome | None:
        return None


@pytest.fixture(autouse=True)
def long_work(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(LongWork, "told", [])
    monkeypatch.setitem(registry.PIPELINES, JobKind.CLIP, f"{__name__}.LongWork")
    monkeypatch.setattr(registry, "import_string", lambda _: LongWork)
    yield
    draining._ending.clear()


def restarted() -> None:
    draining._ending.clear()


def state_of(job: Job) -> dict[str, Any]:
    job.refresh_from_db()
    return {"state": job.state, "held": job.lease_owner != "", "failures": job.failures, "attempts": job.attempts}


def test_long_work_is_handed_back_and_ends_well_elsewhere(owner: User) -> None:
    job = a_job(owner)
    make_due(job)
    engine.advance(job.pk)
    assert state_of(job) == {"state": JobState.RUNNING, "held": False, "failures": 0, "attempts": 1}
    restarted()
    assert drive(job).state == JobState.SUCCEEDED
    assert (job.failures, job.attempts, LongWork.told) == (0, 1, ["begun", "begun"])


def test_a_job_whose_bell_was_heard_too_late_is_called_out_again_at_once(owner: User) -> None:
    job = a_job(owner)
    make_due(job)
    jobs.begin_to_end()
    assert not engine.advance(job.pk)
    job.refresh_from_db()
    assert (job.state, job.sent_at, LongWork.told) == (JobState.QUEUED, None, [])
    assert jobs.ring_due() == 1


def test_what_is_paid_while_it_is_written_goes_on_to_its_end(owner: User) -> None:
    claim = jobs.claim(_due(a_job(owner)).pk)
    assert claim is not None
    jobs.begin_to_end()
    claim.tick(0.5, to_the_end=True)
    with pytest.raises(jobs.HandBack):
        claim.tick(0.5)


def _due(job: Job) -> Job:
    make_due(job)
    return job
