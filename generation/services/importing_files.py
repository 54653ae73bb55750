"""The files of a project that is imported: each is counted, compared and looked at anew before it is kept."""

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from assets import storage
from assets.keys import clip_key
from assets.media.sniff import VIDEO_KINDS
from assets.models import Audio, AudioSource, CharacterReference, CharacterSource, Rating, StoredFile, Video, VideoKind
from assets.services.audio import audio_create_from_file
from assets.services.characters import character_create_from_file
from assets.services.library import video_update
from assets.services.listening import audio_set_tempo, tempo_checked
from assets.services.videos import video_create_from_file
from assets.validators import sniffed
from generation.models import Take
from mvsite.accounts.models import User
from mvsite.common.errors import MediaError

Ids = dict[str | None, UUID | None]
_MODELS: dict[str, type[StoredFile]] = {"video": Video, "audio": Audio, "character": CharacterReference}


class DamagedError(ValueError):
    """A file of the export is not there, or not as it was when it was exported."""


@dataclass(slots=True)
class Import:
    """One import under way.

    `ids`: what each id of the export is here; `undo`: how what was made goes again; `left_out`: what was damaged, in
    words. With `strict` a damaged file ends the import.
    """

    archive: zipfile.ZipFile
    owner: User
    strict: bool
    ids: Ids = field(default_factory=lambda: {None: None})
    undo: list[Callable[[], object]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    _made: list[StoredFile] = field(default_factory=list)

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """When something fails, all that was made goes, and nothing else."""
        try:
            yield
        except BaseException:
            for each in reversed(self.undo):
                each()
            raise

    def keep_file(self, told: dict[str, Any]) -> None:
        """Keep one file with its row, or use the one that is here already; a damaged one is left out and said."""
        model, row_id = _MODELS[told["type"]], UUID(told["id"])
        here = model._base_manager.filter(pk=row_id).first()  # noqa: SLF001 - also what is somebody else's
        if here is not None:
            is_free = not Take.objects.filter(video_id=row_id).exists()
            if here.owner_id == self.owner.pk and here.sha256 == told["sha256"] and is_free:
                self._out_of_the_trash(here, told)
                self.ids[told["id"]] = row_id
                return
            row_id = uuid4()
        with self._or_left_out(f"{told['type']} {told['id']} ({told['path'] or 'without a file'})"):
            self._take_in(row_id, told)
            self.ids[told["id"]] = row_id

    def keep_text(self, told: dict[str, Any], key: str) -> str:
        """Keep one text under `key`, which is given back; a damaged one is left out and said."""
        before = len(self.undo)
        with self._or_left_out(told["path"]), storage.temp_dir() as folder:
            storage.store(key=key, source=self._extracted(told, folder / "file"))
            self.undo.append(partial(storage.delete, key))
        return key if len(self.undo) > before else ""

    def rename(self) -> None:
        """Put today's ids into what the files that came say of what they were made of."""
        for row in self._made:
            metadata = renamed(row.metadata, self.ids)
            if metadata != row.metadata:
                type(row)._base_manager.filter(pk=row.pk).update(metadata=metadata)  # noqa: SLF001 - also in the trash

    @contextmanager
    def _or_left_out(self, what: str) -> Iterator[None]:
        try:
            yield
        except (DamagedError, MediaError) as error:
            if self.strict:
                raise
            self.left_out.append(f"{what}: {error.detail if isinstance(error, MediaError) else error}")

    def _take_in(self, row_id: UUID, told: dict[str, Any]) -> None:
        with storage.temp_dir() as folder:
            row = _MAKERS[told["type"]](row_id, self.owner, self._extracted(told, folder / "file"), told, self.ids)
            self.undo.append(partial(_forget, row))
            self._made.append(row)
        type(row)._base_manager.filter(pk=row.pk).update(  # noqa: SLF001 - as above
            favourite=bool(told["favourite"]),
            tags=[str(tag) for tag in told["tags"]],
            created_at=time_of(told["created_at"]),
            trashed_at=time_or_none(told["trashed_at"]),
        )

    def _out_of_the_trash(self, row: StoredFile, told: dict[str, Any]) -> None:
        """Take back what went to the trash with the project that comes back, or cleanup deletes it in its time."""
        if told["trashed_at"] is None and row.trashed_at is not None:
            mine = type(row)._base_manager.filter(pk=row.pk)  # noqa: SLF001 - also what is in the trash
            mine.update(trashed_at=None)
            self.undo.append(partial(mine.update, trashed_at=row.trashed_at))

    def _extracted(self, told: dict[str, Any], target: Path) -> Path:
        """Write one entry into a file of ours, counted and compared; its name in the archive means nothing."""
        size, left = int(told["size_bytes"]), int(told["size_bytes"])
        storage.ensure_space(2 * size)
        digest = hashlib.sha256()
        with self._entry(told["path"]) as source, target.open("wb") as kept:
            while chunk := source.read(storage.CHUNK):
                left -= len(chunk)
                if left < 0:
                    break
                digest.update(chunk)
                kept.write(chunk)
        if left or digest.hexdigest() != told["sha256"]:
            raise DamagedError("it is damaged")
        return target

    @contextmanager
    def _entry(self, name: str) -> Iterator[Any]:
        """Open an entry to read it. Raises DamagedError, now or while it is read."""
        try:
            with self.archive.open(name) as source:
                yield source
        except KeyError as error:
            raise DamagedError("it is not in the export") from error
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:  # the last: it is encrypted
            raise DamagedError("it is damaged") from error


def _forget(row: StoredFile) -> None:
    row.delete()
    for key in filter(None, (row.key, getattr(row, "poster_key", ""))):
        storage.delete(key)


def _video(row_id: UUID, owner: User, path: Path, told: dict[str, Any], _ids: Ids) -> StoredFile:
    kind, is_mock = VideoKind(told["kind"]), bool(told["is_mock"])
    words = {"title": told["title"], "metadata": dict(told["metadata"]), "is_mock": is_mock}
    key = clip_key(row_id, sniffed(path, allowed=VIDEO_KINDS))
    rating = Rating(told.get("rating", Rating.NONE))  # older exports have none
    video = video_create_from_file(id=row_id, owner=owner, kind=kind, path=path, key=key, any_length=True, **words)
    return video_update(video=video, rating=rating)


def _audio(row_id: UUID, owner: User, path: Path, told: dict[str, Any], ids: Ids) -> StoredFile:
    first = ids.get(told["original_id"])
    original = Audio.objects.filter(pk=first).first() if first else None
    words = {"title": told["title"], "metadata": dict(told["metadata"]), "original": original}
    window = {"start_ms": told["start_ms"], "end_ms": told["end_ms"]}
    tempo = tempo_checked(told.get("tempo", {}))  # older exports have none
    song = audio_create_from_file(
        id=row_id, owner=owner, path=path, source=AudioSource(told["source"]), any_length=True, **words, **window
    )
    return audio_set_tempo(audio=song, changes=tempo) if tempo else song


def _character(row_id: UUID, owner: User, path: Path, told: dict[str, Any], _ids: Ids) -> StoredFile:
    words = {name: told[name] for name in ("title", "description", "seed", "metadata")}
    return character_create_from_file(
        id=row_id, owner=owner, path=path, source=CharacterSource(told["source"]), **words
    )


_MAKERS: dict[str, Callable[[UUID, User, Path, dict[str, Any], Ids], StoredFile]] = {
    "video": _video,
    "audio": _audio,
    "character": _character,
}


def renamed(told: Any, ids: Ids) -> Any:
    """Put today's ids into what something was made of."""
    if isinstance(told, dict):
        return {name: renamed(inner, ids) for name, inner in told.items()}
    if isinstance(told, list):
        return [renamed(inner, ids) for inner in told]
    return str(ids[told]) if isinstance(told, str) and told in ids else told


def time_of(told: str) -> datetime:
    """Read a time as exports write it. Raises ValueError."""
    return datetime.fromisoformat(told)


def time_or_none(told: str | None) -> datetime | None:
    """Read a time, or nothing."""
    return time_of(told) if told else None
