"""Looking over everything that is kept, and setting aside what nobody knows: for `cleanup` and `sync_storage`."""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.utils import timezone

from assets.keys import is_key
from assets.models import CloudCopy, CopyState
from assets.storage import bucket, copies, disk
from assets.storage.copies import LeftBehind
from assets.storage.disk import TEMP_PREFIX
from mvsite.common.errors import AppError

T = TypeVar("T")
TRASH_FOLDER = ".trash"


@dataclass(frozen=True, slots=True)
class Found:
    """A file as it lies there: its key, or for a temporary one its path below the data folder; bytes; last touched."""

    key: str
    size: int
    touched: datetime


def files_here() -> Iterator[Found]:
    """Yield every whole file of the media folder in the order of keys; names that are no keys are left out."""
    for path in _walk(settings.MEDIA_ROOT):
        if is_key(str(path.relative_to(settings.MEDIA_ROOT))):
            yield from _found(path, settings.MEDIA_ROOT)


def drafts() -> Iterator[Found]:
    """Yield the files of the media folder that were never finished, and what lies in the folder for passing work."""
    for path in _walk(settings.MEDIA_ROOT):
        if path.name.startswith(TEMP_PREFIX) and _trash() not in path.parents:
            yield from _found(path, settings.MV_DATA_DIR)
    if settings.MV_TEMP_DIR.is_dir():
        for path in sorted(settings.MV_TEMP_DIR.iterdir()):
            yield from _found(path, settings.MV_DATA_DIR)


def set_aside_here() -> Iterator[Found]:
    """Yield what was set aside on this machine, touched on the day it was; folders that are no days are not ours."""
    for day in sorted(_trash().iterdir()) if _trash().is_dir() else ():
        try:
            since = datetime.fromisoformat(f"{day.name}T00:00:00+00:00")
        except ValueError:
            continue
        for path in _walk(day):
            yield from (replace(found, touched=since) for found in _found(path, settings.MV_DATA_DIR))


def drop(found: Found) -> bool:
    """Delete what `drafts` or `set_aside_here` found, unless it was touched since; says whether it is gone now."""
    path: Path = settings.MV_DATA_DIR / found.key
    still = next(_found(path, settings.MV_DATA_DIR), None)
    if still is None or (still.touched != found.touched and _trash() not in path.parents):
        return False
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):  # it stays then, is not counted, and the others go
            path.unlink(missing_ok=True)
    _drop_empty_folders(path.parent)
    return not path.exists()


def set_aside(found: Found) -> bool:
    """Move a file that no row names out of the media folder, unless it was used since; says whether it was moved."""
    path = disk.path_of(found.key)
    still = next(_found(path, settings.MEDIA_ROOT), None)
    if still is None or still.touched != found.touched:
        return False
    target = _trash() / f"{timezone.now():%Y-%m-%d}" / found.key
    with disk.disk_errors():
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
    CloudCopy.objects.filter(pk=found.key, state=CopyState.PENDING).delete()  # nobody could upload it any more
    _drop_empty_folders(path.parent)
    return True


def copies_known() -> Iterator[Found]:
    """Yield every copy that we have in today's bucket, in the order of keys."""
    for copy in copies.all_synced():
        yield Found(copy.key, copy.size_bytes, copy.updated_at)


def set_aside_copy(found: Found) -> bool:
    """Move our copy of a file that no row names to the bucket's trash; says whether it was moved."""
    mine = CloudCopy.objects.filter(pk=found.key, state=CopyState.SYNCED, updated_at=found.touched)
    if not mine.exists():
        return False
    _asked(lambda: bucket.set_aside(found.key))
    return bool(mine.delete()[0])


def objects(prefix: str = "") -> Iterator[Found]:
    """Yield every object of the bucket below `prefix`, ours or not. Raises `AppError` app:storage:away."""
    listing = bucket.listed(prefix)
    while (one := _asked(lambda: next(listing, None))) is not None:
        yield Found(*one)


def objects_in_use() -> Iterator[Found]:
    """Yield every object of the bucket, ours or not, but what was set aside."""
    return (found for found in objects() if not found.key.startswith(bucket.TRASH))


def trashed_objects() -> Iterator[Found]:
    """Yield what was set aside in the bucket."""
    return objects(bucket.TRASH)


def drop_object(found: Found) -> bool:
    """Delete what was set aside in the bucket."""
    _asked(lambda: bucket.remove(found.key))
    return True


def is_lost(key: str) -> bool:
    """Say whether a file is surely nowhere: not here, not in a bucket, not waiting on another host.

    What reached a bucket that is no longer the one in use is not lost: the setting may come back.
    """
    if disk.has(key):
        return False
    if copies.other_bucket(key):
        return False
    if not copies.has_bucket():
        return True
    if CloudCopy.objects.filter(pk=key, bucket=settings.STORAGE_BUCKET).exclude(state=CopyState.DELETING).exists():
        return False
    try:
        bucket.head(key)
    except bucket.CloudError as error:
        return error.is_missing
    return False


def away() -> dict[str, int]:
    """Count the files that are in buckets which are not in use, and not here, by bucket."""
    return dict(Counter(name for key, name in copies.in_other_buckets() if not disk.has(key)))


def left_behind() -> list[LeftBehind]:
    """Return by host what is not here, and what the host that has it does not upload."""
    return copies.left_behind(timezone.now(), here=disk.has)


def unused_for(found: Found, age: timedelta, *, now: datetime) -> bool:
    """Say whether nobody has touched it for that long."""
    return now - found.touched > age


def _asked(ask: Callable[[], T]) -> T:
    try:
        return ask()
    except bucket.CloudError as error:
        raise AppError("app:storage:away", str(error)) from error


def _trash() -> Path:
    folder: Path = settings.MEDIA_ROOT / TRASH_FOLDER  # no key looks like this, and a move stays on the disk
    return folder


def _walk(folder: Path) -> Iterator[Path]:
    """Yield the files below `folder` in the order of their names; one that vanishes meanwhile is nobody's loss.

    A folder that we may not look into, such as a file system's own `lost+found`, holds nothing of ours.
    """
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path))
        elif entry.is_file(follow_symlinks=False):
            yield Path(entry.path)


def _found(path: Path, root: Path) -> Iterator[Found]:
    """Measure a file, or a folder with all that is in it: its newest time counts."""
    try:
        facts = [path.stat(), *(inner.stat() for inner in (_walk(path) if path.is_dir() else ()))]
    except FileNotFoundError:
        return
    size = sum(one.st_size for one in facts[1 if path.is_dir() else 0 :])
    newest = max(one.st_mtime for one in facts)
    yield Found(str(path.relative_to(root)), size, datetime.fromtimestamp(newest, tz=UTC))


def _drop_empty_folders(folder: Path) -> None:
    """Remove a folder that became empty and those above it, never the ones that everything lies in."""
    roots = {settings.MEDIA_ROOT, settings.MV_TEMP_DIR, settings.MV_DATA_DIR, _trash()}
    while folder not in roots and settings.MV_DATA_DIR in folder.parents:
        try:
            folder.rmdir()
        except OSError:
            return  # not empty, or somebody was faster
        folder = folder.parent
