"""A project leaves as a ZIP and comes back as it was; what is no such ZIP, or a damaged one, leaves nothing behind."""

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from assets import storage
from assets.models import Audio, CharacterReference, CloudCopy, CopyState, Video, VideoKind
from flavors.models import ConfigFlavor
from flavors.services import flavors_sync
from generation.models import Project, SceneGeneration, SceneVersion
from generation.selectors import project_snapshot
from mvsite.accounts.models import User
from mvsite.common.errors import AppError
from tests.support.exports import (
    brought_back,
    exported,
    manifest_with,
    project,
    rewritten,
    small_disk,
    song_of,
    told,
    wipe,
)
from tests.support.s3_server import s3_server

__all__ = ["project", "small_disk"]
pytestmark = pytest.mark.django_db


def reasons(snapshot: dict[str, Any]) -> list[list[str]]:
    return [take["stale_reasons"] for scene in snapshot["scenes"] for take in scene["takes"]]


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
    assert song.tempo == {"bpm": 97.3, "offset": 0.25}
    assert Video.objects.get(pk=after["final_video_id"]).rating == 4
    assert set(CharacterReference.objects.values_list("description", flat=True)) == {"A keeper", "Other"}
    writing = SceneGeneration.objects.get()
    assert (writing.metadata, SceneVersion.objects.get(generation=writing).description) == (
        {"cost_usd": 0.012},
        "Written",
    )
    markdown = api.get(f"/api/mv/scene_generations/{writing.pk}/scenes.md")
    assert markdown.content == b"scenes.md as written"


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


@pytest.mark.network_loopback
def test_an_export_that_needs_a_bucket_that_is_away_is_refused_before_it_starts(
    api: APIClient, project: Project, data_dir: Path, settings: Settings
) -> None:
    with s3_server() as server:
        server.set_on(settings, serve=True)
        assert project.final_video is not None
        assert storage.upload_now(project.final_video.key)
        (data_dir / "media" / project.final_video.key).unlink()
        assert "final.mp4" in {file["path"] for file in told(exported(api, project.pk))["files"]}
        (data_dir / "media" / project.final_video.key).unlink()
        server.stop()
        answer = api.get(f"/api/mv/projects/{project.pk}/export")
        assert (answer.status_code, answer.json()["code"]) == (503, "app:storage:away")


@pytest.mark.network_loopback
@pytest.mark.parametrize("bucket", ["", "of-before"])
def test_an_export_that_lacks_what_is_kept_elsewhere_is_refused(
    api: APIClient, project: Project, data_dir: Path, settings: Settings, bucket: str
) -> None:
    assert project.final_video is not None
    (data_dir / "media" / project.final_video.key).unlink()
    with s3_server() as server:
        server.set_on(settings, serve=True)
        facts = {"state": CopyState.SYNCED, "bucket": bucket} if bucket else {"bucket": server.bucket}
        CloudCopy.objects.create(key=project.final_video.key, size_bytes=1, sha256="0" * 64, **facts)
        answer = api.get(f"/api/mv/projects/{project.pk}/export")
    assert (answer.status_code, answer.json()["code"]) == (503, "app:storage:away")
    settings.STORAGE_BUCKET = ""
    answer = api.get(f"/api/mv/projects/{project.pk}/export")
    assert (answer.status_code, answer.json()["code"]) == (503, "app:storage:away")


@pytest.mark.network_loopback
def test_an_export_that_breaks_off_is_no_zip(
    api: APIClient, project: Project, data_dir: Path, settings: Settings, tmp_path: Path
) -> None:
    with s3_server() as server:
        server.set_on(settings, serve=True)
        assert project.final_video is not None
        assert storage.upload_now(project.final_video.key)
        (data_dir / "media" / project.final_video.key).unlink()
        answer: Any = api.get(f"/api/mv/projects/{project.pk}/export", HTTP_ACCEPT="application/zip")
        came = [next(answer.streaming_content)]
        server.stop()
        with pytest.raises(AppError, match="app:storage:away"):
            came.extend(answer.streaming_content)
    content = b"".join(came)
    assert content.startswith(b"PK")
    assert not zipfile.is_zipfile(io.BytesIO(content))
    with pytest.raises(CommandError, match=r"no export|damaged"):
        brought_back(tmp_path, content)


