"""What `cleanup` does: a plan of small steps, each of which looks again before it acts.

A step that is interrupted leaves either what was there before or something that the next run finds.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from assets import storage
from assets.keys import is_passing
from assets.models import Audio, CharacterReference, StoredFile, Video
from assets.services.library import asset_trash
from assets.storage import inventory
from assets.storage.inventory import Found
from generation.models import Job, Project, Scene, Take
from generation.selectors import keys_in_use
from mvsite.common.errors import AppError

DRAFT_AGE = timedelta(hours=24)  # longer than any piece of work lets its files lie untouched
ORPHAN_AGE = timedelta(hours=24)  # a file comes before its row
_MODELS: tuple[type[StoredFile], ...] = (Video, Audio, CharacterReference)
_SUSPICIOUS = 20
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: of which kind, to what, how many bytes it is about; `do` says whether it was done."""

    kind: str
    what: str
    size: int
    do: Callable[[], bool]


def cleanup_plan() -> Iterator[Step]:
    """Yield everything there is to do now, in a fixed order. Raises `AppError` app:storage:away, app:storage:failed.

    What one step does makes no other step necessary or needless, so a plan that is only read says what would happen.
    """
    now = timezone.now()
    old = timedelta(days=settings.MV_TRASH_DAYS)
    yield from _files("temporary", inventory.drafts(), DRAFT_AGE, now, inventory.drop)
    yield from _files("emptied", inventory.set_aside_here(), old, now, inventory.drop)
    if storage.has_bucket():
        yield from _files("emptied in the bucket", inventory.trashed_objects(), old, now, inventory.drop_object)
    for model in _MODELS:
        yield from _rows("deleted", model, Q(trashed_at__lt=now - old), _purge)
    for model, kind, condition in _expired(now):
        yield from _rows(f"expired {kind}", model, condition, _trash_row)
    yield from _missing()
    yield from _unknown(now)
    variants = settings.MV_KEEP_DAYS.get("variant")
    if variants is not None:
        copies = (found for found in inventory.files_here() if found.key.startswith("variants/"))
        yield from _files("expired variant", copies, timedelta(days=variants), now, _drop_passing)


def used(rows: Iterable[StoredFile]) -> set[UUID]:
    """Return the ids of those rows that a project, a scene, a cut or unfinished work needs, in the trash or not."""
    ids = {row.pk for row in rows}
    project = Project.objects.filter(
        Q(final_video__in=ids) | Q(audio__in=ids) | Q(character_reference__in=ids) | Q(product_image__in=ids)
    )
    needed: set[UUID | None] = set()
    for names in project.values_list("final_video", "audio", "character_reference", "product_image"):
        needed.update(names)
    needed.update(Scene.objects.filter(selected__video__in=ids).values_list("selected__video", flat=True))
    needed.update(Take.objects.filter(source__video__in=ids).values_list("source__video", flat=True))
    untrashed = Take.objects.filter(video__in=ids, video__trashed_at=None)
    needed.update(untrashed.values_list("video", flat=True))
    needed.update(Audio.objects.filter(original__in=ids).values_list("original", flat=True))
    for params, reserved in Job.objects.unfinished().values_list("params", "reserved").iterator(chunk_size=200):
        needed.update(UUID(text) for text in _UUID.findall(f"{params} {reserved}"))
    return {one for one in needed if one in ids}


def _files(
    kind: str, found: Iterable[Found], age: timedelta, now: datetime, do: Callable[[Found], bool]
) -> Iterator[Step]:
    for one in found:
        if now - one.touched > age:
            yield Step(kind, one.key, one.size, partial(do, one))


def _rows(kind: str, model: type[StoredFile], condition: Q, do: Callable[[StoredFile, Q], bool]) -> Iterator[Step]:
    """Yield a step for every row under a condition that nothing needs, by pages in the order of keys."""
    last = ""
    while page := list(_all(model).filter(condition, key__gt=last).order_by("key")[:200]):
        needed = used(page)
        for row in page:
            if row.pk not in needed:
                yield Step(kind, row.key, row.size_bytes, partial(do, row, condition))
        last = page[-1].key


def _still(row: StoredFile, condition: Q) -> StoredFile | None:
    """Lock a row and look at it again; None when it is no longer to be touched."""
    found = _all(type(row)).select_for_update().filter(condition, pk=row.pk).first()
    return found if found is not None and not used([found]) else None


def _purge(row: StoredFile, condition: Q) -> bool:
    """Delete a row, then its files: what a crash leaves is a file without a row, which the next run sets aside."""
    with transaction.atomic():
        found = _still(row, condition)
        if found is None:
            return False
        found.delete()
    for key in filter(None, (row.key, getattr(row, "poster_key", ""))):
        storage.delete(key)
    return True


def _trash_row(row: StoredFile, condition: Q) -> bool:
    with transaction.atomic():
        found = _still(row, condition)
        if found is None:
            return False
        asset_trash(asset=found)
    return True


def _expired(now: datetime) -> Iterator[tuple[type[StoredFile], str, Q]]:
    for kind, days in settings.MV_KEEP_DAYS.items():
        condition = Q(trashed_at=None, favourite=False, created_at__lt=now - timedelta(days=days))
        if kind == "audio":
            yield Audio, kind, condition
        elif kind == "character":
            yield CharacterReference, kind, condition
        elif kind != "variant":
            yield Video, kind, condition & Q(kind=kind)


def _missing() -> Iterator[Step]:
    """Yield rows of the library whose file is nowhere; they go to the trash. Most of them missing is no accident."""
    count, lost = 0, []
    for model in _MODELS:
        for row in _all(model).filter(trashed_at=None).order_by("key").iterator(chunk_size=1000):
            count += 1
            if inventory.is_lost(row.key):
                lost.append(row)
    if len(lost) > _SUSPICIOUS and len(lost) * 2 > count:
        raise AppError(
            "app:storage:failed", f"{len(lost)} of {count} files are missing: is the media folder the right one?"
        )
    needed = used(lost)
    for row in lost:
        if row.pk in needed:
            yield Step("missing but used, left alone", row.key, 0, lambda: True)  # it is told, that is all
        else:
            yield Step("missing", row.key, 0, partial(_trash_row, row, Q(trashed_at=None)))


def _unknown(now: datetime) -> Iterator[Step]:
    """Yield files that no row names, here and among our copies in the bucket; they are set aside, not deleted."""
    known = set(keys_in_use())
    here = (found for found in inventory.files_here() if found.key not in known and not _is_needed(found.key))
    yield from _files("unknown", here, ORPHAN_AGE, now, _set_aside)
    if storage.has_bucket():
        there = (found for found in inventory.copies_known() if found.key not in known)
        yield from _files("unknown in the bucket", there, ORPHAN_AGE, now, _set_aside_copy)


def _is_needed(key: str) -> bool:
    """Leave what can be made again to its own age, but for the windows of songs whose jobs have ended."""
    if not is_passing(key):
        return False
    found = _UUID.search(key) if key.endswith("/window.wav") else None
    return found is None or Job.objects.unfinished().filter(pk=found[0]).exists()


def _set_aside(found: Found) -> bool:
    return not _is_named(found.key) and inventory.set_aside(found)


def _set_aside_copy(found: Found) -> bool:
    return not _is_named(found.key) and inventory.set_aside_copy(found)


def _drop_passing(found: Found) -> bool:
    storage.delete(found.key)
    return True


def _is_named(key: str) -> bool:
    return key in set(keys_in_use(key))


def _all(model: type[StoredFile]) -> "QuerySet[StoredFile]":
    return model._base_manager.all()  # noqa: SLF001 - the manager that hides nothing
