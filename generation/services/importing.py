"""A project out of an exported ZIP: nothing in it is believed but what is measured again."""

import json
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.db.models import JSONField, TextField

from flavors.selectors import revision_like
from generation.models import Project, Scene, SceneGeneration, SceneVersion, Take
from generation.services.exporting import FORMAT, LINKS, PROJECT_FIELDS, VERSION, VERSION_FIELDS, WRITING_FIELDS
from generation.services.importing_files import Ids, Import, renamed, time_of, time_or_none
from generation.services.projects import project_changed
from generation.timeline import LONGEST_TARGET_SECONDS, target_seconds
from mvsite.accounts.models import User
from mvsite.common.alone import alone
from mvsite.common.errors import UserError

LARGEST_MANIFEST = 64 * 1024 * 1024
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OverflowError),
    *(KeyError, TypeError, ValueError, AttributeError, RuntimeError),  # the last: encrypted, or nested too deep
    *(ValidationError, DataError, IntegrityError),  # beyond the limits of the rows
)
_PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # the others blow up without a bound
_TEXTS = {"json": ("json_key", "scenes.json"), "md": ("markdown_key", "scenes.md")}


@dataclass(frozen=True, slots=True)
class Imported:
    """A project that was built, and in words what of its export was damaged and is not in it."""

    project: Project
    left_out: list[str]


def project_import(*, owner: User, path: Path, strict: bool = False) -> Imported:
    """Build a project of an export, with its takes, versions, recipes and files; ids stay where they are free.

    A damaged file, and the take that is made of it, is left out and named; with `strict` it ends the import. One import
    is under way at a time. Raises `UserError` user:request:invalid for anything that is no export, is damaged beyond
    single files, or is here already; `MediaError` media:file:* with `strict`; `AppError` app:storage:*.
    """
    with alone("import") as is_alone, _readable(), zipfile.ZipFile(path) as archive:
        if not is_alone:
            raise UserError("user:request:invalid", "Another project is being imported: try again when that has ended.")
        told = _manifest(archive)
        if Project.objects.filter(pk=UUID(told["project"]["id"])).exists():
            raise UserError("user:request:invalid", "This project is here already, perhaps in the trash.")
        run = Import(archive, owner, strict)
        with run.all_or_nothing():
            for file in sorted(told["files"], key=lambda one: one.get("original_id") is not None):
                run.keep_file(file)
            with transaction.atomic():
                made = _build(told, run)
                run.rename()
                return Imported(made, run.left_out)


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except _DAMAGED as error:
        raise UserError("user:request:invalid", f"This is no export of a project: {error}") from error


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    if any(entry.compress_type not in _PACKINGS for entry in archive.infolist()):
        raise ValueError("it is packed in a way that no export is")
    with archive.open("project.json") as file:  # counted: the size that the archive states may be a lie
        text = file.read(LARGEST_MANIFEST + 1)
    if len(text) > LARGEST_MANIFEST:
        raise ValueError("project.json is too large")
    told: dict[str, Any] = json.loads(text, parse_constant=_no_number)
    if (told["format"], told["version"]) != (FORMAT, VERSION):
        raise ValueError(f"format {told['format']} {told['version']}")
    return told


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _build(told: dict[str, Any], run: Import) -> Project:
    ids = run.ids
    facts = told["project"]
    words = {name: facts[name] for name in PROJECT_FIELDS} | {name: ids.get(facts[name]) for name in LINKS}
    words["final_inputs"] = renamed(dict(words["final_inputs"]), ids)
    words["tags"] = [str(tag) for tag in words["tags"]]
    project = Project(id=UUID(facts["id"]), owner=run.owner, created_at=time_of(facts["created_at"]), **words)
    _checked(project)
    if not 0 < (target_seconds(project.target_duration, None) or 1) <= LONGEST_TARGET_SECONDS:
        raise ValueError("target_duration is out of bounds")
    _writings(told, project, run)
    for scene in told["scenes"]:
        _scene(scene, project, ids)
    project_changed(project=project)
    return project


def _scene(told: dict[str, Any], project: Project, ids: Ids) -> None:
    """Build a scene with its texts and takes under the ids they had, or new ones where those are taken."""
    row = _made(Scene, told, project=project, owner=project.owner, index=told["index"])
    for version in told["versions"]:
        words = {name: version[name] for name in VERSION_FIELDS}
        words["generation_id"] = ids.get(version.get("generation_id"))
        ids[version["id"]] = _made(SceneVersion, version, scene=row, **words).pk
    for take in sorted(told["takes"], key=lambda one: int(one["number"])):
        if ids.get(take["video_id"]) is not None:
            links = {name: ids.get(take[name]) for name in ("video_id", "version_id", "source_id")}
            ids[take["id"]] = _made(Take, take, scene=row, number=take["number"], **links).pk
    row.current_id, row.selected_id = ids.get(told["current_id"]), ids.get(told["selected_id"])
    row.selected_at = time_or_none(told.get("selected_at"))  # exports of before do not tell it
    row.trashed_at = time_or_none(told["trashed_at"])
    row.save()


def _made(model: Any, told: dict[str, Any], **words: Any) -> Any:
    wanted = UUID(told["id"])
    row_id = uuid4() if model.objects.filter(pk=wanted).exists() else wanted
    trashed = {"trashed_at": time_or_none(told["trashed_at"])} if "trashed_at" in told else {}
    return _checked(model(id=row_id, created_at=time_of(told["created_at"]), **words, **trashed))


def _checked(row: Any) -> Any:
    """Save a new row once it is within its own limits, as if a person had typed it. Raises ValidationError."""
    free = [field.name for field in row._meta.fields if isinstance(field, TextField | JSONField)]  # noqa: SLF001 - Django's own way
    for name in free:  # may be empty, whatever forms say, and have no other limit
        if isinstance(row._meta.get_field(name), TextField) and not isinstance(getattr(row, name), str):  # noqa: SLF001
            raise TypeError(f"{name} is no text")
    row.full_clean(exclude=free)
    row.save(force_insert=True)
    return row


def _writings(told: dict[str, Any], project: Project, run: Import) -> None:
    """Build each writing of scenes with its two files; one that is here without a project comes back to this one."""
    for writing in told.get("writings", []):  # older exports have none
        here = SceneGeneration.objects.filter(pk=UUID(writing["id"])).first()
        if here is not None and (here.owner_id, here.project_id) == (project.owner_id, None):
            SceneGeneration.objects.filter(pk=here.pk).update(project=project)
            run.ids[writing["id"]] = here.pk
            continue
        words = {name: writing[name] for name in WRITING_FIELDS}
        words["metadata"] = renamed(dict(writing["metadata"]), run.ids)
        facts = writing.get("flavor_revision")  # older exports have none
        words["flavor_revision"] = revision = revision_like(facts) if isinstance(facts, dict) else None
        if facts and revision is None:  # these texts are not here: only their name and number are told
            words["metadata"]["written_with"] = {"flavor": str(facts["flavor"])[:64], "revision": int(facts["number"])}
        row = _made(SceneGeneration, writing, owner=project.owner, project=project, **words)
        for text in writing["files"]:
            field, name = _TEXTS[text["path"].rsplit(".", 1)[1]]
            setattr(row, field, run.keep_text(text, f"mv/scenes/{row.pk}/{name}"))
        row.save()
        run.ids[writing["id"]] = row.pk
