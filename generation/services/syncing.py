"""What `sync_storage` does: compares rows, the disk and the bucket, and puts right what can be put right."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from django.utils import timezone

from assets import storage
from assets.keys import is_passing
from assets.models import Audio, CharacterReference, StoredFile, Video
from assets.storage import copies, inventory
from generation.selectors import keys_in_use
from mvsite.common.errors import AppError

Direction = Literal["up", "down", "both"]
_YOUNG = timedelta(hours=24)  # a file comes before its row
_MODELS: tuple[type[StoredFile], ...] = (Video, Audio, CharacterReference)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it should be.

    `kind`: `upload` (only here), `fetch` (only in the bucket), `damaged` (here, other size or checksum than when it
    was kept, or not readable), `differs` (in the bucket, other size), `elsewhere` (on another host, which has not
    uploaded it yet), `in_another_bucket` (`bucket`, which is not in use), `lost` (nowhere), `unknown` and
    `unknown_in_bucket` (no row).
    """

    kind: str
    key: str
    bucket: str = ""


def differences(*, deep: bool) -> Iterator[Difference]:
    """Yield all differences in the order of keys; `deep` reads every file. Raises `AppError` app:storage:away."""
    facts = _facts()
    here = {found.key: found for found in inventory.files_here() if not is_passing(found.key)}
    there = {found.key: found for found in inventory.objects_in_use()} if storage.has_bucket() else {}
    old = timezone.now() - _YOUNG
    for key in sorted(facts.keys() | here.keys() | there.keys()):
        if key not in facts:
            if key in here and here[key].touched < old:
                yield Difference("unknown", key)
            if key in there and there[key].touched < old:
                yield Difference("unknown_in_bucket", key)
            continue
        if key not in here:
            if not storage.is_here(key):  # the walk follows no links, and a folder may be one to another disk
                yield Difference("fetch", key) if key in there else _away(key)
            continue
        size, sha256 = facts[key]
        if (size and here[key].size != size) or (deep and sha256 and _sum_of(key) != sha256):
            yield Difference("damaged", key)
        elif storage.has_bucket() and key not in there:
            yield Difference("upload", key)
        elif key in there and there[key].size != here[key].size:
            yield Difference("differs", key)


def put_right(found: Difference, direction: Direction) -> bool:
    """Do what `direction` allows about a difference; says whether it is gone. What nobody knows is for `cleanup`.

    Raises `AppError` app:storage:*.
    """
    way = _way(found, direction)
    return way is not None and way(found.key)


def can_put_right(found: Difference, direction: Direction) -> bool:
    """Say whether `put_right` would do something about a difference; only doing it shows whether that helps."""
    return _way(found, direction) is not None


def _way(found: Difference, direction: Direction) -> Callable[[str], bool] | None:
    ways: dict[str, tuple[str, Callable[[str], bool]]] = {
        "upload": ("up", storage.upload_now),
        "differs": ("up", storage.upload_now),
        "fetch": ("down", _fetch),
        "damaged": ("down", storage.repair),
    }
    wanted, way = ways.get(found.kind, ("", _fetch))
    return way if wanted and direction in {wanted, "both"} else None


def _away(key: str) -> Difference:
    if bucket := copies.other_bucket(key):
        return Difference("in_another_bucket", key, bucket)
    return Difference("elsewhere" if copies.is_pending(key) else "lost", key)


def _sum_of(key: str) -> str:
    """Read a file's SHA-256; empty, like that of no file, when it cannot be read."""
    try:
        return storage.describe(key).sha256
    except (AppError, OSError):
        return ""


def _fetch(key: str) -> bool:
    storage.make_local(key)
    return True


def _facts() -> dict[str, tuple[int, str]]:
    """Return every key that a row names, with size and checksum where they were written down."""
    facts = dict.fromkeys(keys_in_use(), (0, ""))
    for model in _MODELS:
        rows = model._base_manager.values_list("key", "size_bytes", "sha256")  # noqa: SLF001 - hides nothing
        facts.update((key, (size, sha256)) for key, size, sha256 in rows.iterator(chunk_size=1000))
    return facts
