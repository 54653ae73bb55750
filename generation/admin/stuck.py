"""What does not move: jobs that nobody has looked at for a while, queues with their age, workers that are alive."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone

from generation.choices import JobState
from generation.models import Job

LATE = timedelta(seconds=60)
_MOST = 200


@dataclass(frozen=True, slots=True)
class Stuck:
    """One job that does not move, and why it is thought so."""

    job: Job
    why: str
    since: datetime


def stuck_work() -> dict[str, Any]:
    """Give `stuck` (oldest first), `review`, `queues` and `workers` as they are now."""
    now = timezone.now()
    idle = Job.objects.active().filter(Q(lease_until=None) | Q(lease_until__lt=now - LATE))
    late = idle.filter(next_at__lt=now - LATE).select_related("owner").order_by("next_at")[:_MOST]
    review = Job.objects.filter(state=JobState.NEEDS_REVIEW).select_related("owner").order_by("updated_at")[:_MOST]
    return {
        "stuck": [Stuck(job, _why(job, now), job.next_at) for job in late],
        "review": list(review),
        "queues": _queues(now),
        "workers": _workers(now),
    }


def _why(job: Job, now: datetime) -> str:
    if job.lease_until is not None:
        return f"its worker {job.lease_owner} has not been heard of"
    if job.deadline_at < now:
        return "its time is over, and nobody has ended it"
    return "it is due, and nobody has taken it"


def _queues(now: datetime) -> list[dict[str, Any]]:
    rows = Job.objects.active().order_by().values("queue", "state").annotate(count=Count("pk"), oldest=Min("next_at"))
    return [
        {**row, "state": JobState(row["state"]).label, "due_for": max(0, round((now - row["oldest"]).total_seconds()))}
        for row in rows.order_by("queue", "state")
    ]


def _workers(now: datetime) -> list[dict[str, Any]]:
    held = Job.objects.active().filter(lease_until__gte=now).order_by()
    rows = held.values("lease_owner").annotate(count=Count("pk"))
    return [dict(row) for row in rows.order_by("lease_owner")]
