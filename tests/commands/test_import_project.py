"""A project leaves as a ZIP and comes back as it was; what is no such ZIP, or a damaged one, leaves nothing behind."""

import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from PIL import Image
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from assets.models import Audio, AudioSource, CharacterReference, Video, VideoKind
from assets.services.audio import audio_create_from_file, audio_trim
from assets.services.characters import character_create_from_file
from assets.services.videos import video_create_from_file
from generation.models import Project, Scene, SceneVersion, Take
from generation.services.scenes import version_add
from generation.services.storyboard import scene_add, scene_trash
from generation.services.takes import take_add
from mvsite.accounts.models import User
from tests.support.clips import marker_clip, tone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_disk(settings: Settings) -> None:
    settings.MV_MIN_FREE_MB = 1


@pytest.fixture
def project(owner: User, tmp_path: Path) -> Project:
    """Make a project with all that one can have: a cut song, versions, takes, a pick, a lip-sync, a trashed scene."""
    whole = audio_create_from_file(
        id=uuid4(), owner=owner, path=tone(tmp_path / "song.mp3", seconds=3), source=AudioSource.UPLOAD, title="Storm"
    )
    song = audio_trim(id=uuid4(), source=whole, start_ms=1000)
    Image.new("RGB", (64, 64), "teal").save(tmp_path / "face.png")
    face = character_create_from_file(
        id=uuid4(), owner=owner, path=tmp_path / "face.png", description="A keeper", seed=3
    )
    words = {"audio": song, "character_reference": face, "seed": 7, "tags": ["sea"], "number_of_scenes": 3}
    made = Project.objects.create(owner=owner, title="Storm / sea", idea="A storm", **words)
    scenes = [scene_add(project=made, description=f"Scene {index}") for index in range(3)]
    version_add(scene=scenes[0], description="Rain at night", negative_description="sun", source="edited")
    clip = marker_clip(tmp_path / "clip.mp4", seconds=1)
    for scene in scenes:
        take_add(scene_id=scene.pk, video=a_video(owner, clip, VideoKind.CLIP), version_id=str(scene.current_id))
    first = scenes[0].takes.get()
    take_add(scene_id=scenes[0].pk, video=a_video(owner, clip, VideoKind.LIPSYNC), version_id=None, source=first)
    Scene.objects.filter(pk=scenes[0].pk).update(selected=first)
    scene_trash(scene=scenes[2])
    final = a_video(owner, clip, VideoKind.STITCHED)
    made.final_video, made.final_inputs = final, {"takes": [str(first.video_id)], "audio": str(song.pk)}
    made.save()
    return made


def a_video(owner: User, path: Path, kind: VideoKind) -> Video:
    recipe = {"prompt": "rain", "model_used": "sample", "parameters_used": {"seed": 7}}
    return video_create_from_file(id=uuid4(), owner=owner, kind=kind, path=path, title="Take", metadata=recipe)


