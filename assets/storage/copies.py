"""The rows about copies in the bucket, and whether the bucket is well: what all processes and hosts share."""

import platform
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings
from django.core.cache import cache
from django.db.models import F, QuerySet
from django.utils import timezone

from assets.keys import is_passing
from assets.models import CloudCopy, CopyState
from assets.storage.disk import KeyTakenError, Stored

AWAY_SECONDS = 30
_AWAY = "storage-bucket-away"
_LONGEST_PAUSE = 3600


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Copies that a host does not upload: how many, and since when the oldest waits; `host` may be unknown ("")."""

    host: str
    count: int
    since: datetime


def has_bucket() -> bool:
    """Say whether files are uploaded."""
    return bool(settings.STORAGE_BUCKET)


def goes_to_cloud(key: str) -> bool:
    """Say whether this file is uploaded; what can be made again at any time stays on the machine that made it."""
    return has_bucket() and not is_passing(key)


def in_cloud(key: str) -> bool:
    """Say whether the bucket of today holds a verified copy."""
    return has_bucket() and _synced().filter(pk=key).exists()


def is_pending(key: str) -> bool:
    """Say whether a copy is still to be uploaded."""
    return has_bucket() and CloudCopy.objects.filter(pk=key, state=CopyState.PENDING).exists()


def is_known(key: str) -> bool:
    """Say whether a copy is in a bucket, today's or another, or still to be uploaded by somebody."""
    return CloudCopy.objects.filter(pk=key).exclude(state=CopyState.DELETING).exists()


def other_bucket(key: str) -> str:
    """Name the bucket that holds a verified copy and is not today's; empty when none does."""
    return _elsewhere().filter(pk=key).values_list("bucket", flat=True).first() or ""


def in_other_buckets() -> Iterator[tuple[str, str]]:
    """Yield every key with a verified copy in a bucket that is not today's, and that bucket's name."""
    return _elsewhere().order_by("pk").values_list("pk", "bucket").iterator(chunk_size=1000)


def places_of(keys: Iterable[str]) -> set[str]:
    """Return those of `keys` that the bucket of today holds."""
    wanted = set(keys)
    return set(_synced().filter(pk__in=wanted).values_list("pk", flat=True)) if has_bucket() and wanted else set()


def wanted(stored: Stored) -> CloudCopy:
    """Write down that a file is to be uploaded; what was written down before stays, but for the wish to delete it.

    Raises KeyTakenError when another machine kept other bytes under the key first.
    """
    host = this_host()
    facts = {"bucket": settings.STORAGE_BUCKET, "size_bytes": stored.size, "sha256": stored.sha256, "host": host}
    CloudCopy.objects.filter(pk=stored.key, state=CopyState.DELETING).update(**facts, **_anew(), attempts=0, error="")
    copy, _ = CloudCopy.objects.get_or_create(pk=stored.key, defaults=facts)
    if copy.sha256 != stored.sha256:
        raise KeyTakenError
    if copy.bucket != settings.STORAGE_BUCKET:
        CloudCopy.objects.filter(pk=stored.key).update(bucket=settings.STORAGE_BUCKET, host=host, **_anew())
        copy.refresh_from_db()
    return copy


def known_sha256(key: str) -> str:
    """Return the checksum of what was kept under a key first; empty when nobody wrote it down."""
    return CloudCopy.objects.filter(pk=key).values_list("sha256", flat=True).first() or ""


def claimed(copy: CloudCopy, *, seconds: float) -> bool:
    """Take a copy that is due for some time; a second worker at the same copy would be waste, not harm."""
    mine = CloudCopy.objects.filter(pk=copy.pk, state=copy.state, next_try_at=copy.next_try_at)
    return bool(mine.update(next_try_at=timezone.now() + timedelta(seconds=seconds), host=this_host()))


def seized(copy: CloudCopy, *, seconds: float) -> CloudCopy:
    """Take a copy to upload it over what is there, however it stands."""
    until = timezone.now() + timedelta(seconds=seconds)
    _same_wish(copy).update(state=CopyState.PENDING, next_try_at=until, updated_at=timezone.now())
    copy.state = CopyState.PENDING
    return copy


def synced(copy: CloudCopy) -> bool:
    """Write down that the copy is there and verified; says whether it was wanted all the time."""
    now = timezone.now()
    mine = _same_wish(copy).filter(state=CopyState.PENDING)
    return bool(mine.update(state=CopyState.SYNCED, synced_at=now, attempts=0, error="", updated_at=now))


def left_over(copy: CloudCopy) -> CloudCopy | None:
    """Return the row by which an object is to be deleted that was uploaded while its file was; None if it is wanted.

    Where the row is gone already it is made again, so that no crash can forget the object.
    """
    facts = {"bucket": copy.bucket, "size_bytes": copy.size_bytes, "sha256": copy.sha256}
    CloudCopy.objects.get_or_create(pk=copy.pk, defaults={**facts, "state": CopyState.DELETING})
    deleting = CloudCopy.objects.filter(pk=copy.pk, state=CopyState.DELETING)
    deleting.update(created_at=timezone.now())  # whoever deleted before the upload came to its end does not forget it
    return deleting.first()


