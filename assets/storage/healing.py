"""What is done again and again while there is a bucket: upload what waits, delete what nobody wants, make room."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from assets.models import Audio, CharacterReference, CloudCopy, CopyState, Video
from assets.storage import bucket, copies, disk
from assets.storage.disk import Stored
from assets.storage.placing import CLAIM_SECONDS, make_anew, remove_copy, upload
from mvsite.common.errors import AppError
from mvsite.logs import info_event, warn_event

_BATCH = 500
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

    A file that lies on another host is left to that host: nothing is written about it, or that host would wait for
    us. One that cannot be read holds up no other. Safe beside others that do the same.
    """
    if not copies.has_bucket():
        return 0
    look()
    healed = 0
    for copy in copies.due(timezone.now(), here=disk.has, limit=limit):
        if copies.is_away():
            break
        if copies.claimed(copy, seconds=CLAIM_SECONDS):
            healed += remove_copy(copy) if copy.state == CopyState.DELETING else upload(copy)
    return healed


def enroll(keys: Iterable[str]) -> int:
    """Write down a wish for a copy of every file of this machine that has none in today's bucket; returns how many.

    So a bucket that is named for the first time, or another one, gets what was made before. What cannot be read, or is
    not what was kept, is logged and left out.
    """
    if not copies.has_bucket():
        return 0
    found = 0
    for some in _in_batches(keys):
        known = set(CloudCopy.objects.filter(pk__in=some, bucket=settings.STORAGE_BUCKET).values_list("pk", flat=True))
        new = [key for key in some if key not in known and copies.goes_to_cloud(key) and disk.has(key)]
        kept = _sums_of_rows(new)
        found += sum(_enrolled(key, kept.get(key, "")) for key in new)
    return found


def _enrolled(key: str, sha256: str) -> bool:
    try:
        copies.wanted(_whole(key, sha256))
    except (AppError, OSError) as error:
        warn_event("storage_file_damaged", key=key, reason=str(error))
        return False
    return True


def upload_now(key: str) -> bool:
    """Upload a file of this machine whether its time has come or not, over whatever lies there; says whether it is.

    Raises `AppError` app:storage:failed when it cannot be read or is not what was kept.
    """
    stored = _whole(key, _sums_of_rows([key]).get(key, ""))
    return upload(copies.seized(copies.wanted(stored), seconds=CLAIM_SECONDS))


def repair(key: str) -> bool:
    """Fetch a file anew that is damaged here, when the bucket has it whole; says whether it is whole now.

    Raises `AppError` app:storage:* when the bucket's copy is damaged too or cannot be had; the file stays then.
    """
    if not copies.in_cloud(key):
        return False
    make_anew(key)
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
        removed += _made_room(copy, unused)
    if removed:
        info_event("storage_room_made", files=removed)
    return removed


def _made_room(copy: CloudCopy, unused: float) -> bool:
    path = disk.path_of(copy.key)
    try:
        if not (path.is_file() and path.stat().st_mtime < unused and _is_there(copy, path)):
            return False
        if path.stat().st_mtime >= unused:
            return False  # taken while the bucket was asked
        path.unlink(missing_ok=True)
    except OSError:
        return False  # vanished meanwhile, or not ours to delete; the others are not held up
    return True


def _is_there(copy: CloudCopy, path: Path) -> bool:
    """Say whether the bucket holds what was kept: its bytes are compared, not what was told about them."""
    file = bucket.measured(path)
    try:
        return bucket.holds(copy.key, replace(file, size=copy.size_bytes, sha256=copy.sha256))
    except bucket.CloudError:
        return False


def _whole(key: str, sha256: str) -> Stored:
    """Measure a file; what was written down about it when it was kept counts more. Raises app:storage:failed."""
    stored = disk.measured(key)
    if sha256 and stored.sha256 != sha256:
        raise AppError("app:storage:failed", "A file of the library is damaged on the disk.")
    return stored


def _sums_of_rows(keys: Collection[str]) -> dict[str, str]:
    """Return the SHA-256 that the library's rows remember of those files that are in it."""
    found: dict[str, str] = {}
    for model in (Video, Audio, CharacterReference):
        rows = model._base_manager.filter(key__in=keys)  # noqa: SLF001 - the manager that hides nothing
        found.update(rows.values_list("key", "sha256"))
    return found


def _in_batches(keys: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for key in keys:
        batch.append(key)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
