"""Asking for songs of a site that stands for YouTube, and looking at what became of it."""

from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from assets.media.ffmpeg import run_ffmpeg
from assets.models import Audio
from generation.models import Job
from tests.support.youtube_site import Site, youtube_site

ALL_OF_IT = [ip_network("0.0.0.0/0"), ip_network("::/0")]


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Four seconds of AAC in the fragmented MP4 that YouTube sends."""
    path = tmp_path_factory.mktemp("sound") / "sound.m4a"
    words = ["-c:a", "aac", "-movflags", "frag_keyframe+empty_moov+dash", "-brand", "dash", "-f", "mp4", str(path)]
    run_ffmpeg(["-f", "lavfi", "-i", "sine=330:d=4:r=44100", "-ac", "2", *words], timeout=30)
    return path.read_bytes()


@pytest.fixture
def site(settings: Settings) -> Iterator[Site]:
    """The site; besides it nothing can be reached, not even a public address."""
    with youtube_site() as serving:
        settings.MV_YOUTUBE_BASE_URL = serving.url
        settings.MV_FETCH_DENY = ALL_OF_IT
        yield serving


def asked(api: APIClient, url: str) -> Any:
    return api.post("/api/audio/download", {"url": url}, format="json")


def started(api: APIClient, video: str = "abcdefghijk") -> Job:
    answer = asked(api, f"https://youtu.be/{video}")
    assert answer.status_code == 202, answer.json()
    assert answer.json()["kind"] == "download"
    assert answer.json()["audio_id"] == answer.json()["result"]["audio_id"]
    return Job.objects.get(pk=answer.json()["id"])


def failed(job: Job) -> str:
    """Check that a job failed and that nothing of it stayed; return the code."""
    assert (job.state, Audio.objects.count()) == ("failed", 0), job.error
    assert job.error is not None
    return str(job.error["code"])


def left_behind(settings: Settings) -> list[Path]:
    return [path for root in (settings.MV_TEMP_DIR, settings.MEDIA_ROOT) for path in root.rglob("*") if path.is_file()]
