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
    """Upload a claimed copy and write down how it went; says whether it is there now."""
    path = disk.path_of(copy.key)
    try:
        bucket.upload(copy.key, path, mime=mime_of(copy.key), size=copy.size_bytes, sha256=copy.sha256)
    except (bucket.CloudError, OSError) as error:
        copies.failed(copy.key, str(error))
        if isinstance(error, bucket.CloudError) and error.is_outage:
            copies.mark_away(away=True)
        warn_event("storage_upload_failed", key=copy.key, bytes=copy.size_bytes, reason=str(error))
        return False
    copies.mark_away(away=False)
    copies.synced(copy.key)
    done = "storage_healed" if copy.attempts else "storage_upload_completed"
    info_event(done, key=copy.key, bytes=copy.size_bytes, attempts=copy.attempts + 1)
    return True


def remove_copy(key: str) -> bool:
    """Delete a copy that is marked for it; says whether it is gone."""
    try:
        bucket.remove(key)
    except bucket.CloudError as error:
        copies.failed(key, str(error))
        copies.mark_away(away=error.is_outage)
        return False
    copies.gone(key)
    return True


def describe(key: str) -> Stored:
    """Measure what lies under `key`. Raises `AppError` app:storage:*."""
    make_local(key)
    return disk.measured(key)


def exists(key: str) -> bool:
    """Say whether a whole file lies under `key`, here or in the bucket."""
    return disk.has(key) or copies.in_cloud(key)


@contextmanager
def local_path(key: str) -> Iterator[Path]:
    """Give a path of this machine to read `key` from, valid inside the `with` only. Never write to it.

    What is only in the bucket is fetched first. Raises `AppError` app:storage:failed when it is nowhere,
    app:storage:away when the bucket does not answer.
    """
    make_local(key)
    yield disk.path_of(key)


def open_file(key: str) -> BinaryIO:
    """Open `key` for reading. Raises what `local_path` raises."""
    make_local(key)
    return disk.opened(key)


def make_local(key: str) -> None:
    """Make sure that `key` is on this machine's disk. Raises what `local_path` raises."""
    if disk.has(key):
        disk.used(key)
        return
    if not copies.goes_to_cloud(key):
        raise disk.missing()
    try:
        with disk.disk_errors(), disk.draft_for(key) as draft:
            _fetch(key, draft)
            disk.adopt(key=key, draft=draft)
    except bucket.CloudError as error:
        if error.is_missing:
            raise disk.missing() from error
        copies.mark_away(away=True)
        raise AppError("app:storage:away") from error


def delete(key: str) -> None:
    """Forget the bytes under `key`, here and in the bucket, there later when it does not answer; nothing is fine."""
    has_copy = copies.unwanted(key)
    disk.forget(key)
    if has_copy and copies.has_bucket() and not copies.is_away():
        remove_copy(key)


def served_from_cloud() -> bool:
    """Say whether clients are sent to the bucket; without one they never are."""
    return bool(settings.SERVE_FROM_CLOUD) and copies.has_bucket()


def is_reachable(key: str) -> bool:
    """Say whether a client can fetch `key` from the bucket, and should: while that fails, what is here is better."""
    return copies.in_cloud(key) and not (copies.is_away() and disk.has(key))


def url_for(key: str, *, mime: str, filename: str, attachment: bool = False) -> str:
    """Sign an address at which a client can fetch `key` from the bucket by itself for 900 s.

    Ask first whether it is there (`in_cloud`, `places_of`).
    """
    return bucket.presigned(key, mime=mime, filename=filename, attachment=attachment)


def _fetch(key: str, draft: Path) -> None:
    bucket.download(key, draft)
    known = copies.known_sha256(key) or bucket.head(key).sha256
    with draft.open("rb") as file:
        size, sha256 = disk.measured_file(file)
    if known and sha256 != known:
        raise bucket.CloudError("other bytes came back than were sent")
    debug_event("storage_fetched", key=key, bytes=size)
