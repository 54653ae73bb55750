"""Pictures, clips and songs that are named by URL come into the library through the safe fetcher."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from assets.models import Audio, CharacterReference, Video, VideoKind
from assets.services.characters import character_receive
from generation.models import Job
from mvsite.accounts.models import User
from mvsite.accounts.models.hold import RoomHold
from mvsite.common import limits
from tests.support.clips import marker_clip, tone
from tests.support.hostile_server import PUBLIC, HostileServer, hostile_server
from tests.support.people import accounts, person, session
from tests.support.rows import a_song, a_video
from tests.support.tree import ROOT, SOURCE, python_files, short_name

pytestmark = [pytest.mark.django_db, pytest.mark.network_loopback]
KINDS = {".png": "image/png", ".mp3": "audio/mpeg", ".mp4": "video/mp4", ".txt": "audio/mpeg"}


def serving(folder: Path) -> Callable[[bytes, socket.socket], None]:
    def answer(request: bytes, connection: socket.socket) -> None:
        path = folder / request.split()[1].decode().lstrip("/")
        body = path.read_bytes()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {KINDS[path.suffix]}\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)

    return answer


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HostileServer]:
    """Give a public site with a picture, a song, a clip and a text that says it is a song."""
    Image.new("RGB", (64, 64), "teal").save(tmp_path / "face.png")
    tone(tmp_path / "song.mp3", seconds=3)
    marker_clip(tmp_path / "clip.mp4", seconds=1)
    (tmp_path / "text.txt").write_text("la la la")
    with hostile_server(serving(tmp_path)) as server:
        monkeypatch.setattr("mvsite.common.fetch.client.Net", lambda: server.net)
        yield server


def test_picture_by_url_becomes_the_reference(api: APIClient, owner: User, site: HostileServer) -> None:
    body = {"prompt": "x", "reference_image_url": "http://example.com/face.png"}
    answer = api.post("/api/mv/generate_video", body, format="json")
    assert answer.status_code == 202, answer.json()
    picture = CharacterReference.objects.get(owner=owner)
    assert (picture.title, picture.mime) == ("face", "image/png")
    assert Job.objects.get(pk=answer.json()["id"]).params["character_reference_id"] == str(picture.pk)
    assert site.dialled == [PUBLIC]


def test_lipsync_takes_clip_and_song_by_url(api: APIClient, owner: User, site: HostileServer) -> None:
    body = {"video_url": "http://example.com/clip.mp4", "audio_url": "http://example.com/song.mp3"}
    answer = api.post("/api/mv/lipsync", body, format="json", headers={"Idempotency-Key": "k"})
    assert answer.status_code == 202, answer.json()
    params = Job.objects.get(pk=answer.json()["id"]).params
    assert params["source_video_id"] == str(Video.objects.get(owner=owner, kind=VideoKind.UPLOAD).pk)
    assert params["audio_id"] == str(Audio.objects.get(owner=owner).pk)
    again = api.post("/api/mv/lipsync", body, format="json", headers={"Idempotency-Key": "k"})
    assert (again["Idempotent-Replayed"], len(site.dialled)) == ("true", 2)


def test_ids_win_over_urls(api: APIClient, owner: User, site: HostileServer) -> None:
    body = {
        "video_id": str(a_video(owner).pk),
        "audio_id": str(a_song(owner).pk),
        "video_url": "http://example.com/clip.mp4",
        "audio_url": "http://example.com/song.mp3",
    }
    assert api.post("/api/mv/lipsync", body, format="json").status_code == 202
    assert site.dialled == []


def test_text_that_says_it_is_a_song_is_refused(api: APIClient, owner: User, site: HostileServer) -> None:
    body = {"video_id": str(a_video(owner).pk), "audio_url": "http://example.com/text.txt"}
    answer = api.post("/api/mv/lipsync", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, "media:file:type")
    assert not Audio.objects.exists()
    assert not Job.objects.exists()


@pytest.mark.parametrize(("audio", "code"), [("song.mp3", "user:request:invalid"), ("text.txt", "media:file:type")])
def test_what_came_in_for_nothing_is_deleted_again(
    api: APIClient, site: HostileServer, data_dir: Path, audio: str, code: str
) -> None:
    body = {"video_url": "http://example.com/clip.mp4", "audio_url": f"http://example.com/{audio}", "start_time": 60}
    answer = api.post("/api/mv/lipsync", body, format="json")
    assert answer.json()["code"] == code
    assert not Video.objects.exists()
    assert [path for path in (data_dir / "media").rglob("*") if path.is_file()] == []


def test_every_address_that_is_fetched_counts_in_the_minute_of_who_asks(
    settings: Settings, site: HostileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts(settings)
    settings.MV_RATE_FETCH = 3
    monkeypatch.setattr(limits, "_now", lambda: 1_800_000_010.0)
    ada, ben = session(person("ada")), session(person("ben"))
    both = {"video_url": "http://example.com/clip.mp4", "audio_url": "http://example.com/song.mp3"}
    face = {"prompt": "x", "reference_image_url": "http://example.com/face.png"}

    assert ada.post("/api/mv/lipsync", both, format="json").status_code == 202
    assert ada.post("/api/mv/generate_video", face, format="json").status_code == 202
    for address, body in (("/api/mv/generate_video", face), ("/api/mv/lipsync", both)):
        refused = ada.post(address, body, format="json")
        assert (refused.status_code, refused.json()["code"]) == (429, "user:request:throttled")
        assert refused["Retry-After"] == "51"
    assert ada.post("/api/audio/download", {"url": "https://youtu.be/abcdefghijk"}, format="json").status_code == 429
    assert len(site.dialled) == 3
    assert ben.post("/api/mv/generate_video", face, format="json").status_code == 202


def test_what_is_fetched_holds_its_room_while_it_comes(
    settings: Settings, site: HostileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts(settings)
    settings.MV_QUOTA_STORAGE_MB = 1
    ada, held = session(person("ada")), list[int]()

    def receive(**given: Any) -> CharacterReference:
        held.extend(RoomHold.objects.values_list("size_bytes", flat=True))
        assert held == [given["path"].stat().st_size]
        return character_receive(**given)

    monkeypatch.setattr("generation.api.incoming.character_receive", receive)
    face = {"prompt": "x", "reference_image_url": "http://example.com/face.png"}
    assert ada.post("/api/mv/generate_video", face, format="json").status_code == 202
    assert held
    assert not RoomHold.objects.exists()


def test_what_does_not_fit_is_refused_before_it_has_come(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts(settings)
    settings.MV_QUOTA_STORAGE_MB = 1

    def announce(_request: bytes, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 2000000\r\n\r\n")

    with hostile_server(announce) as server:
        monkeypatch.setattr("mvsite.common.fetch.client.Net", lambda: server.net)
        face = {"prompt": "x", "reference_image_url": "http://example.com/face.png"}
        refused = session(person("ada")).post("/api/mv/generate_video", face, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "user:quota:storage")
    assert not RoomHold.objects.exists()


def test_nobody_else_fetches_what_a_person_names() -> None:
    """Whoever calls `fetch_url` must count it: there is one place, and it does."""
    callers = [path for path in python_files(*SOURCE) if "fetch_url(" in path.read_text(encoding="utf-8")]
    assert {short_name(path) for path in callers} == {"generation/api/incoming.py", "mvsite/common/fetch/client.py"}
    assert (ROOT / "generation/api/incoming.py").read_text(encoding="utf-8").count("fetch_url(") == 1
