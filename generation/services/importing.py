"""A project out of an exported ZIP: nothing in it is believed but what is measured again."""

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from assets import storage
from assets.models import Audio, AudioSource, CharacterReference, CharacterSource, StoredFile, Video, VideoKind
from assets.services.audio import audio_create_from_file
from assets.services.characters import character_create_from_file
from assets.services.videos import video_create_from_file
from generation.models import Project, Scene, SceneVersion, Take
from generation.services.exporting import FORMAT, LINKS, PROJECT_FIELDS, VERSION, VERSION_FIELDS
from generation.services.projects import project_changed
from mvsite.accounts.models import User
from mvsite.common.errors import UserError

LARGEST_MANIFEST = 64 * 1024 * 1024
_MODELS: dict[str, type[StoredFile]] = {"video": Video, "audio": Audio, "character": CharacterReference}
Ids = dict[str | None, UUID | None]


def project_import(*, owner: User, path: Path) -> Project:
    """Build a project of an export, with its takes, versions, recipes and files; ids stay where they are free.

    Raises `UserError` user:request:invalid for anything that is no export or is damaged, media:file:*, app:storage:*.
    """
    with _readable(), zipfile.ZipFile(path) as archive:
        told = _manifest(archive)
        if Project.objects.filter(pk=UUID(told["project"]["id"])).exists():
            raise UserError("user:request:invalid", "This project is here already, perhaps in the trash.")
        ids: Ids = {None: None}
        with _all_or_nothing() as made:
            for file in sorted(told["files"], key=lambda one: one.get("original_id") is not None):
                if file["path"]:
                    ids[file["id"]] = _keep(archive, file, owner, ids, made)
            with transaction.atomic():
                return _build(told, owner, ids)


@contextmanager
def _all_or_nothing() -> Iterator[list[StoredFile]]:
    """Collect the rows that are made; when something fails they go again, with their files."""
    made: list[StoredFile] = []
    try:
        yield made
    except BaseException:
        for row in reversed(made):
            row.delete()
            for key in filter(None, (row.key, getattr(row, "poster_key", ""))):
                storage.delete(key)
        raise


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, AttributeError, NotImplementedError) as error:
        raise UserError("user:request:invalid", f"This is no export of a project: {error}") from error


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    if archive.getinfo("project.json").file_size > LARGEST_MANIFEST:
        raise ValueError("project.json is too large")
    told: dict[str, Any] = json.loads(archive.read("project.json"))
    if (told["format"], told["version"]) != (FORMAT, VERSION):
        raise ValueError(f"format {told['format']} {told['version']}")
    return told


def _keep(archive: zipfile.ZipFile, file: dict[str, Any], owner: User, ids: Ids, made: list[StoredFile]) -> UUID:
    """Keep one file, or use the one that is here already; returns its id in this installation."""
    model, row_id = _MODELS[file["type"]], UUID(file["id"])
    here = model._base_manager.filter(pk=row_id).first()  # noqa: SLF001 - also what is somebody else's
    if here is not None:
        is_free = not Take.objects.filter(video_id=row_id).exists()
        if here.owner_id == owner.pk and here.sha256 == file["sha256"] and is_free:
            return row_id
        row_id = uuid4()
    with storage.temp_dir() as folder:
        source = _extracted(archive, file, folder / "file")
        row = _MAKERS[file["type"]](row_id, owner, source, file, ids)
        made.append(row)
    model._base_manager.filter(pk=row.pk).update(  # noqa: SLF001 - as above
        favourite=bool(file["favourite"]),
        tags=[str(tag) for tag in file["tags"]],
        created_at=_time(file["created_at"]),
        trashed_at=_time_or_none(file["trashed_at"]),
    )
    return row_id


