"""The rows about copies in the bucket, and whether the bucket is well: what all processes and hosts share."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

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


def places_of(keys: Iterable[str]) -> set[str]:
    """Return those of `keys` that the bucket of today holds."""
    wanted = set(keys)
    return set(_synced().filter(pk__in=wanted).values_list("pk", flat=True)) if has_bucket() and wanted else set()


def wanted(stored: Stored) -> CloudCopy:
    """Write down that a file is to be uploaded; what was written down before stays.

    Raises KeyTakenError when another machine kept other bytes under the key first.
    """
    copy, _ = CloudCopy.objects.get_or_create(
        pk=stored.key,
        defaults={"bucket": settings.STORAGE_BUCKET, "size_bytes": stored.size, "sha256": stored.sha256},
    )
    if copy.sha256 != stored.sha256:
        raise KeyTakenError
    if copy.bucket != settings.STORAGE_BUCKET:
        now = timezone.now()
        copy.bucket, copy.state, copy.next_try_at, copy.synced_at = (
            settings.STORAGE_BUCKET,
            CopyState.PENDING,
            now,
            None,
        )
        copy.save(update_fields=["bucket", "state", "next_try_at", "synced_at", "updated_at"])
    return copy


def known_sha256(key: str) -> str:
    """Return the checksum of what was kept under a key first; empty when nobody wrote it down."""
    return CloudCopy.objects.filter(pk=key).values_list("sha256", flat=True).first() or ""


def claimed(copy: CloudCopy, *, seconds: float) -> bool:
    """Take a copy that is due for some time; a second worker at the same copy would be waste, not harm."""
    mine = CloudCopy.objects.filter(pk=copy.pk, state=copy.state, next_try_at=copy.next_try_at)
    return bool(mine.update(next_try_at=timezone.now() + timedelta(seconds=seconds)))


def synced(key: str) -> None:
    """Write down that the copy is there and verified."""
    now = timezone.now()
    CloudCopy.objects.filter(pk=key, state=CopyState.PENDING).update(
        state=CopyState.SYNCED, synced_at=now, attempts=0, error="", updated_at=now
    )


def failed(key: str, why: str) -> None:
    """Write down what went wrong and when to try again: after 30 s, then twice as long each time, up to an hour."""
    attempts = CloudCopy.objects.filter(pk=key).values_list("attempts", flat=True).first() or 0
    pause = min(AWAY_SECONDS * 2 ** min(attempts, 10), _LONGEST_PAUSE)
    now = timezone.now()
    CloudCopy.objects.filter(pk=key).update(
        attempts=F("attempts") + 1, next_try_at=now + timedelta(seconds=pause), error=why[:200], updated_at=now
    )


def postponed(copy: CloudCopy, why: str) -> None:
    """Look again later at a copy that cannot be made on this machine; that is nobody's failure."""
    CloudCopy.objects.filter(pk=copy.pk, state=copy.state).update(
        next_try_at=timezone.now() + timedelta(seconds=AWAY_SECONDS), error=why
    )


def all_synced() -> Iterator[CloudCopy]:
    """Yield every verified copy of today's bucket."""
    return _synced().order_by("pk").iterator(chunk_size=1000)


def waiting() -> tuple[int, datetime | None]:
    """Count the copies that are still to be uploaded, and say since when the oldest waits."""
    found = CloudCopy.objects.filter(state=CopyState.PENDING)
    return found.count(), found.order_by("created_at").values_list("created_at", flat=True).first()


def unwanted(key: str) -> bool:
    """Write down that a copy is to be deleted; say whether there was one."""
    now = timezone.now()
    return bool(
        CloudCopy.objects.filter(pk=key).update(state=CopyState.DELETING, next_try_at=now, attempts=0, updated_at=now)
    )


def gone(key: str) -> None:
    """Forget a copy that was deleted."""
    CloudCopy.objects.filter(pk=key, state=CopyState.DELETING).delete()


def due(now: datetime, *, limit: int) -> list[CloudCopy]:
    """Return copies of today's bucket that are to be uploaded or deleted now, those that wait longest first."""
    waiting = CloudCopy.objects.exclude(state=CopyState.SYNCED).filter(bucket=settings.STORAGE_BUCKET)
    return list(waiting.filter(next_try_at__lte=now).order_by("next_try_at")[:limit])


def is_away() -> bool:
    """Say whether the bucket failed a moment ago, here or on another host: then nobody should wait for it."""
    return bool(cache.get(_AWAY))


def mark_away(*, away: bool) -> None:
    """Tell everybody that the bucket fails, for 30 s, or that it answers again."""
    if away:
        cache.set(_AWAY, settings.STORAGE_BUCKET, AWAY_SECONDS)
    elif cache.get(_AWAY):
        cache.delete(_AWAY)


def _synced() -> QuerySet[CloudCopy]:
    return CloudCopy.objects.filter(state=CopyState.SYNCED, bucket=settings.STORAGE_BUCKET)
