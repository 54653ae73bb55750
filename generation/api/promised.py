"""Reading an id before it exists: the job behind it says whether to wait or what went wrong."""

import uuid

from generation.api.waiting import job_problem, job_url
from generation.choices import JobState
from generation.jobs import eta_seconds
from generation.models import Job
from generation.selectors import job_behind
from mvsite.accounts.models import User
from mvsite.common.errors import StudioError, UserError

_LONGEST_PAUSE = 30


def not_found(*, owner: User, wanted: uuid.UUID) -> StudioError:
    """Return why nothing is there under an id: still being made (409), could not be made, or never was (404)."""
    job = job_behind(user=owner, reserved_id=wanted)
    if job is None or job.state == JobState.SUCCEEDED:
        return UserError("user:request:not_found")
    problem = job_problem(job)
    if problem is None or job.state == JobState.NEEDS_REVIEW:
        return _not_ready(job)
    return UserError(
        "user:media:failed",
        problem.detail,
        extra={"job": job_url(job.pk), "reason": problem.as_dict()},
    )


def _not_ready(job: Job) -> UserError:
    pause = max(1, min(eta_seconds(job) or _LONGEST_PAUSE, _LONGEST_PAUSE))
    return UserError("user:media:not_ready", extra={"job": job_url(job.pk), "state": job.state, "retry_after": pause})
