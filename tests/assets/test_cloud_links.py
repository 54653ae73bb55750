"""What clients get when files are served from a bucket: addresses that work alone, for 15 minutes, for one file."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from email.message import Message
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from assets.models import CloudCopy, Video, VideoKind
from assets.services.videos import video_create_from_file
from assets.storage import delete, in_cloud
from mvsite.accounts.models import User
from tests.support.clips import marker_clip, tone
from tests.support.s3_server import S3Server, s3_server

pytestmark = [pytest.mark.django_db, pytest.mark.network_loopback]


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with s3_server() as running:
        yield running


@pytest.fixture(autouse=True)
def bucket(server: S3Server, settings: Settings) -> Iterator[S3Server]:
    server.set_on(settings, serve=True)
    yield server
    server.gate.ahead = timedelta()


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return marker_clip(tmp_path_factory.mktemp("film") / "clip.mp4", seconds=1)


@pytest.fixture
def clip(owner: User, film: Path) -> Video:
    return video_create_from_file(id=uuid4(), owner=owner, kind=VideoKind.CLIP, path=film, title="Storm / 1")


def fetched(url: str, method: str = "GET", **headers: str) -> tuple[int, Message, bytes]:
    """Fetch as a stranger does: no key, no cookie."""
    asked = urllib.request.Request(url, method=method, headers=headers)  # noqa: S310 - an address of our own server
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - as above
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def address_of(api: APIClient, clip: Video, query: str = "") -> str:
    answer = api.get(f"/api/mv/get_video/{clip.pk}{query}")
    assert (answer.status_code, answer["Cache-Control"]) == (302, "private, no-store")
    return str(answer["Location"])


def test_a_video_is_fetched_with_nothing_but_its_address(api: APIClient, clip: Video, film: Path) -> None:
    status, headers, body = fetched(address_of(api, clip))
    assert (status, body) == (200, film.read_bytes())
    assert headers["Content-Type"] == "video/mp4"
    assert headers["Content-Disposition"] == 'inline; filename="Storm - 1.mp4"'
    status, _, part = fetched(address_of(api, clip), Range="bytes=100-199")
    assert (status, part) == (206, film.read_bytes()[100:200])
    assert fetched(address_of(api, clip), Authorization="Bearer of-the-studio")[0] == 400  # S3 wants one of both
    _, headers, _ = fetched(address_of(api, clip, "?download=true"))
    assert headers["Content-Disposition"] == 'attachment; filename="Storm - 1.mp4"'


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST", "HEAD"])
def test_an_address_reads_and_does_nothing_else(api: APIClient, clip: Video, method: str) -> None:
    assert fetched(address_of(api, clip), method)[0] == 403


def test_the_address_that_a_head_is_sent_to_answers_a_head(api: APIClient, clip: Video, film: Path) -> None:
    answer = api.head(f"/api/mv/get_video/{clip.pk}?download=true")
    assert answer.status_code == 302
    status, headers, body = fetched(answer["Location"], "HEAD")
    assert (status, body, headers["Content-Length"]) == (200, b"", str(film.stat().st_size))
    assert headers["Content-Type"] == "video/mp4"
    assert "response-content-disposition=attachment" in answer["Location"]  # the test's server ignores it in a HEAD
    assert fetched(answer["Location"])[0] == 403


def test_changed_addresses_are_refused(api: APIClient, clip: Video, owner: User, film: Path) -> None:
    other = video_create_from_file(id=uuid4(), owner=owner, kind=VideoKind.CLIP, path=film)
    url = address_of(api, clip)
    signature = url.partition("X-Amz-Signature=")[2]
    turned = ("1" if signature[0] == "0" else "0") + signature[1:]
    for changed in (
        url.replace(clip.key, other.key),
        url.replace("X-Amz-Expires=900", "X-Amz-Expires=9000"),
        url.replace("video%2Fmp4", "text%2Fhtml"),
        url.replace("Storm", "Other"),
        url.replace(signature, turned),
        url.partition("?")[0],
    ):
        assert changed != url
        assert fetched(changed)[0] == 403, changed
    assert fetched(url)[0] == 200


def test_an_address_ends_after_900_seconds(api: APIClient, clip: Video, bucket: S3Server) -> None:
    url = address_of(api, clip)
    bucket.gate.ahead = timedelta(seconds=890)
    assert fetched(url)[0] == 200
    bucket.gate.ahead = timedelta(seconds=905)
    assert fetched(url)[0] == 403
    bucket.gate.ahead = timedelta()
    assert fetched(address_of(api, clip))[0] == 200


def test_redirect_false_tells_the_address(api: APIClient, clip: Video, film: Path) -> None:
    answer = api.get(f"/api/mv/get_video/{clip.pk}?redirect=false")
    assert answer.status_code == 200
    assert list(answer.json()) == ["video_url"]
    assert fetched(answer.json()["video_url"])[2] == film.read_bytes()
    assert list(api.get(f"/api/mv/get_video/{clip.pk}?size=thumb&redirect=false").json()) == ["image_url"]
    assert api.get(f"/api/mv/get_video/{clip.pk}?redirect=perhaps").status_code == 400


def test_songs_and_portraits_are_sent_to_the_bucket_too(api: APIClient, tmp_path: Path) -> None:
    song = sent(api, "/api/audio/upload", tone(tmp_path / "song.mp3", seconds=1))
    assert song["audio_url"] == f"/api/audio/get/{song['audio_id']}"
    assert fetched(song["metadata"]["cloud_url"])[1]["Content-Type"] == "audio/mpeg"
    assert list(api.get(song["audio_url"] + "?redirect=false").json()) == ["audio_url"]
    assert fetched(api.get(song["audio_url"])["Location"])[0] == 200


def sent(api: APIClient, address: str, path: Path) -> dict[str, Any]:
    answer = api.post(address, {"file": SimpleUploadedFile(path.name, path.read_bytes())}, format="multipart")
    assert answer.status_code == 201
    told: dict[str, Any] = answer.data
    return told


def test_an_upload_tells_the_three_addresses(api: APIClient, film: Path, settings: Settings) -> None:
    for serve in (True, False):
        settings.SERVE_FROM_CLOUD = serve
        told = sent(api, "/api/mv/videos/upload", film)
        facts = told["metadata"]
        assert facts["cloud_urls"] == [facts["cloud_url"]]
        assert fetched(facts["cloud_url"])[0] == 200
        assert facts["local_video_url"] == f"/api/mv/get_video/{told['video_id']}"
        assert told["video_url"] == (facts["cloud_url"] if serve else facts["local_video_url"])
        listed = api.get("/api/mv/videos/").data["results"][0]
        assert listed["video_url"].partition("?")[0] == told["video_url"].partition("?")[0]
        assert fetched(api.get(f"{facts['local_video_url']}/info").data["cloud_url"])[0] == 200


def test_with_serving_from_here_the_file_comes_from_here(api: APIClient, clip: Video, settings: Settings) -> None:
    settings.SERVE_FROM_CLOUD = False
    assert api.get(f"/api/mv/get_video/{clip.pk}").status_code == 200
    assert api.get(f"/api/mv/get_video/{clip.pk}?redirect=false")["Content-Type"] == "video/mp4"


def test_an_upload_that_failed_is_served_from_here_and_says_so(api: APIClient, film: Path, bucket: S3Server) -> None:
    bucket.stop()
    try:
        told = sent(api, "/api/mv/videos/upload", film)
        assert told["video_url"] == told["metadata"]["local_video_url"]
        assert (told["metadata"]["cloud_url"], told["metadata"]["cloud_urls"]) == (None, [])
        assert "uploaded later" in told["metadata"]["warnings"][0]
        assert api.get(told["video_url"]).status_code == 200
    finally:
        bucket.start()


def test_while_the_bucket_fails_what_is_here_is_served(
    api: APIClient, clip: Video, bucket: S3Server, film: Path
) -> None:
    bucket.stop()
    try:
        sent(api, "/api/mv/videos/upload", film)  # learns that the bucket is away
        assert api.get(f"/api/mv/get_video/{clip.pk}").status_code == 200
    finally:
        bucket.start()


def test_what_is_only_in_the_bucket_is_503_while_that_is_away(
    api: APIClient, clip: Video, bucket: S3Server, vault: Path, settings: Settings
) -> None:
    settings.SERVE_FROM_CLOUD = False
    (vault / clip.key).unlink()
    bucket.stop()
    try:
        answer = api.get(f"/api/mv/get_video/{clip.pk}")
        assert (answer.status_code, answer.json()["code"]) == (503, "app:storage:away")
    finally:
        bucket.start()
    assert api.get(f"/api/mv/get_video/{clip.pk}").status_code == 200


def test_a_repeated_upload_gets_an_address_that_works_today(api: APIClient, film: Path, bucket: S3Server) -> None:
    headers: dict[str, Any] = {"HTTP_IDEMPOTENCY_KEY": uuid4().hex}
    form = {"file": SimpleUploadedFile("clip.mp4", film.read_bytes())}
    first = api.post("/api/mv/videos/upload", form, format="multipart", **headers)
    form = {"file": SimpleUploadedFile("clip.mp4", film.read_bytes())}
    again = api.post("/api/mv/videos/upload", form, format="multipart", **headers)
    assert again["Idempotent-Replayed"] == "true"
    assert again.data["video_id"] == first.data["video_id"]
    assert fetched(again.data["video_url"])[0] == 200
    assert len([name for name in bucket.names() if first.data["video_id"] in name]) == 2  # film and poster, once


def test_a_deleted_file_leaves_nothing_in_the_bucket(clip: Video, bucket: S3Server) -> None:
    assert in_cloud(clip.key)
    delete(clip.key)
    assert clip.key not in bucket.names()
    assert not CloudCopy.objects.filter(pk=clip.key).exists()