def failed(copy: CloudCopy, why: str) -> bool:
    """Write down what went wrong and when to try again: after 30 s, then twice as long each time, up to an hour.

    Says False when it stands otherwise now: deleted, or uploaded by another.
    """
    pause = min(AWAY_SECONDS * 2 ** min(copy.attempts, 10), _LONGEST_PAUSE)
    now = timezone.now()
    return bool(
        _same_wish(copy)
        .filter(state=copy.state)
        .update(attempts=F("attempts") + 1, next_try_at=now + timedelta(seconds=pause), error=why[:200], updated_at=now)
    )


def all_synced() -> Iterator[CloudCopy]:
    """Yield every verified copy of today's bucket."""
    return _synced().order_by("pk").iterator(chunk_size=1000)


def waiting() -> tuple[int, datetime | None]:
    """Count the copies that are still to be uploaded, and say since when the oldest waits."""
    found = CloudCopy.objects.filter(state=CopyState.PENDING)
    return found.count(), found.order_by("created_at").values_list("created_at", flat=True).first()


def left_behind(now: datetime, *, here: Callable[[str], bool]) -> list[LeftBehind]:
    """Return by host what is still to be uploaded, is not `here`, and is due for longer than its host pauses (1 h).

    So nobody who has it is at work, as long as the bucket answers.
    """
    overdue = CloudCopy.objects.filter(
        state=CopyState.PENDING, next_try_at__lt=now - timedelta(seconds=_LONGEST_PAUSE)
    ).order_by("created_at")
    found: dict[str, list[datetime]] = {}
    for key, host, since in overdue.values_list("pk", "host", "created_at").iterator(chunk_size=1000):
        if not here(key):
            found.setdefault(host, []).append(since)
    return [LeftBehind(host, len(times), times[0]) for host, times in sorted(found.items())]


def this_host() -> str:
    """Name this machine as its people do."""
    return platform.node()[:100]


def unwanted(key: str) -> CloudCopy | None:
    """Write down that a copy is to be deleted, and return it; None when there is none."""
    now = timezone.now()
    CloudCopy.objects.filter(pk=key).update(state=CopyState.DELETING, next_try_at=now, attempts=0, updated_at=now)
    return CloudCopy.objects.filter(pk=key, state=CopyState.DELETING).first()


def gone(copy: CloudCopy) -> bool:
    """Forget a copy that was deleted; says False when the file was kept once more meanwhile, and is to be uploaded."""
    if _same_wish(copy).filter(state=CopyState.DELETING).delete()[0]:
        return True
    return not CloudCopy.objects.filter(pk=copy.pk).exclude(state=CopyState.DELETING).update(**_anew())


def due(now: datetime, *, here: Callable[[str], bool], limit: int) -> list[CloudCopy]:
    """Return copies of today's bucket that are to be uploaded from `here` or deleted now, the longest due first."""
    waiting = CloudCopy.objects.exclude(state=CopyState.SYNCED).filter(bucket=settings.STORAGE_BUCKET)
    rows = waiting.filter(next_try_at__lte=now).order_by("next_try_at").iterator(chunk_size=1000)
    return list(islice((copy for copy in rows if copy.state == CopyState.DELETING or here(copy.key)), limit))


def is_away() -> bool:
    """Say whether the bucket failed a moment ago, here or on another host: then nobody should wait for it."""
    return bool(cache.get(_AWAY))


def mark_away(*, away: bool) -> None:
    """Tell everybody that the bucket fails, for 30 s, or that it answers again."""
    if away:
        cache.set(_AWAY, settings.STORAGE_BUCKET, AWAY_SECONDS)
    elif cache.get(_AWAY):
        cache.delete(_AWAY)


def _same_wish(copy: CloudCopy) -> QuerySet[CloudCopy]:
    """Find a row unless its file was deleted, or deleted and kept again, since it was read: `created_at` tells."""
    return CloudCopy.objects.filter(pk=copy.pk, created_at=copy.created_at)


def _anew() -> dict[str, object]:
    now = timezone.now()
    return {"state": CopyState.PENDING, "created_at": now, "next_try_at": now, "synced_at": None, "updated_at": now}


def _elsewhere() -> QuerySet[CloudCopy]:
    return CloudCopy.objects.filter(state=CopyState.SYNCED).exclude(bucket=settings.STORAGE_BUCKET)


def _synced() -> QuerySet[CloudCopy]:
    return CloudCopy.objects.filter(state=CopyState.SYNCED, bucket=settings.STORAGE_BUCKET)
