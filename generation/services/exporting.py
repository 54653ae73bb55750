"""A project as one ZIP: its files, its texts, and `project.json`, from which it can be built again elsewhere."""

import json
import time
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from assets import storage
from assets.models import Audio, CharacterReference, StoredFile, Video
from flavors.selectors import revision_facts
from generation.choices import JobKind
from generation.models import Project, ReservedId, Scene, SceneGeneration, Take
from generation.selectors import scenes_of
from mvsite.accounts.models import User
from mvsite.common.errors import AppError
from mvsite.logs import warn_event

FORMAT, VERSION = "mv-studio-project", 1
PROJECT_FIELDS = (
    *("title", "mode", "idea", "character_description", "config_flavor", "number_of_scenes", "cut_by"),
    *("target_duration", "seed", "final_inputs", "favourite", "tags"),
)
LINKS = ("character_reference_id", "product_image_id", "audio_id", "final_video_id")
SCENE_FIELDS = ("index", "current_id", "selected_id", "selected_at", "trashed_at")
VERSION_FIELDS = ("number", "description", "negative_description", "source")
WRITING_FIELDS = ("idea", "character_description", "config_flavor", "scenes", "metadata")
TAKE_FIELDS = ("number", "video_id", "version_id", "source_id")
FILE_FIELDS = ("title", "size_bytes", "sha256", "metadata", "favourite", "tags", "trashed_at")
OWN_FIELDS: dict[str, tuple[str, ...]] = {
    "video": ("kind", "is_mock", "rating"),
    "audio": ("source", "original_id", "start_ms", "end_ms", "tempo"),
    "character": ("source", "description", "seed"),
}
Writings = list[tuple[SceneGeneration, dict[str, str]]]
_KINDS: dict[type[StoredFile], str] = {Video: "video", Audio: "audio", CharacterReference: "character"}


def project_export(*, project: Project, to: User) -> Iterator[bytes]:
    """Return the bytes of the ZIP, a piece at a time: memory stays flat however long the clips are.

    Whoever does not own the project is sent what they reach of it: nothing from the trash, no song before its cut, no
    portrait that they may not look at.
    A file that is nowhere is left out; `project.json` says so by an empty `path`. Each is compared with what was kept
    just before it is sent: a damaged one is fetched anew from the bucket, or left out and named in `damaged.json`, the
    last entry. Raises `AppError` app:storage:away, before the first byte, when a file is kept where it cannot be had
    now: in a bucket that does not answer or is not the one in use, or on another host.
    """
    files, writings = _files(project, to), _writings(project)
    names = {row.pk: name if storage.is_kept(row.key) else "" for name, row in files.items()}
    keys = {name: row.key for name, row in files.items() if names[row.pk]}
    keys |= {name: key for _, texts in writings for name, key in texts.items()}
    _all_can_be_had(keys.values())
    manifest = _manifest(project, _scenes(project, to), list(files.values()), names, writings)
    texts = {
        "project.json": json.dumps(manifest, indent=1, default=str),
        "scenes.json": json.dumps(_texts(project), indent=1, ensure_ascii=False),
        "scenes.md": _markdown(project),
    }
    return _packed(texts, keys, {row.key: row.sha256 for row in files.values()})


def _all_can_be_had(keys: Iterable[str]) -> None:
    away = [key for key in keys if not storage.is_here(key)]
    if not all(map(storage.exists, away)) or (away and storage.look()):
        raise AppError("app:storage:away")


def _packed(texts: dict[str, str], keys: dict[str, str], sums: dict[str, str]) -> Iterator[bytes]:
    pipe, damaged = _Pipe(), []
    with zipfile.ZipFile(pipe, "w") as archive:  # type: ignore[call-overload]  # it only writes, and that is enough
        for name, text in texts.items():
            archive.writestr(_entry(name, zipfile.ZIP_DEFLATED), text)
            yield pipe.taken()
        for name, key in keys.items():
            if not _is_whole(key, sums.get(key, "")):
                damaged.append(name)
                continue
            with storage.open_file(key) as source, archive.open(_entry(name), "w", force_zip64=True) as target:
                while chunk := source.read(storage.CHUNK):
                    target.write(chunk)
                    yield pipe.taken()
        if damaged:
            archive.writestr(_entry("damaged.json", zipfile.ZIP_DEFLATED), json.dumps(damaged, indent=1))
    yield pipe.taken()


def _is_whole(key: str, sha256: str) -> bool:
    """Read a file and say whether it is what was kept, if need be after it was fetched from the bucket."""
    try:
        found = storage.describe(key).sha256
        if found == sha256 or not sha256:
            return True
        reason = "it is not what was kept"
    except (AppError, OSError) as error:
        if isinstance(error, AppError) and error.code == "app:storage:away":
            raise
        reason = str(error)
    warn_event("storage_file_damaged", key=key, reason=reason)
    try:
        return storage.repair(key)
    except AppError:
        return False  # nothing better is to be had; the log has it