def exported(api: APIClient, project_id: Any) -> bytes:
    answer = api.get(f"/api/mv/projects/{project_id}/export", HTTP_ACCEPT="application/zip")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert answer["Content-Disposition"] == 'attachment; filename="Storm - sea.zip"'
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def told(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        manifest: dict[str, Any] = json.loads(archive.read("project.json"))
    return manifest


def wipe(data_dir: Path) -> None:
    for model in (Take, SceneVersion, Scene, Project, Video, Audio, CharacterReference):
        model._base_manager.all().delete()
    shutil.rmtree(data_dir / "media")


def brought_back(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "project.zip").write_bytes(content)
    call_command("import_project", str(tmp_path / "project.zip"), stdout=io.StringIO())


def test_exported_wiped_and_imported_it_is_the_same(
    api: APIClient, project: Project, data_dir: Path, tmp_path: Path
) -> None:
    before = exported(api, project.pk)
    snapshot = api.get(f"/api/mv/projects/{project.pk}").data
    wipe(data_dir)
    brought_back(tmp_path, before)
    assert told(exported(api, project.pk)) == told(before)
    for row in (*Video.objects.all(), *Audio.objects.all(), *CharacterReference.objects.all()):
        assert hashlib.sha256((data_dir / "media" / row.key).read_bytes()).hexdigest() == row.sha256
    after = api.get(f"/api/mv/projects/{project.pk}").data
    changed = {name for name in snapshot if snapshot[name] != after[name]}
    assert changed <= {"updated_at", "cursor"}
    assert after["final_stale"] == snapshot["final_stale"]
    assert [len(scene["takes"]) for scene in after["scenes"]] == [2, 1]
    song = Audio.objects.get(pk=after["audio_id"])
    assert song.original is not None
    assert (song.original.title, song.start_ms) == ("Storm", 1000)


def test_the_zip_holds_what_people_look_for(api: APIClient, project: Project, data_dir: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(exported(api, project.pk))) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names[:3] == ["project.json", "scenes.json", "scenes.md"]
        assert {"final.mp4", "song-before-the-cut.mp3", "portrait.png"} <= set(names)
        assert len([name for name in names if name.startswith("song.")]) == 1
        assert len([name for name in names if name.startswith("clips/scene-01-take-")]) == 2
        assert "Rain at night" in archive.read("scenes.md").decode()
        assert project.final_video is not None
        assert archive.read("final.mp4") == (data_dir / "media" / project.final_video.key).read_bytes()


def test_a_second_import_beside_the_first_is_refused(api: APIClient, project: Project, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="here already"):
        brought_back(tmp_path, exported(api, project.pk))


def test_a_file_that_is_gone_is_left_out_and_said(api: APIClient, project: Project, data_dir: Path) -> None:
    assert project.final_video is not None
    (data_dir / "media" / project.final_video.key).unlink()
    found = {file["id"]: file["path"] for file in told(exported(api, project.pk))["files"]}
    assert found[str(project.final_video_id)] == ""


def rewritten(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target.getvalue()


def manifest_with(change: Callable[[dict[str, Any]], None]) -> Callable[[str, bytes], bytes]:
    def changed(name: str, data: bytes) -> bytes:
        if name != "project.json":
            return data
        manifest = json.loads(data)
        change(manifest)
        return json.dumps(manifest).encode()

    return changed


BROKEN: dict[str, Callable[[str, bytes], bytes]] = {
    "other bytes": lambda name, data: data[:-1] + b"?" if name == "final.mp4" else data,
    "longer": lambda name, data: data + b"?" if name == "final.mp4" else data,
    "a path out of it": manifest_with(lambda told: told["files"][0].update(path="../../etc/passwd")),
    "another format": manifest_with(lambda told: told.update(format="something")),
    "a version to come": manifest_with(lambda told: told.update(version=99)),
    "no id": manifest_with(lambda told: told["project"].update(id="x")),
    "an unknown kind": manifest_with(lambda told: told["files"][-1].update(type="program")),
    "no scenes": manifest_with(lambda told: told.pop("scenes")),
    "no project": lambda name, data: b"[]" if name == "project.json" else data,
}


@pytest.mark.parametrize("how", BROKEN)
def test_damaged_exports_are_refused_and_leave_nothing(
    api: APIClient, project: Project, data_dir: Path, tmp_path: Path, how: str
) -> None:
    content = rewritten(exported(api, project.pk), BROKEN[how])
    wipe(data_dir)
    with pytest.raises(CommandError, match="no export of a project"):
        brought_back(tmp_path, content)
    assert not Video.objects.exists()
    assert not Audio.objects.exists()
    assert not Project.objects.exists()
    assert [path for path in (data_dir / "media").rglob("*") if path.is_file()] == []


def test_what_is_no_zip_is_refused(owner: User, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no export of a project"):
        brought_back(tmp_path, b"not a zip")
    with pytest.raises(CommandError, match="There is no file"):
        call_command("import_project", str(tmp_path / "nothing.zip"))


def test_a_project_in_the_trash_or_of_somebody_else_has_no_export(api: APIClient, project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(trashed_at=timezone.now())
    assert api.get(f"/api/mv/projects/{project.pk}/export").status_code == 404
    assert api.get(f"/api/mv/projects/{uuid4()}/export").status_code == 404
