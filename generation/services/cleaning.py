"""What `cleanup` does: a plan of small steps, each of which looks again before it acts.

A step that is interrupted leaves either what was there before or something that the next run finds.
"""

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
from generation.models import Job
from generation.selectors import keys_in_use
from generation.services.emptying import project_purge, projects_to_empty, scene_purge, scenes_to_empty
from generation.services.needed import UUID_IN_TEXT, named_by_jobs, used
from mvsite.common.errors import AppError
from mvsite.logs import warn_event

DRAFT_AGE = timedelta(hours=24)  # longer than any piece of work lets its files lie untouched
ORPHAN_AGE = timedelta(hours=24)  # a file comes before its row
_MODELS: tuple[type[StoredFile], ...] = (Video, Audio, CharacterReference)
_SUSPICIOUS = 20


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: of which kind, to what, how many bytes it is about; `do` says whether it was done."""

    kind: str
    what: str
    size: int
    do: Callable[[], bool]


def cleanup_plan() -> list[Step]:
    """Return everything there is to do now, in a fixed order. Raises `AppError` app:storage:away, app:storage:failed.

    All is looked at before anything is done: what a step frees is found by the next run, so a plan that is only read
    says what would happen, line by line.
    """
    now = timezone.now()
    old = timedelta(days=settings.MV_TRASH_DAYS)
    steps = list(_files("temporary", inventory.drafts(), DRAFT_AGE, now, inventory.drop))
    steps += _files("emptied", inventory.set_aside_here(), old, now, inventory.drop)
    if storage.has_bucket():
        steps += _files("emptied in the bucket", inventory.trashed_objects(), old, now, inventory.drop_object)
    steps += purge_steps(Q(trashed_at__lt=now - old))
    for model, kind, condition in _expired(now):
        steps += _rows(f"expired {kind}", model, condition, _trash_row)
    steps += _missing({step.what for step in steps})
    steps += _unknown(now)
    variants = settings.MV_KEEP_DAYS.get("variant")
    if variants is not None:
        copies = (found for found in inventory.files_here() if found.key.startswith("variants/"))
        steps += _files("expired variant", copies, timedelta(days=variants), now, _drop_passing)
    steps += _emptied(now - old)
    return steps


def cleanup_run(plan: Iterable[Step], *, failed: list[tuple[Step, str]]) -> Iterator[Step]:
    """Do one step after the other and yield those that were done; one that fails is logged and holds up no other.

    `failed` gets those with what was wrong. Raises `AppError` app:storage:away: the bucket is asked no further.
    """
    for step in plan:
        try:
            done = step.do()
        except (AppError, OSError) as error:
            if isinstance(error, AppError) and error.code == "app:storage:away":
                raise
            reason = str(error.__cause__ or error)
            failed.append((step, reason))
            warn_event("cleanup_step_failed", step=step.kind, key=step.what, reason=reason)
            continue
        if done:
            yield step


def purge_steps(thrown: Q) -> Iterator[Step]:
    """Yield a step for everything in the trash under a condition but favourites and what something needs."""
    for model in _MODELS:
        yield from _rows("deleted", model, thrown & Q(trashed_at__isnull=False, favourite=False), _purge)


def _emptied(before: datetime) -> Iterator[Step]:
    for project in projects_to_empty(before):
        yield Step("deleted project", str(project.pk), 0, partial(project_purge, project=project, before=before))
    for scene in scenes_to_empty(before):
        yield Step("deleted scene", str(scene.pk), 0, partial(scene_purge, scene=scene, before=before))


def _files(
    kind: str, found: Iterable[Found], age: timedelta, now: datetime, do: Callable[[Found], bool]
) -> Iterator[Step]:
    for one in found:
        if now - one.touched > age:
            yield Step(kind, one.key, one.size, partial(do, one))


def _rows(
    kind: str, model: type[StoredFile], condition: Q, do: Callable[[type[StoredFile], UUID, Q], bool]
) -> Iterator[Step]:
    """Yield a step for every row under a condition that nothing needs, by pages in the order of keys."""
    last = ""
    while page := list(_all(model).filter(condition, key__gt=last).order_by("key")[:200]):
        needed = used(page)
        for row in page:
            if row.pk not in needed:
                yield Step(kind, row.key, row.size_bytes, partial(do, model, row.pk, condition))
        last = page[-1].key


def _still(model: type[StoredFile], row_id: UUID, condition: Q) -> StoredFile | None:
    """Lock a row and look at it again; None when it is no longer to be touched."""
    found = _all(model).select_for_update().filter(condition, pk=row_id).first()
    return found if found is not None and not used([found]) else None


def _purge(model: type[StoredFile], row_id: UUID, condition: Q) -> bool:
    """Delete a row, then its files: what a crash leaves is a file without a row, which the next run sets aside."""
    with transaction.atomic():
        found = _still(model, row_id, condition)
        if found is None:
            return False
        found.delete()
    for key in filter(None, (found.key, getattr(found, "poster_key", ""))):
        storage.delete(key)
    return True


def _trash_row(model: type[StoredFile], row_id: UUID, condition: Q) -> bool:
    with transaction.atomic():
        found = _still(model, row_id, condition)
        if found is None:
            return False
        asset_trash(asset=found)
    return True


def _trash_lost(row: StoredFile) -> bool:
    """Throw away a row whose file is nowhere, unless it came back since."""
    return inventory.is_lost(row.key) and _trash_row(type(row), row.pk, Q(trashed_at=None))


def _expired(now: datetime) -> Iterator[tuple[type[StoredFile], str, Q]]:
    for kind, days in settings.MV_KEEP_DAYS.items():
        condition = Q(trashed_at=None, favourite=False, created_at__lt=now - timedelta(days=days))
        if kind == "audio":
            yield Audio, kind, condition
        elif kind == "character":
            yield CharacterReference, kind, condition
        elif kind != "variant":
            yield Video, kind, condition & Q(kind=kind)


def _missing(expired: set[str]) -> Iterator[Step]:
    """Yield rows of the library whose file is nowhere; they go to the trash, where those of `expired` go anyway.

    Most of them missing is no accident.
    """
    count, lost = 0, []
    for model in _MODELS:
        for row in _all(model).filter(trashed_at=None).order_by("key").iterator(chunk_size=1000):
            count += 1
            if inventory.is_lost(row.key):
                lost.append(row)
    if (len(lost) > _SUSPICIOUS and len(lost) * 2 > count) or len(lost) == count > 1:
        raise AppError(
            "app:storage:failed", f"{len(lost)} of {count} files are missing: is the media folder the right one?"
        )
    needed = used(lost)
    for row in lost:
        if row.key in expired:
            continue
        if row.pk in needed:
            yield Step("missing but used, left alone", row.key, 0, lambda: True)  # it is told, that is all
        else:
            yield Step("missing", row.key, 0, partial(_trash_lost, row))


def _unknown(now: datetime) -> Iterator[Step]:
    """Yield files that no row names, here and among our copies in the bucket; they are set aside, not deleted."""
    known, promised = set(keys_in_use()), named_by_jobs()
    here = (found for found in inventory.files_here() if found.key not in known and not _is_needed(found.key))
    here = (found for found in here if not _names_any(found.key, promised))
    yield from _files("unknown", here, ORPHAN_AGE, now, _set_aside)
    if storage.has_bucket():
        there = (found for found in inventory.copies_known() if found.key not in known)
        there = (found for found in there if not _names_any(found.key, promised))
        yield from _files("unknown in the bucket", there, ORPHAN_AGE, now, _set_aside_copy)


def _is_needed(key: str) -> bool:
    """Leave what can be made again to its own age, but for the windows of songs whose jobs have ended."""
    if not is_passing(key):
        return False
    found = UUID_IN_TEXT.search(key) if key.endswith("/window.wav") else None
    return found is None or Job.objects.unfinished().filter(pk=found[0]).exists()


def _set_aside(found: Found) -> bool:
    return not _is_named(found.key) and inventory.set_aside(found)


def _set_aside_copy(found: Found) -> bool:
    return not _is_named(found.key) and inventory.set_aside_copy(found)


def _drop_passing(found: Found) -> bool:
    storage.delete(found.key)
    return True


def _is_named(key: str) -> bool:
    return key in set(keys_in_use(key)) or _names_any(key, named_by_jobs())


def _names_any(key: str, ids: set[UUID]) -> bool:
    """Say whether a file was made under one of these ids: a bought clip whose worker died before its row was there."""
    return any(UUID(text) in ids for text in UUID_IN_TEXT.findall(key))


def _all(model: type[StoredFile]) -> "QuerySet[StoredFile]":
    return model._base_manager.all()  # noqa: SLF001 - the manager that hides nothing
