"""Cuts as jobs: cuts of cuts, two at once, into the bucket, and what a lip-sync hears under a cut."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from assets import storage
from assets.media import audio as sound
from assets.media.ffmpeg import run_ffmpeg
from assets.media.samples import samples
from assets.models import Audio, VideoKind
from assets.services.audio import audio_upload
from assets.services.videos import video_create_from_file
from generation.models import Job
from generation.pipelines import engine
from generation.services.audio import trim_request
from generation.services.lipsync import lipsync_request
from mvsite.accounts.models import User
from tests.support.clips import MARK, click_wav, marker_clip
from tests.support.engine import drive, make_due
from tests.support.s3_server import s3_server
from tests.support.threads import at_once


@pytest.fixture
def song(owner: User, tmp_path: Path) -> Audio:
    """Give 8 s with one click at 4 s, as MP3: it can be cut between packets only."""
    run_ffmpeg(["-i", str(click_wav(tmp_path / "click.wav")), str(tmp_path / "song.mp3")], timeout=30)
    return audio_upload(owner=owner, path=tmp_path / "song.mp3")


def heard(path: Path) -> float:
    """Give the second at which the click is heard."""
    wave = np.concatenate(list(samples(path, rate=48_000, layout="mono")), axis=1)[0]
    return int(np.flatnonzero(np.abs(wave) > 0.25)[0]) / 48_000


def trimmed(api: APIClient, audio_id: Any, **words: int) -> dict[str, Any]:
    answer = api.post("/api/audio/trim", {"audio_id": str(audio_id), **words}, format="json")
    assert answer.status_code == 202, answer.data
    job = drive(Job.objects.get(pk=answer.data["id"]))
    assert job.state == "succeeded", job.error
    result: dict[str, Any] = job.result or {}
    return result


@pytest.mark.django_db
def test_a_cut_of_a_cut_names_the_first_song_and_the_whole_start(api: APIClient, song: Audio) -> None:
    outer = trimmed(api, song.pk, start_at=1)
    inner = trimmed(api, outer["audio_id"], start_ms=500, end_ms=3500)
    deepest = trimmed(api, inner["audio_id"], start_at=1)
    assert [each["original_audio_id"] for each in (outer, inner, deepest)] == [str(song.pk)] * 3
    assert [each["start_at"] for each in (outer, inner, deepest)] == [1, 1.5, 2.5]
    assert [each["metadata"]["start_at"] for each in (outer, inner, deepest)] == [1, 1.5, 2.5]


@pytest.mark.django_db(transaction=True)
def test_two_cuts_of_one_song_at_once_are_both_right(owner: User, song: Audio) -> None:
    starts = (1000, 2500)
    cuts = [trim_request(owner=owner, audio_id=song.pk, start_ms=start) for start in starts]
    for job in cuts:
        make_due(job)

    def advance(job: Job) -> Callable[[], bool]:
        return lambda: engine.advance(job.pk)

    at_once(*map(advance, cuts))
    for job, start in zip(cuts, starts, strict=True):
        cut = Audio.objects.get(pk=drive(job).reserved["audio_id"])
        assert (cut.original, cut.start_ms) == (song, start)
        with storage.local_path(cut.key) as path:
            assert heard(path) == pytest.approx(MARK - start / 1000, abs=0.035)
    with storage.local_path(song.key) as path:
        assert storage.describe(song.key).sha256 == song.sha256
        assert heard(path) == pytest.approx(MARK, abs=0.035)


@pytest.mark.django_db
@pytest.mark.network_loopback
def test_a_cut_goes_to_the_bucket_when_there_is_one(api: APIClient, song: Audio, settings: Settings) -> None:
    with s3_server() as server:
        server.set_on(settings, serve=True)
        cut = Audio.objects.get(pk=trimmed(api, song.pk, start_at=2)["audio_id"])
        assert storage.in_cloud(cut.key)
        assert server.read(cut.key) == storage.open_file(cut.key).read()


@pytest.mark.django_db
def test_a_lip_sync_hears_its_window_in_the_song_behind_a_cut(
    api: APIClient, owner: User, song: Audio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_id: Any = song.pk
    for _ in range(5):
        cut_id = trimmed(api, cut_id, start_ms=501)["audio_id"]
    cut = sound.cut

    def kept(source: Path, target: Path, **words: Any) -> Any:
        done = cut(source, target, **words)
        shutil.copyfile(target, tmp_path / "window.wav")
        return done

    monkeypatch.setattr("generation.pipelines.lipsync.sound.cut", kept)
    film = marker_clip(tmp_path / "clip.mp4", seconds=1)
    video = video_create_from_file(id=song.pk, owner=owner, kind=VideoKind.CLIP, path=film, title="Take", metadata={})
    job = lipsync_request(owner=owner, video_id=video.pk, audio_id=cut_id, start_time=1.0, end_time=2.0)
    assert drive(job).state == "succeeded"
    assert heard(tmp_path / "window.wav") == pytest.approx(MARK - 5 * 0.501 - 1.0, abs=0.001)
