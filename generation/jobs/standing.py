"""Why a job does not work at this moment: a worker, a place at a provider, a pause after a failure."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone

from generation.choices import JobState
from generation.models import Job

NOBODY_AFTER = 30.0  # seconds for which a job may be due before somebody is told that no worker comes


def waiting_for(job: Job, *, ahead: int | None = None) -> dict[str, Any] | None:
    """Say what an unfinished job waits for, None while it works.

    `reason`: `worker` (busy), `no_worker` (due for long and nobody comes), `place` (at the provider), `retry` (after a
    failure that passes). `ahead` is how many are before it in that line, `seconds` when it goes on by itself.
    """
    if job.is_final or job.state == JobState.NEEDS_REVIEW:
        return None
    now = timezone.now()
    until = max(0, round((job.next_at - now).total_seconds()))
    if job.waits_for_id is not None:
        return {"reason": "place", "ahead": ahead, "seconds": until or None}
    if job.failures and job.lease_until is None and until:
        return {"reason": "retry", "ahead": None, "seconds": until}
    if job.state != JobState.QUEUED or job.lease_until is not None:
        return None
    alone = ahead == 0 and (now - job.next_at).total_seconds() > NOBODY_AFTER
    return {"reason": "no_worker" if alone else "worker", "ahead": ahead, "seconds": None}


def places_in_line(jobs: Sequence[Job]) -> dict[Any, int]:
    """Count who is before each of these jobs, whoever they belong to: in its provider's line, or in its worker queue,
    where those count that are being worked on.
    """
    standing = [job for job in jobs if waiting_for(job) and not job.failures]
    if not standing:
        return {}
    queues = {job.queue for job in standing if job.waits_for_id is None}
    lanes = {job.waits_for_id for job in standing if job.waits_for_id is not None}
    begun = Q(lease_until__gte=timezone.now()) | Q(state=JobState.QUEUED, lease_until=None)
    same = Q(begun, waits_for=None, queue__in=queues) | Q(waits_for__in=lanes)
    line = Job.objects.active().filter(same).order_by("queued_at", "pk")
    lines: dict[object, list[Any]] = {}
    for pk, queue, lane in line.values_list("pk", "queue", "waits_for"):
        lines.setdefault(lane or queue, []).append(pk)
    places = {pk: number for each in lines.values() for number, pk in enumerate(each)}
    return {job.pk: places.get(job.pk, 0) for job in standing}
