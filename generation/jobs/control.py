"""What a person may do with a job: cancel, retry, decide."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from generation import money
from generation.choices import LIMITS, CallOutcome, JobKind, JobState
from generation.jobs.ending import end, let_go
from generation.jobs.view import record_job
from generation.jobs.wake import wake
from generation.models import Job
from mvsite.common.errors import UserError

_RETRYABLE = (JobState.FAILED, JobState.CANCELED)


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


def retry(job: Job) -> Job:
    """Start a failed or canceled job again under the same id and with the same reserved ids.

    What was bought and arrived stays; portraits that failed or were canceled start again too.
    Raises user:job:not_retryable, user:cost:over_budget, and user:scene:busy when an equal job is under way.
    """
    try:
        return _retry(job)
    except IntegrityError as error:
        raise UserError("user:scene:busy", "The same work is under way already.") from error


def _retry(job: Job) -> Job:
    with transaction.atomic():
        job, children = _locked_family(job)
        if job.state not in _RETRYABLE:
            raise UserError("user:job:not_retryable")
        # A run makes new children for what is missing.
        again = [each for each in children if each.kind == JobKind.PORTRAITS and each.state in _RETRYABLE]
        _restart(job, may_cost=sum(map(_may_cost, again), Decimal(0)) if again else _may_cost(job, children))
        for child in again:
            _restart(child, may_cost=_may_cost(child), parent=job)
    return job


def _may_cost(job: Job, children: Sequence[Job] = ()) -> Decimal:
    """Say what a job that starts again may still buy: nothing when what it bought can still be fetched."""
    if money.is_paid_and_open(job):
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


def resolve(job: Job, *, bought: bool) -> Job:
    """Decide about a job in `needs_review`: `bought` = something exists and was paid (it ends failed, paid);
    otherwise nothing was bought: it is sent again, or ends canceled when that was asked for meanwhile.
    Raises user:job:not_in_review, user:cost:over_budget.
    """
    with transaction.atomic():
        job, _ = _locked_family(job)
        if job.state != JobState.NEEDS_REVIEW:
            raise UserError("user:job:not_in_review")
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
            _restart(job, may_cost=_may_cost(job))
    return job


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
    job.finished_at = job.started_at = job.cancel_requested_at = job.lease_until = None
    job.lease_owner = ""
    job.lease_seq += 1
    job.queued_at = job.next_at = job.sent_at = now
    job.deadline_at = now + timedelta(seconds=limits.deadline_seconds)
    job.save()
    money.hold(job, may_cost, parent=parent)
    record_job("job.queued", job)
    wake(job.pk, job.queue)
