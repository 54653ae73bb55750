"""The finished video of a project: what re-cuts it, what it lives through, and what counts as having none."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from assets import storage
from assets.media.errors import MediaProblem
from assets.models import Audio, CloudCopy, CopyState
from assets.services.audio import audio_upload
from assets.services.library import asset_trash
from assets.validators import media_errors
from generation.choices import JobKind, JobState
from generation.models import Job, Project
from generation.pipelines import engine
from generation.pipelines.stitch_wishes import wishes_for
from generation.selectors import project_snapshot, scenes_of, selected_take
from generation.services.lipsync import lipsync_request, scene_lipsync_request
from generation.services.portraits import portraits_request
from generation.services.projects import project_create
from generation.services.runs import run_request
from generation.services.stitch import project_stitch, stitch_request
from generation.services.writing import scene_regenerate
from mvsite.accounts.models import User
from mvsite.common.errors import AppError
from tests.support.clips import tone
from tests.support.engine import drive, make_due, work_off
from tests.support.quick_clips import QuickClips
from tests.support.s3_server import s3_server

# A step may take longer than a heartbeat, which cannot write while a test holds the whole database.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def song(owner: User, tmp_path: Path) -> Audio:
    return audio_upload(owner=owner, path=tone(tmp_path / "song.wav", seconds=6), name="song.wav")


@pytest.fixture
def project(owner: User, song: Audio, quick_clips: QuickClips) -> Project:
    """A finished video of two scenes under a song."""
    words: dict[str, Any] = {"idea": "A boat at dusk", "character_description": "a woman in a red coat", "seed": 3}
    made = project_create(owner=owner, number_of_scenes=2, audio=song, **words)
    run_request(project=made)
    work_off()
    made.refresh_from_db()
    return made


def clip_of(project: Project, index: int) -> Any:
    take = selected_take(scenes_of(project)[index])
    assert take is not None
    return take.video


def test_a_lip_sync_that_ends_during_a_stitch_succeeds_and_gets_into_the_film(project: Project) -> None:
    first, second = [scene_lipsync_request(scene=scene) for scene in scenes_of(project)]
    assert drive(first).state == JobState.SUCCEEDED
    assert Job.objects.active().filter(kind=JobKind.STITCH).exists()  # its re-cut is under way
    assert drive(second).state == JobState.SUCCEEDED
    work_off()
    film = project_snapshot(project)
    assert not film["final_stale"]
    assert Job.objects.filter(project=project, kind=JobKind.STITCH).count() == 3  # the run's, and one for each


def test_a_source_thrown_away_after_the_purchase_costs_nothing(project: Project, song: Audio) -> None:
    clip = clip_of(project, 0)
    job = lipsync_request(owner=project.owner, video_id=clip.pk, audio_id=song.pk)
    engine.advance(job.pk)
    asset_trash(asset=clip)
    assert drive(job).state == JobState.SUCCEEDED


def test_a_song_whose_file_is_lost_fails_no_stitch(project: Project, song: Audio) -> None:
    storage.delete(song.key)
    words: dict[str, Any] = {"video_ids": [clip_of(project, 0).pk], "audio_overlay_id": song.pk}
    job = drive(stitch_request(owner=project.owner, **words))
    assert job.state == JobState.SUCCEEDED
    assert job.result is not None
    assert (job.result["audio_overlay_applied"], bool(job.result["audio_overlay_warning"])) == (False, True)


@pytest.mark.network_loopback
@pytest.mark.parametrize("words", [{"state": CopyState.PENDING}, {"state": CopyState.SYNCED, "bucket": "of-before"}])
def test_a_song_that_is_only_elsewhere_is_waited_for_and_not_left_out(
    project: Project, song: Audio, settings: Settings, words: dict[str, Any]
) -> None:
    job = project_stitch(project=project)
    storage.delete(song.key)
    with s3_server() as server:
        server.set_on(settings, serve=True)
        CloudCopy.objects.create(key=song.key, size_bytes=1, sha256="0" * 64, **{"bucket": server.bucket, **words})
        with pytest.raises(AppError, match="app:storage:away"), wishes_for(job):
            pass


def failing_sound(monkeypatch: pytest.MonkeyPatch, song: Audio, error: Exception) -> None:
    real = storage.local_path

    @contextmanager
    def local_path(key: str) -> Iterator[Path]:
        with media_errors(), storage.disk_errors(), real(key) as path:
            if key == song.key:
                raise error
            yield path

    monkeypatch.setattr(storage, "local_path", local_path)


@pytest.mark.parametrize(("number", "state"), [(errno.ENOSPC, JobState.RUNNING), (errno.EIO, JobState.FAILED)])
def test_a_disk_that_fails_the_song_keeps_the_film_with_it(
    project: Project, song: Audio, monkeypatch: pytest.MonkeyPatch, number: int, state: JobState
) -> None:
    job, film = project_stitch(project=project), project.final_video_id
    with monkeypatch.context() as broken:
        failing_sound(broken, song, OSError(number, os.strerror(number)))
        job = drive(job, steps=5)
    project.refresh_from_db()
    assert (job.state, project.final_video_id) == (state, film)
    if job.error:
        assert job.error["code"] == "app:storage:failed"
    else:
        job = drive(job)
        assert (job.result or {})["audio_overlay_applied"]


def test_a_song_that_cannot_be_used_is_left_out_with_the_reason(
    project: Project, song: Audio, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing_sound(monkeypatch, song, MediaProblem("unreadable", "there is no sound in it"))
    job = drive(project_stitch(project=project))
    assert job.state == JobState.SUCCEEDED
    assert (job.result or {})["audio_overlay_warning"] == "A song was left out: There is no sound in it."


def test_a_finished_video_in_the_trash_is_none_and_a_run_makes_another(project: Project) -> None:
    assert project.final_video is not None
    asset_trash(asset=project.final_video)
    assert project_snapshot(project)["final_video_id"] is None
    run_request(project=project)
    work_off()
    assert project_snapshot(project)["final_video_id"] not in {None, str(project.final_video_id)}


def test_a_track_may_leave_start_and_volume_empty(api: APIClient, project: Project, song: Audio) -> None:
    track = {"audio_id": str(song.pk), "start": None, "volume": None}
    body = {"video_ids": [str(clip_of(project, 0).pk)], "audio_tracks": [track]}
    answer = api.post("/api/mv/stitch-videos", body, format="json")
    job = drive(Job.objects.get(pk=answer.json()["id"]))
    assert job.state == JobState.SUCCEEDED


def test_portraits_name_their_like_in_the_library(owner: User) -> None:
    words: dict[str, Any] = {"owner": owner, "character_description": "a diver with a brass helmet", "num_images": 1}
    first = portraits_request(**words)
    work_off()
    assert first.params["alike"] == []
    assert portraits_request(**words).params["alike"] == [each["id"] for each in first.reserved["images"]]
    assert portraits_request(**words, parameters={"aspect_ratio": "16:9"}).params["alike"] == []


def test_a_project_is_told_once_for_many_scenes(owner: User, django_assert_max_num_queries: Any) -> None:
    project = project_create(owner=owner, idea="A storm", character_description="a sailor", number_of_scenes=30)
    job = run_request(project=project)
    engine.advance(job.pk)
    writing = Job.objects.get(parent=job)
    make_due(writing)
    with django_assert_max_num_queries(30 * 20):  # 12 to keep a scene, 7 to show its draft
        engine.advance(writing.pk)
    assert scenes_of(project).count() == 30


def test_a_rewrite_of_a_scene_that_is_gone_leaves_the_others_alone(project: Project) -> None:
    scene = scenes_of(project)[0]
    job = scene_regenerate(scene=scene)
    scene.delete()
    assert drive(job).state == JobState.FAILED
    assert scenes_of(project).count() == 1
