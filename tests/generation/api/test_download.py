"""Songs from YouTube: the real yt-dlp and its own YouTube extractor, against a site on this machine."""

import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from assets.media.audio import song_seconds
from assets.media.probe import probe
from assets.models import Audio
from generation.models import Job
from generation.pipelines import engine
from mvsite.accounts.models import User
from mvsite.common.floors import FLOORS
from tests.support.downloads import asked, failed, left_behind, site, sound, started
from tests.support.engine import drive, make_due
from tests.support.youtube_site import Request, Site, Video

__all__ = ["site", "sound"]

pytestmark = pytest.mark.django_db
LOGIN = "LOGIN_REQUIRED"


def test_download_keeps_the_sound_as_mp3(
    api: APIClient, site: Site, sound: bytes, settings: Settings, tmp_path: Path
) -> None:
    site.videos["abcdefghijk"] = Video(sound, title="  The\u202e Storm\n")
    job = drive(started(api))
    assert job.state == "succeeded", job.error
    assert job.result is not None
    song = Audio.objects.get()
    assert job.result["audio_id"] == job.reserved["audio_id"] == str(song.pk)
    assert (song.title, song.source, song.mime, song.codec) == ("The Storm", "youtube", "audio/mpeg", "mp3float")
    assert song.metadata["page_url"] == "https://www.youtube.com/watch?v=abcdefghijk"
    assert job.result["duration"] == pytest.approx(4, abs=0.1)
    answer: Any = api.get(job.result["audio_url"])
    kept = tmp_path / "song"
    kept.write_bytes(b"".join(answer.streaming_content))
    assert answer["Content-Type"] == "audio/mpeg"
    assert kept.stat().st_size == job.result["file_size_bytes"]
    assert probe(kept).kind == "mp3"
    assert song_seconds(kept) == pytest.approx(4, abs=0.1)
    assert left_behind(settings) == [settings.MEDIA_ROOT / song.key]


def test_download_goes_on_where_a_dead_worker_stopped(api: APIClient, site: Site, sound: bytes) -> None:
    site.videos["abcdefghijk"] = Video(sound)
    job = drive(started(api))
    song = Audio.objects.get()
    Job.objects.filter(pk=job.pk).update(
        state="running", result=None, finished_at=None
    )  # it died between the row and the last write
    site.asked.clear()
    assert drive(job).state == "succeeded"
    assert (Audio.objects.get(), site.asked) == (song, [])


@pytest.mark.parametrize(
    ("playable", "code"),
    [
        ({"status": LOGIN, "reason": "Private video"}, "user:download:private"),
        ({"status": "ERROR", "reason": "This video has been removed by the uploader"}, "user:download:removed"),
        ({"status": LOGIN, "reason": "Sign in to confirm your age"}, "user:download:age"),
        ({"status": LOGIN, "reason": "Sign in to confirm you\u2019re not a bot"}, "provider:download:bot"),
        ({"status": "LIVE_STREAM_OFFLINE", "reason": "Premieres in 3 hours"}, "user:download:live"),
        ({"status": "UNPLAYABLE", "reason": "This video requires payment to watch"}, "user:download:private"),
        (
            {
                "status": "UNPLAYABLE",
                "reason": "Video unavailable",
                "errorScreen": {
                    "playerErrorMessageRenderer": {
                        "subreason": {"simpleText": "The uploader has not made this video available in your country"}
                    }
                },
            },
            "user:download:region",
        ),
    ],
)
def test_what_youtube_does_not_show_is_said(api: APIClient, site: Site, playable: dict[str, Any], code: str) -> None:
    site.videos["abcdefghijk"] = Video(playable=playable)
    assert failed(drive(started(api))) == code
    assert site.media_asked() == 0


@pytest.mark.parametrize(
    "video",
    [
        Video(only_pictures=True),
        Video(playable={"status": "ERROR", "reason": "The following content is not available on this app"}),
    ],
)
def test_what_yt_dlp_cannot_do_is_not_told_as_removed(api: APIClient, site: Site, video: Video) -> None:
    site.videos["abcdefghijk"] = video
    job = drive(started(api))
    assert failed(job) == "provider:download:failed"
    assert job.error is not None
    for word in ("./studio doctor", "deno", "yt-dlp", "Upload"):
        assert word in job.error["detail"]


def test_unknown_video_is_said(api: APIClient, site: Site) -> None:
    assert failed(drive(started(api, "gonegonegon"))) == "user:download:removed"


def test_live_video_is_not_taken(api: APIClient, site: Site, sound: bytes) -> None:
    site.videos["abcdefghijk"] = Video(sound, details={"isLive": True})
    assert failed(drive(started(api))) == "user:download:live"
    assert site.media_asked() == 0