class _Pipe:
    """What a ZIP is written into: remembers what came since it was asked last."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def taken(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def _entry(name: str, compression: int = zipfile.ZIP_STORED) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, time.gmtime()[:6])
    entry.compress_type = compression
    return entry


def _scenes(project: Project, to: User) -> QuerySet[Scene]:
    rows = Scene.objects.filter(project=project)
    return rows if to.pk == project.owner_id else rows.kept()


def _files(project: Project, to: User) -> dict[str, StoredFile]:
    """Name every file of a project as people would; one that is used twice comes once."""
    found: dict[str, StoredFile | None] = {"final.mp4": project.final_video}
    if project.audio is not None:
        found["song-before-the-cut"] = project.audio.original
        found["song"] = project.audio
    found["portrait"], found["product"] = project.character_reference, project.product_image
    for number, portrait in enumerate(_portraits(project), start=1):
        found[f"portraits/{number:02}"] = portrait
    takes = Take.objects.filter(scene__in=_scenes(project, to)).select_related("video", "scene")
    for take in takes.order_by("scene__trashed_at", "scene__index", "scene_id", "number"):
        place = "trash" if take.scene.trashed_at else f"scene-{take.scene.index + 1:02}"
        found[f"clips/{place}-take-{take.number}-{str(take.pk)[:8]}"] = take.video
    rows: dict[str, StoredFile] = {}
    for name, row in found.items():
        if row is not None and row not in rows.values():
            rows[f"{name.removesuffix('.mp4')}.{row.key.rsplit('.', 1)[1]}"] = row
    return rows if to.pk == project.owner_id else _reached(rows, to)


def _reached(rows: dict[str, StoredFile], to: User) -> dict[str, StoredFile]:
    """Leave out the files that this person could not fetch by their ids."""
    found: set[UUID] = set()
    for kind in (Video, Audio, CharacterReference):
        ids = [row.pk for row in rows.values() if isinstance(row, kind)]
        found |= set(kind.objects.shown_to(to).kept().filter(pk__in=ids).values_list("pk", flat=True))
    return {name: row for name, row in rows.items() if row.pk in found}


def _portraits(project: Project) -> Iterable[CharacterReference]:
    """Yield the other portraits that were made for a project, here or where it comes from; not those thrown away."""
    chosen = [each for each in (project.character_reference_id, project.product_image_id) if each is not None]
    promised = ReservedId.objects.filter(job__project=project, job__kind=JobKind.PORTRAITS).values("pk")
    of_it = Q(pk__in=promised) | Q(metadata__project_id=str(project.pk))
    made = CharacterReference.objects.kept().filter(of_it, owner=project.owner).exclude(pk__in=chosen)
    for portrait in made.order_by("created_at", "pk"):
        portrait.metadata = {**portrait.metadata, "project_id": str(project.pk)}  # no job of it moves along
        yield portrait


def _writings(project: Project) -> Writings:
    """Return each writing of scenes with the names of its two files in the ZIP and their keys."""
    rows = SceneGeneration.objects.filter(project=project).order_by("created_at", "pk")
    rows = rows.select_related("flavor_revision__flavor", "flavor_revision__completed_with")
    files = [
        {f"writings/{row.pk}/{key.rsplit('/', 1)[1]}": key for key in (row.json_key, row.markdown_key) if key}
        for row in rows
    ]
    return [
        (row, {name: key for name, key in each.items() if storage.is_kept(key)})
        for row, each in zip(rows, files, strict=True)
    ]


def _manifest(
    project: Project, scenes: QuerySet[Scene], files: list[StoredFile], names: dict[Any, str], writings: Writings
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "project": _told(project, (*PROJECT_FIELDS, *LINKS)),
        "scenes": [
            {
                **_told(scene, SCENE_FIELDS),
                "versions": [_told(version, (*VERSION_FIELDS, "generation_id")) for version in scene.versions.all()],
                "takes": [_told(take, TAKE_FIELDS) for take in scene.takes.all() if take.video_id in names],
            }
            for scene in scenes.prefetch_related("versions", "takes").order_by("index", "created_at")
        ],
        "files": [_file(row, names[row.pk]) for row in files],
        "writings": [
            {
                **_told(row, WRITING_FIELDS),
                "flavor_revision": revision_facts(row.flavor_revision),
                "files": [_measured(name, key) for name, key in texts.items()],
            }
            for row, texts in writings
        ],
    }


def _file(row: StoredFile, name: str) -> dict[str, Any]:
    kind = _KINDS[type(row)]
    return {"type": kind, "path": name, **_told(row, (*FILE_FIELDS, *OWN_FIELDS[kind]))}


def _measured(name: str, key: str) -> dict[str, Any]:
    stored = storage.describe(key)
    return {"path": name, "size_bytes": stored.size, "sha256": stored.sha256}


def _told(row: Any, fields: tuple[str, ...]) -> dict[str, Any]:
    return {"id": row.pk, "created_at": row.created_at.isoformat(), **{name: getattr(row, name) for name in fields}}


def _texts(project: Project) -> dict[str, Any]:
    scenes = [
        {"index": scene.index, "description": text.description, "negative_description": text.negative_description}
        for scene in scenes_of(project)
        if (text := scene.current) is not None
    ]
    return {"idea": project.idea, "character_description": project.character_description, "scenes": scenes}


def _markdown(project: Project) -> str:
    told = _texts(project)
    parts = [f"# {told['idea']}", told["character_description"]]
    parts += [f"## Scene {scene['index'] + 1}\n\n{scene['description']}" for scene in told["scenes"]]
    return "\n\n".join(part for part in parts if part) + "\n"
