"""What a person may do with a job: cancel, retry, decide."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from generation import money
from generation.choices import LIMITS, CallOutcome, JobKind, JobState
from generation.jobs.ending import end
from generation.jobs.view import record_job
from generation.jobs.wake import wake
from generation.models import Job
from mvsite.common.errors import UserError


def request_cancel(job: Job) -> Job:
    """Ask a job and its children to stop. One that nobody has begun ends at once. Raises user:job:final."""
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if job.is_final:
            raise UserError("user:job:final")
        for child in Job.objects.filter(parent=job).unfinished():
            request_cancel(child)
        untouched = job.state == JobState.QUEUED and job.steps == 0 and job.lease_until is None
        if untouched or job.state == JobState.NEEDS_REVIEW:
            end(job, JobState.CANCELED)
            return job
        now = timezone.now()
        job.cancel_requested_at = job.cancel_requested_at or now
        job.next_at = now
        job.sent_at = now
        job.save(update_fields=["cancel_requested_at", "next_at", "sent_at", "updated_at"])
        record_job("job.cancel_requested", job)
        wake(job.pk, job.queue)
    return job


def retry(job: Job) -> Job:
    """Start a failed or canceled job again under the same id and with the same reserved ids.

    What was bought and arrived stays; portraits that failed or were canceled start again too.
    Raises user:job:not_retryable, and user:scene:busy when an equal job is under way.
    """
    try:
        return _retry(job)
    except IntegrityError as error:
        raise UserError("user:scene:busy", "The same work is under way already.") from error


def _retry(job: Job) -> Job:
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
        if job.state not in (JobState.FAILED, JobState.CANCELED):
            raise UserError("user:job:not_retryable")
        _restart(job)
        for child in Job.objects.filter(parent=job, state__in=(JobState.FAILED, JobState.CANCELED)):
            if child.kind == JobKind.PORTRAITS:  # a run makes new children for what is missing
                _restart(child)
    return job


def resolve(job: Job, *, bought: bool) -> Job:
    """Decide about a job in `needs_review`: `bought` = something exists and was paid (it ends failed, paid);
    otherwise nothing was bought and it is sent again. Raises user:job:not_in_review.
    """
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job.pk)
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
        else:
            _restart(job)
    return job


def _restart(job: Job) -> None:
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
    job.checkpoint = {}
    job.queued_at = job.next_at = job.sent_at = now
    job.deadline_at = now + timedelta(seconds=limits.deadline_seconds)
    job.save()
    record_job("job.queued", job)
    wake(job.pk, job.queue)