def test_a_project_that_cleanup_has_emptied_comes_back_with_its_clips(
    api: APIClient, project: Project, owner: User, tmp_path: Path
) -> None:
    address = f"/api/mv/projects/{project.pk}"
    before = exported(api, project.pk)
    takes = [len(scene["takes"]) for scene in api.get(address).data["scenes"]]
    project.delete()
    Video.objects.update(trashed_at=timezone.now())
    Audio.objects.update(trashed_at=timezone.now())
    brought_back(tmp_path, before)
    assert [len(scene["takes"]) for scene in api.get(address).data["scenes"]] == takes
    assert not Video.objects.trashed().exists()
    assert not Audio.objects.trashed().exists()


def test_under_new_ids_takes_are_as_up_to_date_as_they_were(project: Project, tmp_path: Path, api: APIClient) -> None:
    made_of = {"character_reference_id": str(project.character_reference_id), "audio_id": str(project.audio_id)}
    for video in Video.objects.all():
        Video.objects.filter(pk=video.pk).update(metadata={**video.metadata, **made_of, "of": [made_of]})
    Video.objects.filter(kind=VideoKind.STITCHED).update(trashed_at=timezone.now())
    SceneGeneration.objects.update(metadata=made_of)
    before, snapshot = exported(api, project.pk), project_snapshot(project)
    assert "portrait" not in str(reasons(snapshot))
    project.delete()  # as cleanup leaves it: its files stay in the library, so their ids are taken
    User.objects.create(username="other")
    assert brought_back(tmp_path, before, owner="other", strict=True) == []
    made = Project.objects.get()
    assert made.character_reference_id is not None
    assert made.character_reference_id != project.character_reference_id
    after = project_snapshot(made)
    assert reasons(after) == reasons(snapshot)
    today = {"character_reference_id": str(made.character_reference_id), "audio_id": str(made.audio_id)}
    for video in Video.objects.filter(owner=made.owner):
        assert (video.metadata | today, video.metadata["of"]) == (video.metadata, [today])
        assert video.metadata["prompt"] == "rain"
    assert SceneGeneration.objects.get(project=made).metadata == today
    for video in Video.objects.filter(owner=project.owner):
        assert video.metadata | made_of == video.metadata


def test_a_writing_comes_back_to_the_revision_of_its_flavor(
    api: APIClient, project: Project, data_dir: Path, tmp_path: Path
) -> None:
    flavors_sync()
    used = ConfigFlavor.objects.get(name="mv1").revision
    assert used is not None
    SceneGeneration.objects.update(flavor_revision=used, config_flavor="mv1")
    before = exported(api, project.pk)
    wipe(data_dir)
    brought_back(tmp_path, before)
    assert SceneGeneration.objects.get().flavor_revision == used

    def elsewhere(told: dict[str, Any]) -> None:
        told["writings"][0]["flavor_revision"]["content_hash"] = "0" * 64

    wipe(data_dir)
    brought_back(tmp_path, rewritten(before, manifest_with(elsewhere)))
    writing = SceneGeneration.objects.get()
    assert writing.flavor_revision is None
    assert writing.metadata["written_with"] == {"flavor": "mv1", "revision": used.number}


def test_an_export_of_before_is_still_read(api: APIClient, project: Project, data_dir: Path, tmp_path: Path) -> None:
    def as_it_was(told: dict[str, Any]) -> None:
        told.pop("writings")
        song_of(told).pop("tempo")
        for scene in told["scenes"]:
            scene.pop("selected_at")
            for version in scene["versions"]:
                version.pop("generation_id")

    content = rewritten(exported(api, project.pk), manifest_with(as_it_was))
    wipe(data_dir)
    brought_back(tmp_path, content)
    assert Project.objects.get().pk == project.pk


def test_a_project_in_the_trash_or_of_somebody_else_has_no_export(api: APIClient, project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(trashed_at=timezone.now())
    assert api.get(f"/api/mv/projects/{project.pk}/export").status_code == 404
    assert api.get(f"/api/mv/projects/{uuid4()}/export").status_code == 404
