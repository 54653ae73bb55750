"""A job as people and programs see it: one shape for the API, the events and the pages."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from generation import events, money
from generation.choices import JobKind
from generation.jobs.eta import eta_range, is_overdue
from generation.jobs.standing import places_in_line, waiting_for
from generation.models import Job
from mvsite.common.usd import usd, usd_at_most

_WRITING = (JobKind.RUN, JobKind.SCENES)


def job_data(job: Job) -> dict[str, Any]:
    """Give the public members of a job; before success `result` holds only the reserved ids.

    `cost_usd` is what it cost with all that it started. Nobody has counted who stands before it: lists do.
    """
    return _told(job, cost=money.whole_costs([job])[job.pk], ahead=None)


def jobs_data(jobs: Sequence[Job]) -> list[dict[str, Any]]:
    """Give the public members of jobs, with who stands before each; asks the same few questions for many as for one."""
    costs, ahead = money.whole_costs(jobs), places_in_line(jobs)
    return [_told(job, cost=costs[job.pk], ahead=ahead.get(job.pk)) for job in jobs]


def _told(job: Job, *, cost: Decimal, ahead: int | None) -> dict[str, Any]:
    base = f"/api/mv/jobs/{job.pk}"
    span = eta_range(job)
    return {
        "id": str(job.pk),
        "parent_id": _text(job.parent_id),
        "kind": job.kind,
        "state": job.state,
        "stage": job.stage,
        "progress": round(job.progress, 4),
        "eta_seconds": span[1] if span else None,
        "eta_range_seconds": [span[0], span[2]] if span else None,
        "waiting_for": waiting_for(job, ahead=ahead),
        "overdue": is_overdue(job),
        "automatic": bool(job.params.get("automatic")),
        "queued_at": _time(job.queued_at),
        "started_at": _time(job.started_at),
        "finished_at": _time(job.finished_at),
        "deadline_at": _time(job.deadline_at),
        "estimated_cost_usd": usd_at_most(job.estimated_cost_usd),
        "cost_usd": usd(cost),
        "provider": job.provider,
        "model": job.model,
        "parameters_not_sent": job.params.get("parameters_not_sent", []),
        "warnings": job.params.get("warnings", []),
        "number_of_scenes": job.params.get("number_of_scenes") if job.kind in _WRITING else None,
        "attempts": job.attempts,
        "project_id": _text(job.project_id),
        "scene_id": _text(job.scene_id),
        "result": job.result if job.result is not None else job.reserved,
        "error": job.problem,
        "cancel_requested": job.cancel_requested_at is not None and not job.is_final,
        "urls": {
            "self": base,
            "events": f"{base}/events",
            "cancel": f"{base}/cancel",
            "retry": f"{base}/retry",
        },
    }


def record_job(kind: str, job: Job) -> None:
    """Write `job.<what happened>` with the job's new state into its stream; inside the caller's transaction."""
    events.record(kind, stream=job.stream_id, data=job_data(job), job=job)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _time(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat().replace("+00:00", "Z")
