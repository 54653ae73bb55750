"""One file of a project is damaged: the export says so, the import brings in the rest, or nothing when it is strict."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from assets import storage
from assets.media.ffmpeg import run_ffmpeg
from assets.models import Audio, CharacterReference, Video
from assets.services.audio import audio_upload
from assets.services.videos import video_upload
from generation.models import Project, Scene, SceneGeneration, Take
from generation.services.importing import project_import
from generation.services.importing_files import Import
from generation.services.takes import take_add
from mvsite.accounts.models import User
from mvsite.common.errors import UserError
from tests.support.clips import marker_clip, tone
from tests.support.exports import (
    brought_back,
    exported,
    manifest_with,
    project,
    rewritten,
    small_disk,
    told,
    wipe,
)
from tests.support.s3_server import s3_server

__all__ = ["project", "small_disk"]
pytestmark = pytest.mark.django_db
MODELS = (Video, Audio, CharacterReference, Project, Scene, Take, SceneGeneration)

DAMAGED: dict[str, Callable[[str, bytes], bytes]] = {
    "other bytes": lambda name, data: data[:-1] + b"?" if name == "final.mp4" else data,
    "longer": lambda name, data: data + b"?" if name == "final.mp4" else data,
    "a path out of it": manifest_with(lambda told: told["files"][0].update(path="../../etc/passwd")),
    "a writing of another text": lambda name, data: data + b"?" if name.endswith("scenes.md") else data,
}


def counts() -> list[int]:
    return [model._base_manager.count() for model in MODELS]


def files(data_dir: Path) -> dict[str, bytes]:
    media = data_dir / "media"
    return {str(path.relative_to(media)): path.read_bytes() for path in media.rglob("*") if path.is_file()}


def rotten(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)


@pytest.mark.parametrize("how", DAMAGED)
def test_one_damaged_file_is_named_and_the_rest_comes_in(
    api: APIClient, project: Project, data_dir: Path, tmp_path: Path, how: str
) -> None:
    before = counts()
    content = rewritten(exported(api, project.pk), DAMAGED[how])
    wipe(data_dir)
    said = brought_back(tmp_path, content)
    assert len(said) == 1
    assert "it is damaged" in said[0] or "it is not in the export" in said[0]
    missing = 0 if "writings/" in said[0] else 1
    assert sum(before) - sum(counts()) == missing
    assert (Project.objects.get().final_video is None) == bool(missing)
    for row in (*Video.objects.all(), *Audio.objects.all(), *CharacterReference.objects.all()):
        assert storage.describe(row.key).sha256 == row.sha256
    assert SceneGeneration.objects.get().markdown_key == "" or missing


@pytest.mark.parametrize("how", DAMAGED)
def test_a_strict_import_refuses_a_damaged_file_and_leaves_nothing(
    api: APIClient, project: Project, data_dir: Path, tmp_path: Path, how: str
) -> None:
    content = rewritten(exported(api, project.pk), DAMAGED[how])
    wipe(data_dir)
    with pytest.raises(CommandError, match="no export of a project"):
        brought_back(tmp_path, content, strict=True)
    assert sum(counts()) == 0
    assert files(data_dir) == {}


def test_a_damaged_file_is_left_out_of_the_export_and_named(
    api: APIClient, project: Project, data_dir: Path, tmp_path: Path
) -> None:
    take = Take.objects.filter(scene__trashed_at=None).earliest("created_at")
    rotten(data_dir / "media" / take.video.key)
    content = exported(api, project.pk)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        (name,) = json.loads(archive.read("damaged.json"))
        assert archive.testzip() is None
        assert name not in archive.namelist()
    assert name in {file["path"] for file in told(content)["files"] if file["id"] == str(take.video_id)}
    takes = Take.objects.count()
    wipe(data_dir)
    assert [name in line for line in brought_back(tmp_path, content)] == [True]
    assert Take.objects.count() == takes - 1


@pytest.mark.network_loopback
def test_a_damaged_file_is_fetched_anew_from_the_bucket_before_it_is_exported(
    api: APIClient, project: Project, data_dir: Path, settings: Settings
) -> None:
    with s3_server() as server:
        server.set_on(settings, serve=True)
        assert project.final_video is not None
        key = project.final_video.key
        assert storage.upload_now(key)
        whole = (data_dir / "media" / key).read_bytes()
        rotten(data_dir / "media" / key)
        with zipfile.ZipFile(io.BytesIO(exported(api, project.pk))) as archive:
            assert archive.read("final.mp4") == whole
            assert "damaged.json" not in archive.namelist()


@pytest.fixture
def exported_project(api: APIClient, project: Project) -> bytes:
    return exported(api, project.pk)


def test_of_two_imports_at_once_one_is_refused_and_destroys_nothing(
    exported_project: bytes, data_dir: Path, owner: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, before = exported_project, counts()
    wipe(data_dir)
    keep_file, refused = Import.keep_file, []

    def beside(run: Import, one: dict[str, Any]) -> None:
        keep_file(run, one)
        with pytest.raises(UserError) as error:
            project_import(owner=owner, path=tmp_path / "project.zip")
        refused.append(error.value)

    monkeypatch.setattr(Import, "keep_file", beside)
    assert brought_back(tmp_path, content) == []
    assert counts() == before
    assert {error.code for error in refused} == {"user:request:invalid"}
    assert {row.key for model in MODELS[:3] for row in model.objects.all()} <= files(data_dir).keys()
    with pytest.raises(CommandError, match="here already"):
        brought_back(tmp_path, content)


def test_what_a_broken_import_took_out_of_the_trash_goes_back(api: APIClient, project: Project, tmp_path: Path) -> None:
    content = rewritten(exported(api, project.pk), manifest_with(lambda told: told["project"].update(mode="opera")))
    project.delete()
    Video.objects.update(trashed_at=project.created_at)
    before = set(Video._base_manager.values_list("pk", "trashed_at"))
    with pytest.raises(CommandError, match="no export of a project"):
        brought_back(tmp_path, content)
    assert set(Video._base_manager.values_list("pk", "trashed_at")) == before


def a_take_of(owner: User, path: Path) -> Video:
    film = video_upload(owner=owner, path=path, name=path.name)
    take_add(scene_id=Scene.objects.earliest("index").pk, video=film, version_id=None)
    return film


def test_an_uploaded_webm_keeps_its_ending_and_type(
    api: APIClient, project: Project, owner: User, data_dir: Path, tmp_path: Path
) -> None:
    clip, webm = marker_clip(tmp_path / "clip.mp4", seconds=1), tmp_path / "film.webm"
    run_ffmpeg(["-i", str(clip), "-c:v", "libvpx", "-an", str(webm)], timeout=60)
    film, content = a_take_of(owner, webm), exported(api, project.pk)
    wipe(data_dir)
    assert brought_back(tmp_path, content) == []
    back = Video.objects.get(pk=film.pk)
    assert (back.key, back.mime) == (film.key, "video/webm")
    served = api.get(f"/api/mv/get_video/{film.pk}?download=true")
    assert ".webm" in served["Content-Disposition"]
    assert told(exported(api, project.pk)) == told(content)


@pytest.mark.usefixtures("project")
def test_the_limits_of_uploads_are_not_those_of_an_import(
    api: APIClient, owner: User, data_dir: Path, tmp_path: Path, settings: Settings
) -> None:
    a_take_of(owner, marker_clip(tmp_path / "long.mp4", seconds=2))
    content, before = exported(api, Project.objects.get().pk), counts()
    wipe(data_dir)
    settings.MV_MAX_AUDIO_MINUTES = 0.02  # 1.2 s
    assert brought_back(tmp_path, content) == []
    assert counts() == before
    with pytest.raises(Exception, match="media:file:too_long"):
        audio_upload(owner=owner, path=tone(tmp_path / "long.mp3", seconds=2), name="long.mp3")
