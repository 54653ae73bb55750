"""What happened, written in the caller's transaction so that the feed and the rows can never disagree."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import F

from generation.models import Event, EventStream, Job


def record(kind: str, *, stream: uuid.UUID, data: Mapping[str, Any], job: Job | None = None) -> Event:
    """Append one event to a stream and return it; must run inside a transaction.

    `data` is the full new state of what changed (JSON), so that applying an event twice is harmless.
    Raises RuntimeError outside a transaction: an event that could outlive its rollback would be a lie.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"The event {kind} was recorded outside a transaction.")
    if not EventStream.objects.filter(pk=stream).update(last=F("last") + 1):
        EventStream.objects.bulk_create([EventStream(pk=stream)], ignore_conflicts=True)
        EventStream.objects.filter(pk=stream).update(last=F("last") + 1)
    number = EventStream.objects.values_list("last", flat=True).get(pk=stream)
    return Event.objects.create(stream_id=stream, number=number, job=job, kind=kind, data=dict(data))


def cursor(stream: uuid.UUID) -> int:
    """Return the number of the newest event of a stream; 0 when there is none."""
    return EventStream.objects.filter(pk=stream).values_list("last", flat=True).first() or 0
