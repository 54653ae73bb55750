"""What is done again and again while there is a bucket: upload what waits, delete what nobody wants, make room."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from assets.models import CloudCopy, CopyState
from assets.storage import bucket, copies, disk
from assets.storage.placing import CLAIM_SECONDS, make_local, remove_copy, upload
from mvsite.logs import info_event

_BATCH = 500
_ELSEWHERE = "the file is not on this machine"
_IN_USE = timedelta(hours=1)  # a job that has a file open may want it once more


def look() -> str:
    """Ask the bucket whether it is well and tell everybody; returns what is wrong, or nothing."""
    try:
        bucket.probe()
    except bucket.CloudError as error:
        copies.mark_away(away=error.is_outage)
        return str(error)
    copies.mark_away(away=False)
    return ""


def heal(*, limit: int = 100) -> int:
    """Upload and delete what is due, until the bucket fails; returns how many copies are right now that were not.

    A file that lies on another host is left to that host. Safe beside others that do the same.
    """
    if not copies.has_bucket():
        return 0
    look()
    healed = 0
    for copy in copies.due(timezone.now(), limit=limit):
        if copies.is_away():
            break
        if copy.state == CopyState.PENDING and not disk.has(copy.key):
            copies.postponed(copy, _ELSEWHERE)
        elif copies.claimed(copy, seconds=CLAIM_SECONDS):
            healed += remove_copy(copy.key) if copy.state == CopyState.DELETING else upload(copy)
    return healed


def enroll(keys: Iterable[str]) -> int:
    """Write down a wish for a copy of every file of this machine that has none in today's bucket; returns how many.

    So a bucket that is named for the first time, or another one, gets what was made before.
    """
    if not copies.has_bucket():
        return 0
    found = 0
    for some in _in_batches(keys):
        known = set(CloudCopy.objects.filter(pk__in=some, bucket=settings.STORAGE_BUCKET).values_list("pk", flat=True))
        for key in some:
            if key not in known and copies.goes_to_cloud(key) and disk.has(key):
                copies.wanted(disk.measured(key))
                found += 1
    return found


def upload_now(key: str) -> bool:
    """Upload a file of this machine whether its time has come or not, over whatever lies there; says whether it is."""
    stored = disk.measured(key)
    CloudCopy.objects.filter(pk=key).update(state=CopyState.PENDING, updated_at=timezone.now())
    return upload(copies.wanted(stored))


def repair(key: str) -> bool:
    """Fetch a file anew that is damaged here, when the bucket has it whole; says whether it is whole now."""
    known = CloudCopy.objects.filter(pk=key).first()
    if known is None or not _is_there(known):
        return False
    disk.forget(key)
    make_local(key)
    return True


def make_room() -> int:
    """Delete files of this machine that the bucket has and nobody has used for `MV_LOCAL_CACHE_DAYS`; say how many.

    Only where clients are sent to the bucket, and only after the bucket has confirmed size and checksum once more.
    """
    if not (copies.has_bucket() and settings.SERVE_FROM_CLOUD):
        return 0
    now = timezone.now()
    unused = (now - max(timedelta(days=settings.MV_LOCAL_CACHE_DAYS), _IN_USE)).timestamp()
    removed = 0
    for copy in copies.all_synced():
        path = disk.path_of(copy.key)
        if path.is_file() and path.stat().st_mtime < unused and _is_there(copy):
            disk.forget(copy.key)
            removed += 1
    if removed:
        info_event("storage_room_made", files=removed)
    return removed


def _is_there(copy: CloudCopy) -> bool:
    try:
        found = bucket.head(copy.key)
    except bucket.CloudError:
        return False
    return (found.size, found.sha256) == (copy.size_bytes, copy.sha256)


def _in_batches(keys: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for key in keys:
        batch.append(key)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
