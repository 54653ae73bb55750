"""What a person may do with a job: cancel, retry, decide."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from generation import money
from generation.choices import LIMITS, CallOutcome, JobKind, JobState
from generation.jobs.ending import end, let_go
from generation.jobs.room import take_job_room
from generation.jobs.view import record_job
from generation.jobs.wake import wake
from generation.models import Job
from mvsite.common.errors import UserError
from mvsite.logs import asking_request_id

_RETRYABLE = (JobState.FAILED, JobState.CANCELED)
_A_PIECE = 500  # jobs that one question to the database is about
Agree = Callable[[Decimal], None]
"""Hears in the same transaction what starting again may cost, USD, and raises when that is not agreed to."""


def any_price(usd: Decimal) -> None:
    """Agree to any price: who asks has been told it elsewhere."""


def request_cancel(job: Job) -> Job:
    """Ask a job and its children to stop. One that nobody has begun ends at once; one that may have bought something
    stays until a person decides. Raises user:job:final, and user:job:needs_review when it is the job itself.
    """
    with transaction.atomic():
        job, children = _locked_family(job)
        if job.is_final:
            raise UserError("user:job:final")
        if job.state == JobState.NEEDS_REVIEW:
            raise UserError("user:job:needs_review", "Decide first: was it bought?")
        _stop([*(child for child in children if not child.is_final), job])
    return job


def supersede(job: Job) -> Job | None:
    """Give the place of an unfinished job to another: it is asked to stop, and its unique key is free.

    Call it in the transaction that makes the other one. Returns the parent that waits for it, for the one that follows.
    """
    with transaction.atomic():
        job, _ = _locked_family(job)
        if job.is_final:
            return None
        Job.objects.filter(pk=job.pk).update(unique_key="")
        job.unique_key = ""
        _stop([job])
        return Job.objects.active().filter(children=job, cancel_requested_at=None).first()


def stop_children(parent: Job) -> list[Job]:
    """Ask those children to stop that nobody has told yet; returns all that go on or wait for a decision."""
    with transaction.atomic():
        _, children = _locked_family(parent)
        unfinished = [child for child in children if not child.is_final]
        _stop([child for child in unfinished if child.cancel_requested_at is None])
    return [child for child in unfinished if not child.is_final]


def _stop(family: list[Job]) -> None:
    """End whom nobody has begun and ask the others to stop; all books are closed before the first event is written."""
    at_once = [job for job in family if _nobody_began(job)]
    for job in at_once:
        let_go(job)
    for job in family:
        if job in at_once:
            end(job, JobState.CANCELED, has_let_go=True)
        else:
            _ask_to_stop(job)


def _nobody_began(job: Job) -> bool:
    return job.state == JobState.QUEUED and job.steps == 0 and job.lease_until is None


def _ask_to_stop(job: Job) -> None:
    now = timezone.now()
    job.cancel_requested_at = job.cancel_requested_at or now
    job.next_at = now
    job.sent_at = now
    job.save(update_fields=["cancel_requested_at", "next_at", "sent_at", "updated_at"])
    record_job("job.cancel_requested", job)
    wake(job.pk, job.queue)


def hasten(job_id: uuid.UUID) -> bool:
    """Make a job's next step due now, because somebody knows that there is news; says whether it goes on at all."""
    with transaction.atomic():
        now = timezone.now()
        job = Job.objects.active().filter(pk=job_id)
        if not job.update(next_at=now, sent_at=now):
            return False
        wake(job_id, job.values_list("queue", flat=True).get())
    return True


def retry(job: Job, *, agree: Agree = any_price) -> Job:
    """Start a failed or canceled job again under the same id and with the same reserved ids.

    What was bought and arrived stays; portraits that failed or were canceled start again too.
    Raises what `agree` raises, user:job:not_retryable, user:cost:over_budget, user:quota:*, and user:scene:busy when
    an equal job is under way.
    """
    try:
        return _retry(job, agree)
    except IntegrityError as error:
        raise UserError("user:scene:busy", "The same work is under way already.") from error


def _retry(job: Job, agree: Agree) -> Job:
    with transaction.atomic():
        job, children = _locked_family(job)
        if job.state not in _RETRYABLE:
            raise UserError("user:job:not_retryable")
        again, cost = _what_again(job, children)
        agree(cost)
        _take_room(job)
        _restart(job, may_cost=cost)
        for child in again:
            _restart(child, may_cost=_may_cost(child), parent=job)
    return job


def retry_cost(job: Job) -> Decimal:
    """Say what starting this job again may cost, USD: what `retry` would hold for it."""
    return retry_costs([job])[job.pk]


def retry_costs(chosen: Sequence[Job]) -> dict[uuid.UUID, Decimal]:
    """Say what starting each of these jobs again may cost, USD; asks twice for every 500 of them."""
    costs: dict[uuid.UUID, Decimal] = {}
    paid: set[uuid.UUID] = set()
    for piece in _pieces(chosen):
        parts: dict[Any, list[Job]] = defaultdict(list)
        for part in Job.objects.filter(parent__in=[job.pk for job in piece]).defer("params", "result", "error"):
            parts[part.parent_id].append(part)
        calls = money.newest_calls([*piece, *chain.from_iterable(parts.values())])
        paid.update(key for key, call in calls.items() if money.may_be_fetched(call))
        costs |= {job.pk: _what_again(job, parts[job.pk], lambda each: each.pk in paid)[1] for job in piece}
    return costs


