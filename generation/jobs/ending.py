"""The last write of a job: final state, event, and a ring for the parent that waits for it."""

from typing import Any

from django.utils import timezone

from generation.choices import JobState
from generation.jobs.view import record_job
from generation.jobs.wake import wake
from generation.models import Job
from mvsite.logs import debug_event


def end(
    job: Job, state: JobState, *, result: dict[str, Any] | None = None, error: dict[str, Any] | None = None
) -> None:
    """Make a job final inside the caller's transaction; the caller has checked that it may."""
    now = timezone.now()
    job.state = state
    job.finished_at = now
    job.lease_until = None
    job.lease_owner = ""
    job.stage = ""
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
            "error",
            "progress",
            "result",
            "updated_at",
        ]
    )
    record_job(f"job.{state}", job)
    if job.parent_id is not None:
        parent = Job.objects.filter(pk=job.parent_id).active()
        parent.update(next_at=now, sent_at=now)
        for queue in parent.values_list("queue", flat=True):
            wake(job.parent_id, queue)
    code = error["code"] if error else ""
    debug_event(f"job_{state}", job_id=str(job.pk), kind=job.kind, state=state, attempt=job.attempts, code=code)
