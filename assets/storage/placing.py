"""Files in their places: kept here first, uploaded as well when there is a bucket, found wherever they are."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from assets.models import CloudCopy, CopyState
from assets.storage import bucket, copies, disk
from assets.storage.disk import Stored
from assets.validators import mime_of
from mvsite.common.errors import AppError
from mvsite.logs import debug_event, info_event, warn_event

CLAIM_SECONDS = 300


def store(*, key: str, source: Path) -> Stored:
    """Keep a copy of `source` under `key`; it is whole and on the disk when this returns, or not there at all.

    With a bucket it is uploaded too; when that fails it stays here, and is uploaded later. The same content again is
    fine. Raises `KeyTakenError` when the key holds something else already, `AppError` app:storage:full when the
    disk is full, app:storage:failed when it fails.
    """
    stored = disk.keep(key=key, source=source)
    if copies.goes_to_cloud(key):
        try:
            copy = copies.wanted(stored)
        except disk.KeyTakenError:
            disk.forget(key)  # it is ours, and another machine was first: its bytes count
            raise
        if copy.state == CopyState.PENDING and not copies.is_away() and copies.claimed(copy, seconds=CLAIM_SECONDS):
            upload(copy)
    return stored


def upload(copy: CloudCopy) -> bool:
    """Upload a claimed copy and write down how it went; says whether it is there now.

    What was deleted meanwhile is deleted in the bucket too, whether the upload came to its end or not.
    """
    path = disk.path_of(copy.key)
    try:
        bucket.upload(copy.key, path, mime=mime_of(copy.key), size=copy.size_bytes, sha256=copy.sha256)
    except (bucket.CloudError, OSError) as error:
        if isinstance(error, bucket.CloudError) and error.is_outage:
            copies.mark_away(away=True)
        attempts = copy.attempts + 1
        warn_event("storage_upload_failed", key=copy.key, bytes=copy.size_bytes, attempts=attempts, reason=str(error))
        return False if copies.failed(copy, str(error)) else _clear_up(copy)
    copies.mark_away(away=False)
    if not copies.synced(copy):
        return _clear_up(copy)
    info_event(
        "storage_healed" if copy.attempts else "storage_upload_completed",
        key=copy.key,
        bytes=copy.size_bytes,
        attempts=copy.attempts + 1,
    )
    return True


def remove_copy(copy: CloudCopy) -> bool:
    """Delete a copy that is marked for it; says whether it is gone."""
    try:
        bucket.remove(copy.key)
    except bucket.CloudError as error:
        copies.failed(copy, str(error))
        copies.mark_away(away=error.is_outage)
        return False
    return copies.gone(copy)


def _clear_up(copy: CloudCopy) -> bool:
    """Delete what was uploaded though nobody wants it any more; says whether a copy is there that is wanted."""
    left = copies.left_over(copy)
    if left is None:
        return copies.in_cloud(copy.key)
    if not copies.is_away():
        remove_copy(left)
    return False


def describe(key: str) -> Stored:
    """Measure what lies under `key`. Raises `AppError` app:storage:*."""
    make_local(key)
    return disk.measured(key)


def exists(key: str) -> bool:
    """Say whether a whole file lies under `key`, here or in the bucket."""
    return disk.has(key) or copies.in_cloud(key)


def is_kept(key: str) -> bool:
    """Say whether the file under `key` is somewhere, though it may not be had now: on another host, in another bucket.

    Ask this, and not `exists`, before going on without it.
    """
    return disk.has(key) or copies.is_known(key)


def is_here(key: str) -> bool:
    """Say whether a whole file lies under `key` on this machine, so that nobody has to be asked for it."""
    return disk.has(key)


@contextmanager
def local_path(key: str) -> Iterator[Path]:
    """Give a path of this machine to read `key` from, valid inside the `with` only. Never write to it.

    What is only in the bucket is fetched first. Raises `AppError` app:storage:failed when it is nowhere or damaged,
    app:storage:away when the bucket does not answer, or is not the one that is set.
    """
    make_local(key)
    yield disk.path_of(key)


def open_file(key: str) -> BinaryIO:
    """Open `key` for reading. Raises what `local_path` raises."""
    make_local(key)
    return disk.opened(key)


def make_local(key: str, *, marked: bool = True) -> None:
    """Make sure that `key` is on this machine's disk. Raises what `local_path` raises.

    It is `marked` as used, by its time, unless somebody else tells clients that time.
    """
    if disk.has(key):
        if marked:
            disk.used(key)
        return
    if not copies.goes_to_cloud(key):
        raise _nowhere(key)
    with _bucket_errors(key), disk.disk_errors(), disk.draft_for(key) as draft:
        _fetch(key, draft)
        disk.adopt(key=key, draft=draft)


def make_anew(key: str) -> None:
    """Put the bucket's copy in the place of a damaged file; unless that one is whole, what is here stays.

    Raises what `local_path` raises.
    """
    with _bucket_errors(key), disk.disk_errors(), disk.draft_for(key) as draft:
        _fetch(key, draft)
        disk.forget(key)
        disk.adopt(key=key, draft=draft)


def delete(key: str) -> None:
    """Forget the bytes under `key`, here and in the bucket, there later when it does not answer; nothing is fine."""
    copy = copies.unwanted(key)
    disk.forget(key)
    if copy is not None and copy.bucket == settings.STORAGE_BUCKET and not copies.is_away():
        remove_copy(copy)


def served_from_cloud() -> bool:
    """Say whether clients are sent to the bucket; without one they never are."""
    return bool(settings.SERVE_FROM_CLOUD) and copies.has_bucket()


def is_reachable(key: str) -> bool:
    """Say whether a client can fetch `key` from the bucket, and should: while that fails, what is here is better."""
    return copies.in_cloud(key) and not (copies.is_away() and disk.has(key))


def url_for(key: str, *, mime: str, filename: str, attachment: bool = False, head: bool = False) -> str:
    """Sign an address at which a client can fetch `key` from the bucket by itself for 900 s; `head` for a HEAD of it.

    Ask first whether it is there (`in_cloud`, `places_of`).
    """
    return bucket.presigned(key, mime=mime, filename=filename, attachment=attachment, head=head)


@contextmanager
def _bucket_errors(key: str) -> Iterator[None]:
    """Turn what the bucket answers about one object into the studio's errors; only its silence means it is away."""
    try:
        yield
    except bucket.CloudError as error:
        if error.code == bucket.DAMAGED:
            raise AppError("app:storage:failed", "The copy of a file in the bucket is damaged.") from error
        if error.is_missing and not copies.is_pending(key):  # if it is, another host has it, and will upload it
            raise _nowhere(key) from error
        if error.is_outage:
            copies.mark_away(away=True)
        raise AppError("app:storage:away") from error


def _nowhere(key: str) -> AppError:
    """Give the error for a file that is neither here nor in today's bucket: it may be in another one."""
    if copies.other_bucket(key):
        return AppError("app:storage:away", "This file is in a bucket that the studio is not set to use.")
    return disk.missing()


def _fetch(key: str, draft: Path) -> None:
    bucket.download(key, draft)
    known = copies.known_sha256(key) or bucket.head(key).sha256
    with draft.open("rb") as file:
        size, sha256 = disk.measured_file(file)
    if known and sha256 != known:
        raise bucket.CloudError("other bytes came back than were sent", code=bucket.DAMAGED)
    debug_event("storage_fetched", key=key, bytes=size)