def _pieces(chosen: Sequence[Job]) -> Iterator[Sequence[Job]]:
    return (chosen[start : start + _A_PIECE] for start in range(0, len(chosen), _A_PIECE))


def _what_again(
    job: Job, children: Sequence[Job], is_paid: Callable[[Job], bool] = money.is_paid_and_open
) -> tuple[list[Job], Decimal]:
    """Name the children that start again with a job, and the price; a run makes new ones for what is missing."""
    again = [each for each in children if each.kind == JobKind.PORTRAITS and each.state in _RETRYABLE]
    if again:
        return again, sum((_may_cost(each, is_paid=is_paid) for each in again), Decimal(0))
    return again, _may_cost(job, children, is_paid=is_paid)


def _may_cost(
    job: Job, children: Sequence[Job] = (), *, is_paid: Callable[[Job], bool] = money.is_paid_and_open
) -> Decimal:
    """Say what a job that starts again may still buy: nothing when what it bought can still be fetched."""
    if is_paid(job):
        return Decimal(0)
    made = (child.estimated_cost_usd for child in children if child.state == JobState.SUCCEEDED)
    return max(job.estimated_cost_usd - sum(made, Decimal(0)), Decimal(0))


def _locked_family(job: Job) -> tuple[Job, list[Job]]:
    """Read a job and its children anew and lock their rows, and its parent's: always children before their parent.

    Who goes on to bill or end it would lock the parent's only after the budgets.
    """
    rows = Job.objects.select_for_update(no_key=True)
    children = list(rows.filter(parent=job).order_by("created_at", "pk"))
    found = rows.get(pk=job.pk)
    if found.parent_id is not None:
        rows.get(pk=found.parent_id)
    return found, children


def resolve(job: Job, *, bought: bool, agree: Agree = any_price) -> Job:
    """Decide about a job in `needs_review`: `bought` = something exists and was paid (it ends failed, paid);
    otherwise nothing was bought: it is sent again, or ends canceled when that was asked for meanwhile.
    Raises what `agree` raises, user:job:not_in_review, user:cost:over_budget, user:quota:*.
    """
    with transaction.atomic():
        job, _ = _locked_family(job)
        if job.state != JobState.NEEDS_REVIEW:
            raise UserError("user:job:not_in_review")
        if not bought and job.cancel_requested_at is None:
            _take_room(job)
        call = job.calls.order_by("-number").first()
        if call is not None:
            call.outcome = CallOutcome.UNKNOWN if bought else CallOutcome.ABANDONED
            call.error_code = "user:job:needs_review" if bought else ""
            call.save(update_fields=["outcome", "error_code"])
            money.settle(job, call, cost=None if bought else 0)
        if bought:
            end(job, JobState.FAILED, error={**(job.error or {}), "paid": True})
        elif job.cancel_requested_at is not None:
            end(job, JobState.CANCELED)
        else:
            cost = _may_cost(job)
            agree(cost)
            _restart(job, may_cost=cost)
    return job


def decision_costs(chosen: Sequence[Job], *, bought: bool) -> dict[uuid.UUID, Decimal]:
    """Say what a decision about each of these jobs in `needs_review` costs, USD: what is billed then, or may be when
    it is sent again. One that was asked to stop is not sent again. Asks once for every 500.
    """
    if not bought:
        stops = {job.pk for job in chosen if job.cancel_requested_at is not None}
        return {job.pk: Decimal(0) if job.pk in stops else job.estimated_cost_usd for job in chosen}
    costs = dict.fromkeys((job.pk for job in chosen), Decimal(0))
    for piece in _pieces(chosen):
        calls = money.newest_calls(piece).items()
        costs |= {key: call.estimated_cost_usd for key, call in calls if call.settled_at is None}
    return costs


def _take_room(job: Job) -> None:
    """Ask the owner's quotas, unless it goes on as a part of something that is under way; before any budget."""
    if job.parent is None or job.parent.is_final:
        take_job_room(job.owner_id, job.kind)


def _restart(job: Job, *, may_cost: Decimal, parent: Job | None = None) -> None:
    now = timezone.now()
    limits = LIMITS[JobKind(job.kind)]
    job.state = JobState.QUEUED
    job.queue = limits.queue
    job.stage = ""
    job.progress = 0.0
    job.error = None
    job.result = None
    job.failures = 0
    job.request_id = asking_request_id()
    job.finished_at = job.started_at = job.cancel_requested_at = job.lease_until = None
    job.lease_owner = ""
    job.lease_seq += 1
    job.queued_at = job.next_at = job.sent_at = now
    job.deadline_at = now + timedelta(seconds=limits.deadline_seconds)
    job.save()
    money.hold(job, may_cost, parent=parent)
    record_job("job.queued", job)
    wake(job.pk, job.queue)
