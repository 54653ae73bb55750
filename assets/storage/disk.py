"""The disk of this machine: whole files under keys, written once, and never seen half.

A key is written once: what got there first stays, so a crash between file and row, or two workers
with the same job, can never change what somebody already reads.
"""

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from django.conf import settings

from assets.keys import checked_key
from mvsite.common.crash_points import crash_point
from mvsite.common.errors import AppError

CHUNK = 1 << 20
TEMP_PREFIX = ".tmp-"
_FULL = {errno.ENOSPC, errno.EDQUOT}


class KeyTakenError(AppError):
    """Another file is kept under the key already (app:storage:failed)."""

    def __init__(self) -> None:
        super().__init__("app:storage:failed", "Another file is already kept under this key.")


@dataclass(frozen=True, slots=True)
class Stored:
    """What lies under a key: size in bytes and SHA-256 in lower-case hex."""

    key: str
    size: int
    sha256: str


def keep(*, key: str, source: Path) -> Stored:
    """Keep a copy of `source` under `key`; it is whole and on the disk when this returns, or not there at all.

    The same content again is fine. Raises `KeyTakenError` when the key holds something else already, `AppError`
    app:storage:full when the disk is full, app:storage:failed when it fails.
    """
    target = path_of(key)
    with disk_errors(), draft_for(key) as temp:
        copied = Stored(key, *_copy(source, temp))
        crash_point("before_name")
        is_ours = _publish(temp, target)
        crash_point("after_name")
    if not is_ours and measured(key) != copied:
        raise KeyTakenError
    return copied


@contextmanager
def draft_for(key: str) -> Iterator[Path]:
    """Give a name beside `key` for a file that is not whole yet; whatever is left there afterwards is removed."""
    folder = path_of(key).parent
    _make_folder(folder)
    temp = folder / f"{TEMP_PREFIX}{uuid4().hex}"
    try:
        yield temp
    finally:
        temp.unlink(missing_ok=True)


def adopt(*, key: str, draft: Path) -> None:
    """Give a draft that was flushed to the disk its name; when the name is taken, what is there stays."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    _publish(draft, path_of(key))


def measured(key: str) -> Stored:
    """Measure what lies under `key`. Raises `AppError` app:storage:failed when nothing does."""
    with opened(key) as file:
        return Stored(key, *measured_file(file))


def measured_file(file: BinaryIO) -> tuple[int, str]:
    """Read an open file to its end; give its size in bytes and its SHA-256."""
    digest = hashlib.sha256()
    size = 0
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.hexdigest()


def has(key: str) -> bool:
    """Say whether a whole file lies under `key`."""
    return path_of(key).is_file()


def opened(key: str) -> BinaryIO:
    """Open `key` for reading. Raises `AppError` app:storage:failed when nothing lies there."""
    try:
        return path_of(key).open("rb")
    except OSError as error:
        raise missing() from error


def missing() -> AppError:
    """Give the error for a key that has no file."""
    return AppError("app:storage:failed", "A file of the library is missing from the disk.")


def used(key: str) -> None:
    """Mark the file as used now, so that it is not the next to make room for others."""
    with suppress(OSError):
        os.utime(path_of(key))


def forget(key: str) -> None:
    """Delete the file under `key`; nothing there is fine."""
    with disk_errors():
        path_of(key).unlink(missing_ok=True)


def path_of(key: str) -> Path:
    """Give the place of `key` on this machine, whether something lies there or not."""
    path: Path = settings.MEDIA_ROOT / checked_key(key)
    return path


@contextmanager
def temp_dir() -> Iterator[Path]:
    """Give an empty private folder for the work at hand; it is gone afterwards."""
    with disk_errors():
        settings.MV_TEMP_DIR.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="work-", dir=settings.MV_TEMP_DIR, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def shelf(name: str) -> Path:
    """Give a folder for what can be made again, kept between jobs; it may be deleted at any time."""
    return path_of(f"variants/{name}/any.bin").parent


def ensure_space(incoming: int = 0) -> None:
    """Refuse new work when it would leave less than `MV_MIN_FREE_MB` free. Raises `AppError` app:storage:full.

    Results that are paid for are not asked: they are stored as long as the disk takes them.
    """
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(settings.MEDIA_ROOT).free - incoming < settings.MV_MIN_FREE_MB * 1024 * 1024:
        raise AppError("app:storage:full")


@contextmanager
def disk_errors() -> Iterator[None]:
    """Turn the disk's own errors into app:storage:full and app:storage:failed."""
    try:
        yield
    except OSError as error:
        code = "app:storage:full" if error.errno in _FULL else "app:storage:failed"
        raise AppError(code) from error


@contextmanager
def full_disk_errors() -> Iterator[None]:
    """Turn a full disk, wherever it was met, into app:storage:full; every other error stays what it is."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise AppError("app:storage:full") from error


def _make_folder(folder: Path) -> None:
    """Make `folder` and write each new name into its parent for good."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for path in missing:
        _sync_folder(path.parent)


def _copy(source: Path, temp: Path) -> tuple[int, str]:
    digest = hashlib.sha256()
    descriptor = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb") as reader, os.fdopen(descriptor, "wb") as writer:
        while chunk := reader.read(CHUNK):
            digest.update(chunk)
            writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
        size = writer.tell()
    return size, digest.hexdigest()


def _publish(temp: Path, target: Path) -> bool:
    """Give the finished file its name; say False when the name was taken.

    Nobody else on the machine may read it, but for the group where a web server in front sends the files.
    """
    temp.chmod(0o640 if settings.MV_X_ACCEL_PREFIX else 0o600)
    try:
        os.link(temp, target)
    except FileExistsError:
        return False
    except OSError:
        # A file system without hard links: the rename is as atomic, but cannot refuse a taken name by itself.
        if target.exists():
            return False
        temp.replace(target)
    _sync_folder(target.parent)
    return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