def test_cookies_of_the_operator_open_what_asks_for_a_proof(
    api: APIClient, site: Site, sound: bytes, settings: Settings, tmp_path: Path
) -> None:
    wall = {"status": LOGIN, "reason": "Sign in to confirm you\u2019re not a bot"}
    site.videos["abcdefghijk"] = Video(sound, playable=wall, needs_cookie="LOGIN_INFO=proof")
    jar = tmp_path / "cookies.txt"
    names = ("LOGIN_INFO", "SAPISID", "__Secure-3PAPISID")
    lines = [f".youtube.com\tTRUE\t/\tTRUE\t2147483647\t{name}\tproof" for name in names]
    jar.write_text("\n".join(["# Netscape HTTP Cookie File", *lines, ""]))
    before = jar.read_bytes()
    settings.MV_YOUTUBE_COOKIES = jar
    copies: list[bool] = []

    def sends(request: Request) -> None:
        copies.extend(b"proof" in path.read_bytes() for path in left_behind(settings))
        request.send(sound, "audio/mp4")

    site.videos["abcdefghijk"].media = sends
    assert drive(started(api)).state == "succeeded"
    assert True not in copies  # a killed worker would leave it lying there
    assert jar.read_bytes() == before
    settings.MV_YOUTUBE_COOKIES = tmp_path / "elsewhere"
    job = drive(started(api))
    assert (job.state, job.error and job.error["code"]) == ("failed", "app:storage:failed")


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/playlist?list=PL0123456789",
        "https://www.youtube.com/@somebody/videos",
        "https://www.youtube.com/results?search_query=x",
        "https://www.youtube.com/watch?v=short",
        "https://youtube.com.example.org/watch?v=abcdefghijk",
        "https://www.youtube.com@example.org/watch?v=abcdefghijk",
        "https://example.org/watch?v=abcdefghijk",
        "http://127.0.0.1/watch?v=abcdefghijk",
        "https://www.youtube.com:8080/watch?v=abcdefghijk",
        "ytsearch:storm",
        "file:///etc/passwd",
        "https://[youtube.com/watch?v=abcdefghijk",
        "--exec id",
    ],
)
def test_what_is_no_link_of_one_video_is_refused_before_anything_is_asked(api: APIClient, site: Site, url: str) -> None:
    answer = asked(api, url)
    assert (answer.status_code, answer.json()["code"]) == (400, "user:download:link")
    assert (site.asked, Job.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.youtube.com/watch?v=abcdefghijk&list=PL0123456789&index=3",
        "http://m.youtube.com/watch?app=desktop&v=abcdefghijk",
        "music.youtube.com/watch?v=abcdefghijk",
        "https://youtu.be/abcdefghijk?si=xyz&t=10",
        "https://www.youtube.com/shorts/abcdefghijk",
        "  https://youtube.com/live/abcdefghijk?feature=share ",
    ],
)
def test_every_way_to_name_a_video_is_taken_alone(api: APIClient, site: Site, url: str) -> None:
    assert Job.objects.get(pk=asked(api, url).json()["id"]).params["video"] == "abcdefghijk"


def test_download_says_that_it_is_not_installed(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yt_dlp", None)
    answer = asked(api, "https://youtu.be/abcdefghijk")
    assert (answer.status_code, answer.json()["code"]) == (400, "user:download:not_installed")
    assert "./studio youtube" in answer.json()["detail"]
    assert not Job.objects.exists()


def test_worker_without_it_ends_the_job_with_the_same_words(
    api: APIClient, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = started(api)
    monkeypatch.setitem(sys.modules, "yt_dlp", None)
    assert failed(drive(job)) == "user:download:not_installed"


def test_version_with_known_holes_is_not_used(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FLOORS, "yt-dlp", "2999.1.1")
    answer = asked(api, "https://youtu.be/abcdefghijk")
    assert answer.json()["code"] == "user:download:not_installed"
    assert "too old" in answer.json()["detail"]


@pytest.mark.django_db(transaction=True)
def test_canceled_download_is_killed_where_it_stands(
    api: APIClient, owner: User, site: Site, settings: Settings
) -> None:
    gone = threading.Event()

    def slowly(request: Request) -> None:
        request.send_response(200)
        request.send_header("Content-Length", "100000000")
        request.end_headers()
        try:
            while not site.over.wait(0.05):
                request.wfile.write(bytes(4096))
        except OSError:
            gone.set()

    site.videos["abcdefghijk"] = Video(media=slowly)
    job = started(api)

    def work() -> None:
        make_due(job)
        engine.advance(job.pk)
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    deadline = time.monotonic() + 20
    while site.media_asked() == 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert api.post(f"/api/mv/jobs/{job.pk}/cancel").status_code in {200, 202}
    worker.join(20)
    assert not worker.is_alive()
    assert gone.wait(5)
    job.refresh_from_db()
    assert (job.state, Audio.objects.count(), left_behind(settings)) == ("canceled", 0, [])
