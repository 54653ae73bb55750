"""The sweeper's work: ring for everything that is due, and take leases from processes that died."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Count, F, Q
from django.utils import timezone

from generation.jobs.identity import is_dead
from generation.jobs.told import log_job
from generation.jobs.wake import ring
from generation.models import Job

_BATCH = 200
_RINGS_OUT = 64  # for each queue


def ring_due() -> int:
    """Ring for due jobs that nobody was told of since they became due; returns how many.

    It is outbox, poll scheduler and rescuer in one, safe with any number of sweepers: a second ring is free. Where
    workers cannot keep up, only so many rings are out: bells that pile up would keep them busier still.
    """
    now = timezone.now()
    stale = now - timedelta(seconds=settings.MV_REDISPATCH_SECONDS)
    untold = Q(sent_at=None) | Q(sent_at__lt=F("next_at")) | Q(sent_at__lt=stale)
    due = Job.objects.claimable(now)
    found = list(due.filter(untold).order_by("next_at").values_list("pk", "queue")[:_BATCH])
    if not found:
        return 0
    told = dict(due.exclude(untold).order_by().values_list("queue").annotate(Count("pk")))
    room = {queue: max(0, _RINGS_OUT - told.get(queue, 0)) for _, queue in found}
    chosen = [job for queue, free in room.items() for job in [each for each in found if each[1] == queue][:free]]
    Job.objects.filter(untold, pk__in=[job_id for job_id, _ in chosen]).update(sent_at=now)
    for job_id, queue in chosen:
        ring(job_id, queue)
    return len(chosen)


def forget_broken_leases() -> int:
    """Take back what processes of this machine held that no longer exist; returns how many.

    Without this a killed worker's job waits until its lease runs out. A job that was held at several deaths in a row
    waits longer each time: it may be what kills, or it may only be there whenever something else does.
    """
    held = Job.objects.active().exclude(lease_owner="").filter(lease_until__gt=timezone.now())
    broken = 0
    for job_id, owner, seq, failures in held.values_list("pk", "lease_owner", "lease_seq", "failures")[:_BATCH]:
        if is_dead(owner):
            broken += Job.objects.filter(pk=job_id, lease_seq=seq, lease_owner=owner).update(
                lease_until=None,
                lease_owner="",
                lease_seq=F("lease_seq") + 1,
                failures=F("failures") + 1,
                next_at=timezone.now() + _pause_after_death(failures),
                sent_at=None,
            )
            log_job("job_reaped", Job.objects.get(pk=job_id))
    return broken


def _pause_after_death(failures: int) -> timedelta:
    return timedelta(seconds=2.0 * failures**2)
