"""What a download may not do: take too much, follow redirects into our own network, keep what is no sound."""

import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from assets.media.ffmpeg import run_ffmpeg
from assets.sources.youtube import fetching
from assets.sources.youtube.installed import js_runtime
from mvsite.common.process import Limits, run
from tests.support.downloads import failed, left_behind, site, sound, started
from tests.support.engine import drive
from tests.support.hostile_server import hostile_server
from tests.support.youtube_site import Request, Site, Video

__all__ = ["site", "sound"]
pytestmark = pytest.mark.django_db
_MB = 1 << 20


def test_video_that_is_too_long_is_not_fetched(api: APIClient, site: Site, sound: bytes) -> None:
    site.videos["abcdefghijk"] = Video(sound, seconds=15 * 60 + 1)
    job = drive(started(api))
    assert failed(job) == "media:file:too_long"
    assert job.error is not None
    assert "15 minutes" in job.error["detail"]
    assert site.media_asked() == 0


def test_sound_that_is_longer_than_it_says_is_thrown_away(
    api: APIClient, site: Site, settings: Settings, tmp_path: Path
) -> None:
    run_ffmpeg(["-f", "lavfi", "-i", "anullsrc=r=8000:d=70", "-c:a", "aac", str(tmp_path / "long.m4a")], timeout=30)
    settings.MV_MAX_AUDIO_MINUTES = 1
    site.videos["abcdefghijk"] = Video((tmp_path / "long.m4a").read_bytes(), seconds=4)
    assert failed(drive(started(api))) == "media:file:too_long"
    assert left_behind(settings) == []


def without_an_end(request: BaseHTTPRequestHandler) -> None:
    """Send more than 1 MB without saying how much it will be."""
    request.close_connection = True
    request.send_response(200)
    request.end_headers()
    for _ in range(400):
        request.wfile.write(bytes(16_384))


@pytest.mark.parametrize("media", [None, without_an_end])
def test_sound_that_is_too_large_is_stopped(
    api: APIClient, site: Site, settings: Settings, media: Callable[[Request], None] | None
) -> None:
    settings.MV_FETCH_MAX_MB = 1
    site.videos["abcdefghijk"] = Video(bytes(3_000_000), media=media)
    assert failed(drive(started(api))) == "user:download:too_large"
    assert left_behind(settings) == []


def test_page_that_takes_too_much_memory_ends_the_job(
    api: APIClient, site: Site, sound: bytes, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    packer = zlib.compressobj(1, wbits=31)
    page = b"".join([*(packer.compress(bytes(_MB)) for _ in range(300)), packer.flush()])
    assert len(page) < 5 * _MB
    monkeypatch.setattr(fetching, "MEMORY", 250 * _MB)
    packed = {"Content-Encoding": "gzip"}
    sends = Video(sound, watch=lambda request: request.send(page, "text/html", status=200, **packed))
    site.videos["abcdefghijk"] = sends
    job = drive(started(api))
    assert failed(job) == "provider:download:failed"
    assert job.error is not None
    assert "more memory than a download may use" in job.error["detail"]
    assert left_behind(settings) == []


def test_deno_works_within_a_limit_of_what_it_can_write_to() -> None:
    script = (
        "const all = []; for (let i = 0; i < 8; i++) all.push(new Uint8Array(1 << 26).fill(1)); console.log('done')"
    )

    def said(limit: int) -> bytes:
        return run([js_runtime(), "eval", script], timeout=60, limits=Limits(data=limit), check=False).stdout

    assert said(fetching.MEMORY) == b"done\n"
    assert said(fetching.MEMORY // 4) == b""


def test_403_of_the_sound_is_said(api: APIClient, site: Site) -> None:
    site.videos["abcdefghijk"] = Video(media=lambda request: request.send(b"", "text/plain", status=403))
    assert failed(drive(started(api))) == "provider:download:forbidden"


def test_busy_site_is_asked_again_and_then_given_up(api: APIClient, site: Site, sound: bytes) -> None:
    answers = iter([503] * 4)

    def busy_for_a_while(request: Request) -> None:
        status = next(answers, 0)
        if status:
            request.send(b"", "text/plain", status=status)
        else:
            request.send(sound, "audio/mp4")

    site.videos["abcdefghijk"] = Video(sound, media=lambda request: request.send(b"", "text/plain", status=503))
    job = drive(started(api))
    assert failed(job) == "provider:download:busy"
    first = site.media_asked()
    assert first >= 5
    site.videos["abcdefghijk"] = Video(sound, media=busy_for_a_while)
    assert drive(started(api)).state == "succeeded"


@pytest.mark.parametrize("content", [b"#EXTM3U\n#EXTINF:4,\nfile:///etc/passwd\n", b"<html>no</html>", b""])
def test_what_is_no_sound_is_not_kept(api: APIClient, site: Site, settings: Settings, content: bytes) -> None:
    site.videos["abcdefghijk"] = Video(content or b"x", media=lambda request: request.send(content, "audio/mp4"))
    code = failed(drive(started(api)))
    assert code in ({"media:file:type"} if content else {"provider:download:failed", "provider:download:busy"})
    assert left_behind(settings) == []


@pytest.mark.parametrize(
    "where",
    [
        "http://127.0.0.1:{port}/",
        "http://[::1]:{port}/",
        "http://localhost:{port}/x",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://0.0.0.0:{port}/",
    ],
)
def test_redirect_to_a_private_address_is_not_followed(
    api: APIClient, site: Site, settings: Settings, where: str
) -> None:
    settings.MV_FETCH_DENY = []  # our table of addresses alone must do
    with hostile_server(lambda _, connected: connected.sendall(b"HTTP/1.0 200 OK\r\n\r\nsecret")) as canary:
        place = where.format(port=canary.port)
        site.videos["abcdefghijk"] = Video(
            media=lambda request: request.send(b"", "text/plain", status=302, Location=place)
        )
        assert failed(drive(started(api))) == "user:url:refused"
        assert canary.requests == []


def test_sound_that_came_in_spite_of_a_refused_address_is_kept(api: APIClient, site: Site, sound: bytes) -> None:
    places = iter(["http://10.0.0.1/"])

    def once_astray(request: Request) -> None:
        place = next(places, "")
        if place:
            request.send(b"", "text/plain", status=302, Location=place)
        else:
            request.send(sound, "audio/mp4")

    site.videos["abcdefghijk"] = Video(sound, media=once_astray)
    assert drive(started(api)).state == "succeeded"
    assert next(places, "") == ""


def test_redirect_to_a_file_is_not_followed(api: APIClient, site: Site) -> None:
    site.videos["abcdefghijk"] = Video(
        media=lambda request: request.send(b"", "text/plain", status=302, Location="file:///etc/passwd")
    )
    assert failed(drive(started(api))).startswith("provider:download:")
