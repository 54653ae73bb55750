"""What does not move: jobs that nobody has looked at for a while, queues with their age, workers that are alive."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone

from generation.choices import JobState
from generation.jobs.workers import at_work, untaken
from generation.models import Job, Worker

LATE = timedelta(seconds=60)
_MOST = 200


@dataclass(frozen=True, slots=True)
class Stuck:
    """One job that does not move, and why it is thought so."""

    job: Job
    why: str
    since: datetime


def stuck_work() -> dict[str, Any]:
    """Give `stuck` (oldest first), `review`, `queues`, `workers` and the queues that are `untaken` as they are now."""
    now = timezone.now()
    idle = Job.objects.active().filter(Q(lease_until=None) | Q(lease_until__lt=now - LATE))
    late = idle.filter(next_at__lt=now - LATE).select_related("owner").order_by("next_at")[:_MOST]
    review = Job.objects.filter(state=JobState.NEEDS_REVIEW).select_related("owner").order_by("updated_at")[:_MOST]
    return {
        "stuck": [Stuck(job, _why(job, now), job.next_at) for job in late],
        "review": list(review),
        "queues": _queues(now),
        "workers": _workers(now, heard_of := at_work(now)),
        "untaken": untaken(heard_of),
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


def _workers(now: datetime, heard_of: list[Worker]) -> list[dict[str, Any]]:
    """Tell of all that have said in the last hour that they are there, and of whoever else holds a job."""
    held = Job.objects.active().filter(lease_until__gte=now).order_by()
    counts = dict(held.values_list("lease_owner").annotate(Count("pk")))
    lately = {worker.pk for worker in heard_of}
    told = [
        {
            "name": worker.name,
            "host": worker.pk.partition(" ")[0].partition("/")[0],
            "queues": ", ".join(worker.queues),
            "seen_at": worker.seen_at,
            "is_lost": worker.pk not in lately,
            "count": counts.pop(worker.pk, 0),
        }
        for worker in Worker.objects.order_by("name", "pk")[:_MOST]
    ]
    others = ({"name": name, "is_lost": True, "count": count} for name, count in sorted(counts.items()))
    return [*told, *others]
