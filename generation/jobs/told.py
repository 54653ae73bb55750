"""What the job engine says of a job in the log (`MV_DEBUG_MODE=true`, docs/events.md)."""

from generation.models import Job
from mvsite.logs import debug_event


def log_job(name: str, job: Job, *, code: str = "") -> None:
    """Log one step of a job's life under its event's name; `code` is that of the error it ended with."""
    debug_event(
        name,
        job_id=str(job.pk),
        project_id=str(job.project_id or ""),
        owner_id=str(job.owner_id),
        request_id=job.request_id,
        kind=job.kind,
        state=job.state,
        attempt=job.attempts,
        stage=job.stage,
        code=code,
    )
