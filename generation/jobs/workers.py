"""Which workers are there, on every host: each says so again and again."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from generation.choices import Queue
from generation.jobs.identity import this_process
from generation.models import Worker

BEAT_SECONDS = 10.0
_MISSED = timedelta(seconds=45)
_FORGOTTEN = timedelta(hours=1)


def beat(*, name: str, queues: Iterable[str]) -> None:
    """Say that this process is there and takes work from these queues."""
    now = timezone.now()
    seen = {"name": name, "queues": sorted(queues), "seen_at": now}
    Worker.objects.update_or_create(pk=this_process(), defaults=seen, create_defaults={**seen, "started_at": now})
    Worker.objects.filter(seen_at__lt=now - _FORGOTTEN).delete()


def leave() -> None:
    """Say that this process takes nothing more."""
    Worker.objects.filter(pk=this_process()).delete()


def at_work(now: datetime) -> list[Worker]:
    """Return the workers that were heard of in the last 45 s."""
    return list(Worker.objects.filter(seen_at__gte=now - _MISSED).order_by("name"))


def untaken(found: Iterable[Worker]) -> list[str]:
    """Name the queues from which none of these workers takes work."""
    served = {name for worker in found for name in worker.queues}
    return [name for name in Queue.values if name not in served]
