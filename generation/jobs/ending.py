"""The last write of a job: final state, event, and a ring for the parent that waits for it."""

from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from generation import money
from generation.choices import JobState
from generation.jobs.lanes import leave_lanes
from generation.jobs.told import log_job
from generation.jobs.view import record_job
from generation.jobs.wake import wake
from generation.models import Job

ENDED: dict[JobState, str] = {
    JobState.SUCCEEDED: "job_succeeded",
    JobState.FAILED: "job_failed",
    JobState.CANCELED: "job_canceled",
}
"""The name in the log of each way to end."""


def let_go(job: Job) -> None:
    """Close the books of a job that ends and make its parent due, inside the caller's transaction.

    `end` does it too. Who writes events or rows of a project before it does it first, for the order of locks
    (`generation.money`).
    """
    if job.parent_id is not None:
        now = timezone.now()
        Job.objects.filter(pk=job.parent_id).active().update(next_at=now, sent_at=now)
    money.close_books(job)
    money.give_back(job)


def end(
    job: Job,
    state: JobState,
    *,
    result: dict[str, Any] | None = None,
    error: dict[str, Any] | None = None,
    has_let_go: bool = False,
) -> None:
    """Make a job final inside the caller's transaction; the caller has checked that it may."""
    if not has_let_go:
        let_go(job)
    job.state = state
    job.finished_at = timezone.now()
    job.lease_until = None
    job.lease_owner = ""
    job.stage = ""
    leave_lanes(job)
    job.waits_for = None
    job.error = error
    if state == JobState.SUCCEEDED:
        job.progress = 1.0
        job.result = result
    job.save(
        update_fields=[
            "state",
            "finished_at",
            "lease_until",
            "lease_owner",
            "stage",
            "waits_for",
            "error",
            "progress",
            "result",
            "updated_at",
        ]
    )
    record_job(f"job.{state}", job)
    if job.parent_id is not None:
        for queue in Job.objects.filter(pk=job.parent_id).active().values_list("queue", flat=True):
            wake(job.parent_id, queue)
    told = partial(log_job, ENDED[state], job, code=error["code"] if error else "")
    transaction.on_commit(told, robust=True)
