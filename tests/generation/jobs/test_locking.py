"""Rows are locked in one order, so no database ever has to break a circle of waiting and have the work done again."""

import sys
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from generation import events, jobs, money
from generation.choices import CallOutcome, JobKind, JobState
from generation.jobs import control, ending
from generation.jobs.view import record_job
from generation.models import Job
from generation.money import holds
from generation.services.projects import project_create
from mvsite.accounts.models import User
from mvsite.common.errors import ProviderError
from tests.support.engine import buy
from tests.support.money import books_agree
from tests.support.threads import Middle

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def family(owner: User) -> tuple[Job, list[Job]]:
    """Make a run with two children, all of them in one stream."""
    project = project_create(owner=owner, title="A lake", idea="A lake")
    parent = jobs.enqueue(kind=JobKind.RUN, owner=owner, params={}, project=project)
    return parent, [buy(owner, f"a lake {n}", parent=parent, project=project) for n in range(2)]


def begun(job: Job) -> jobs.Claim:
    claim = jobs.claim(job.pk)
    assert claim is not None
    return claim


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Middle:
    """Return the moment between the rows of a job's end and its event, which takes a while."""
    middle = Middle()

    def late(kind: str, job: Job) -> None:
        middle.pause()
        record_job(kind, job)

    for module in (ending, control, sys.modules["generation.jobs.enqueue"]):  # the package has a function of that name
        monkeypatch.setattr(module, "record_job", late)
    return middle


def dear(run: Job, **words: Any) -> Job:
    """Start a clip of $1 in a run's project: its budgets are locked, then its stream."""
    kind, dollar = JobKind.CLIP, Decimal(1)
    return jobs.enqueue(kind=kind, owner=run.owner, params={}, project=run.project, estimated_cost_usd=dollar, **words)


def test_a_child_ends_while_its_parent_is_canceled(family: tuple[Job, list[Job]], between: Middle) -> None:
    parent, (child, other) = family
    claim = begun(child)
    error = ProviderError("provider:call:failed")
    between.meet(partial(claim.fail, error), partial(jobs.request_cancel, parent))
    states = {job.pk: job.state for job in Job.objects.all()}
    assert (states[child.pk], states[other.pk]) == (JobState.FAILED, JobState.CANCELED)


def test_a_child_is_canceled_while_its_parent_is(family: tuple[Job, list[Job]], between: Middle) -> None:
    parent, (child, _) = family
    between.meet(partial(jobs.request_cancel, child), partial(jobs.request_cancel, parent))
    assert set(Job.objects.filter(parent=parent).values_list("state", flat=True)) == {JobState.CANCELED}


def test_a_child_succeeds_while_its_parent_tells_how_far_it_is(family: tuple[Job, list[Job]]) -> None:
    parent, (child, _) = family
    waiting, working = begun(parent), begun(child)
    middle = Middle()

    def finish() -> dict[str, Any]:
        events.record("take.added", stream=child.stream_id, data={})
        middle.pause()
        return {"made": True}

    middle.meet(partial(working.succeed, finish), partial(waiting.report, 0.5, stage="shooting"))
    child.refresh_from_db()
    parent.refresh_from_db()
    assert (child.state, parent.stage) == (JobState.SUCCEEDED, "shooting")


def test_a_run_is_canceled_while_a_clip_of_its_project_is_started(
    family: tuple[Job, list[Job]], between: Middle
) -> None:
    """One child is told to stop (an event), the next one gives its money back (budgets)."""
    parent, (working, _) = family
    begun(working).park(3600, state=JobState.WAITING)
    waiting = dear(parent, parent=parent)
    between.meet(partial(jobs.request_cancel, parent), partial(dear, parent))
    waiting.refresh_from_db()
    working.refresh_from_db()
    assert (waiting.state, working.cancel_requested_at is None) == (JobState.CANCELED, False)
    books_agree()


def test_a_decision_is_taken_while_the_run_starts_its_next_clip(
    family: tuple[Job, list[Job]], monkeypatch: pytest.MonkeyPatch
) -> None:
    parent, _ = family
    lost = dear(parent, parent=parent)
    money.answer(money.intent(lost, provider="fake", model="fake-1", request_hash="h"), CallOutcome.UNKNOWN)
    Job.objects.filter(pk=lost.pk).update(state=JobState.NEEDS_REVIEW, error={"code": "user:job:needs_review"})
    ended, taken_over = ending.end, holds._take_over
    middle = Middle()

    def slow_end(*words: Any, **named: Any) -> None:
        middle.pause()
        ended(*words, **named)

    def slow_taking(child: Job, of: Job, amount: Decimal) -> None:
        taken_over(child, of, amount)
        middle.pause()

    monkeypatch.setattr(control, "end", slow_end)
    monkeypatch.setattr(holds, "_take_over", slow_taking)
    decide = partial(jobs.resolve, lost, bought=True)
    middle.meet(decide, partial(dear, parent, parent=parent))
    lost.refresh_from_db()
    assert (lost.state, lost.cost_usd) == (JobState.FAILED, Decimal(1))
    books_agree()
