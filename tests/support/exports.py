"""A project with all that one can have, and what tests do with its export: change it, wipe, bring it back."""

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone
from PIL import Image
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from assets import storage
from assets.models import Audio, AudioSource, CharacterReference, Video, VideoKind
from assets.services.audio import audio_create_from_file, audio_trim
from assets.services.characters import character_create_from_file
from assets.services.library import video_update
from assets.services.listening import audio_set_tempo
from assets.services.videos import video_create_from_file
from generation.choices import JobKind
from generation.models import Job, Project, Scene, SceneGeneration, SceneVersion, Take
from generation.services.scenes import version_add
from generation.services.storyboard import scene_add, scene_trash
from generation.services.takes import take_add
from mvsite.accounts.models import User
from tests.support.clips import marker_clip, tone
from tests.support.rows import a_job


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
    Scene.objects.filter(pk=scenes[0].pk).update(selected=first, selected_at=timezone.now())
    scene_trash(scene=scenes[2])
    final = a_video(owner, clip, VideoKind.STITCHED)
    made.final_video, made.final_inputs = final, {"takes": [str(first.video_id)], "audio": str(song.pk)}
    made.save()
    video_update(video=final, rating=4)
    audio_set_tempo(audio=song, changes={"bpm": 97.3, "offset": 0.25})
    a_candidate(owner, made, tmp_path)
    a_writing(owner, made, scenes[1], tmp_path)
    return made


def a_candidate(owner: User, project: Project, tmp_path: Path) -> CharacterReference:
    """Make a portrait that a job of the project promised and that nobody chose."""
    Image.new("RGB", (64, 64), "plum").save(tmp_path / "other.png")
    row_id = uuid4()
    a_job(owner, kind=JobKind.PORTRAITS, project=project, reserved={"id": str(row_id)}, reserved_ids=[row_id])
    return character_create_from_file(id=row_id, owner=owner, path=tmp_path / "other.png", description="Other", seed=4)


def a_writing(owner: User, project: Project, scene: Scene, tmp_path: Path) -> SceneGeneration:
    """Make a writing with its two files, of which one version of a scene came."""
    row_id, keys = uuid4(), {}
    for name in ("scenes.json", "scenes.md"):
        (tmp_path / name).write_text(f"{name} as written")
        keys[name] = storage.store(key=f"mv/scenes/{row_id}/{name}", source=tmp_path / name).key
    words = {"json_key": keys["scenes.json"], "markdown_key": keys["scenes.md"], "metadata": {"cost_usd": 0.012}}
    made = SceneGeneration.objects.create(
        id=row_id, owner=owner, project=project, idea="A storm", config_flavor="mv1", scenes=[{"index": 0}], **words
    )
    version_add(scene=scene, description="Written", negative_description="", source="written", generation_id=row_id)
    return made


def a_video(owner: User, path: Path, kind: VideoKind) -> Video:
    recipe = {"prompt": "rain", "model_used": "sample", "parameters_used": {"seed": 7}}
    return video_create_from_file(id=uuid4(), owner=owner, kind=kind, path=path, title="Take", metadata=recipe)


def exported(api: APIClient, project_id: Any) -> bytes:
    answer: Any = api.get(f"/api/mv/projects/{project_id}/export", HTTP_ACCEPT="application/zip")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert answer["Content-Disposition"] == 'attachment; filename="Storm - sea.zip"'
    return b"".join(answer.streaming_content)


def told(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        manifest: dict[str, Any] = json.loads(archive.read("project.json"))
    return manifest


def wipe(data_dir: Path) -> None:
    for model in (Take, SceneVersion, SceneGeneration, Scene, Job, Project, Video, Audio, CharacterReference):
        model._base_manager.all().delete()
    shutil.rmtree(data_dir / "media")


def brought_back(tmp_path: Path, content: bytes, **options: Any) -> list[str]:
    """Import an export; returns what was said to be left out of it."""
    (tmp_path / "project.zip").write_bytes(content)
    said = io.StringIO()
    call_command("import_project", str(tmp_path / "project.zip"), stdout=io.StringIO(), stderr=said, **options)
    return said.getvalue().splitlines()


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


def song_of(manifest: dict[str, Any]) -> dict[str, Any]:
    song: dict[str, Any] = next(file for file in manifest["files"] if file.get("tempo"))
    return song
