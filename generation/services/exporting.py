"""A project as one ZIP: its files, its texts, and `project.json`, from which it can be built again elsewhere."""

import json
import time
import zipfile
from collections.abc import Iterator
from typing import Any

from assets import storage
from assets.models import Audio, CharacterReference, StoredFile, Video
from generation.models import Project, Scene, Take
from generation.selectors import scenes_of

FORMAT, VERSION = "mv-studio-project", 1
PROJECT_FIELDS = (
    *("title", "mode", "idea", "character_description", "config_flavor", "number_of_scenes", "cut_by"),
    *("target_duration", "seed", "final_inputs", "favourite", "tags"),
)
LINKS = ("character_reference_id", "product_image_id", "audio_id", "final_video_id")
SCENE_FIELDS = ("index", "current_id", "selected_id", "trashed_at")
VERSION_FIELDS = ("number", "description", "negative_description", "source")
TAKE_FIELDS = ("number", "video_id", "version_id", "source_id")
FILE_FIELDS = ("title", "size_bytes", "sha256", "metadata", "favourite", "tags", "trashed_at")
OWN_FIELDS: dict[str, tuple[str, ...]] = {
    "video": ("kind", "is_mock"),
    "audio": ("source", "original_id", "start_ms", "end_ms"),
    "character": ("source", "description", "seed"),
}
_KINDS: dict[type[StoredFile], str] = {Video: "video", Audio: "audio", CharacterReference: "character"}


def project_export(*, project: Project) -> Iterator[bytes]:
    """Yield the bytes of the ZIP, a piece at a time: memory stays flat however long the clips are.

    A file that is nowhere is left out; `project.json` says so by an empty `path`.
    """
    files = _files(project)
    names = {row.pk: name if storage.exists(row.key) else "" for name, row in files.items()}
    texts = {
        "project.json": json.dumps(_manifest(project, list(files.values()), names), indent=1, default=str),
        "scenes.json": json.dumps(_texts(project), indent=1, ensure_ascii=False),
        "scenes.md": _markdown(project),
    }
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w") as archive:  # type: ignore[call-overload]  # it only writes, and that is enough
        for name, text in texts.items():
            archive.writestr(_entry(name, zipfile.ZIP_DEFLATED), text)
            yield pipe.taken()
        for name, row in files.items():
            if names[row.pk]:
                with storage.open_file(row.key) as source, archive.open(_entry(name), "w", force_zip64=True) as target:
                    while chunk := source.read(storage.CHUNK):
                        target.write(chunk)
                        yield pipe.taken()
    yield pipe.taken()


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


def _files(project: Project) -> dict[str, StoredFile]:
    """Name every file of a project as people would; one that is used twice comes once."""
    found: dict[str, StoredFile | None] = {"final.mp4": project.final_video}
    if project.audio is not None:
        found["song-before-the-cut"] = project.audio.original
        found["song"] = project.audio
    found["portrait"], found["product"] = project.character_reference, project.product_image
    takes = Take.objects.filter(scene__project=project).select_related("video", "scene")
    for take in takes.order_by("scene__trashed_at", "scene__index", "scene_id", "number"):
        place = "trash" if take.scene.trashed_at else f"scene-{take.scene.index + 1:02}"
        found[f"clips/{place}-take-{take.number}-{str(take.pk)[:8]}"] = take.video
    rows: dict[str, StoredFile] = {}
    for name, row in found.items():
        if row is not None and row not in rows.values():
            rows[f"{name.removesuffix('.mp4')}.{row.key.rsplit('.', 1)[1]}"] = row
    return rows


def _manifest(project: Project, files: list[StoredFile], names: dict[Any, str]) -> dict[str, Any]:
    scenes = Scene.objects.filter(project=project).prefetch_related("versions", "takes").order_by("index", "created_at")
    return {
        "format": FORMAT,
        "version": VERSION,
        "project": _told(project, (*PROJECT_FIELDS, *LINKS)),
        "scenes": [
            {
                **_told(scene, SCENE_FIELDS),
                "versions": [_told(version, VERSION_FIELDS) for version in scene.versions.all()],
                "takes": [_told(take, TAKE_FIELDS) for take in scene.takes.all()],
            }
            for scene in scenes
        ],
        "files": [_file(row, names[row.pk]) for row in files],
    }


def _file(row: StoredFile, name: str) -> dict[str, Any]:
    kind = _KINDS[type(row)]
    return {"type": kind, "path": name, **_told(row, (*FILE_FIELDS, *OWN_FIELDS[kind]))}


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