def _extracted(archive: zipfile.ZipFile, file: dict[str, Any], target: Path) -> Path:
    """Write one entry into a file of ours, counted and compared; its name in the archive means nothing."""
    size, left = int(file["size_bytes"]), int(file["size_bytes"])
    storage.ensure_space(2 * size)
    digest = hashlib.sha256()
    with archive.open(file["path"]) as source, target.open("wb") as kept:
        while chunk := source.read(storage.CHUNK):
            left -= len(chunk)
            if left < 0:
                break
            digest.update(chunk)
            kept.write(chunk)
    if left or digest.hexdigest() != file["sha256"]:
        raise ValueError(f"{file['path']} is damaged")
    return target


def _video(row_id: UUID, owner: User, path: Path, told: dict[str, Any], _ids: Ids) -> StoredFile:
    kind, is_mock = VideoKind(told["kind"]), bool(told["is_mock"])
    words = {"title": told["title"], "metadata": dict(told["metadata"]), "is_mock": is_mock}
    return video_create_from_file(id=row_id, owner=owner, kind=kind, path=path, **words)


def _audio(row_id: UUID, owner: User, path: Path, told: dict[str, Any], ids: Ids) -> StoredFile:
    first = ids.get(told["original_id"])
    original = Audio.objects.filter(pk=first).first() if first else None
    words = {"title": told["title"], "metadata": dict(told["metadata"]), "original": original}
    window = {"start_ms": told["start_ms"], "end_ms": told["end_ms"]}
    return audio_create_from_file(
        id=row_id, owner=owner, path=path, source=AudioSource(told["source"]), **words, **window
    )


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


def _build(told: dict[str, Any], owner: User, ids: Ids) -> Project:
    facts = told["project"]
    words = {name: facts[name] for name in PROJECT_FIELDS} | {name: ids.get(facts[name]) for name in LINKS}
    words["final_inputs"] = _renamed(words["final_inputs"], ids)
    project = Project.objects.create(id=UUID(facts["id"]), owner=owner, created_at=_time(facts["created_at"]), **words)
    for scene in told["scenes"]:
        _scene(scene, project, ids)
    project_changed(project=project)
    return project


def _scene(told: dict[str, Any], project: Project, ids: Ids) -> None:
    """Build a scene with its texts and takes under the ids they had, or new ones where those are taken."""
    row = _made(Scene, told, project=project, owner=project.owner, index=told["index"])
    for version in told["versions"]:
        words = {name: version[name] for name in VERSION_FIELDS}
        ids[version["id"]] = _made(SceneVersion, version, scene=row, **words).pk
    for take in sorted(told["takes"], key=lambda one: int(one["number"])):
        if ids.get(take["video_id"]) is not None:
            links = {name: ids.get(take[name]) for name in ("video_id", "version_id", "source_id")}
            ids[take["id"]] = _made(Take, take, scene=row, number=take["number"], **links).pk
    row.current_id, row.selected_id = ids.get(told["current_id"]), ids.get(told["selected_id"])
    row.trashed_at = _time_or_none(told["trashed_at"])
    row.save()


def _made(model: Any, told: dict[str, Any], **words: Any) -> Any:
    wanted = UUID(told["id"])
    row_id = uuid4() if model.objects.filter(pk=wanted).exists() else wanted
    trashed = {"trashed_at": _time_or_none(told["trashed_at"])} if "trashed_at" in told else {}
    return model.objects.create(id=row_id, created_at=_time(told["created_at"]), **words, **trashed)


def _renamed(told: Any, ids: Ids) -> Any:
    """Put today's ids into what a finished video was made of."""
    if isinstance(told, dict):
        return {name: _renamed(inner, ids) for name, inner in told.items()}
    if isinstance(told, list):
        return [_renamed(inner, ids) for inner in told]
    return str(ids[told]) if isinstance(told, str) and told in ids else told


def _time(told: str) -> datetime:
    return datetime.fromisoformat(told)


def _time_or_none(told: str | None) -> datetime | None:
    return _time(told) if told else None
