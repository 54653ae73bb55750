"""Songs of every kind: kept as they came, titled from their tags, playable everywhere, cut without drift."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from assets import storage
from assets.media.ffmpeg import run_ffmpeg
from assets.media.probe import probe
from assets.media.samples import samples
from assets.models import Audio
from assets.services.audio import audio_trim, audio_upload, exact_sound
from mvsite.accounts.models import User
from tests.support.clips import click_wav

pytestmark = pytest.mark.django_db
EVERYWHERE: dict[str, tuple[list[str], str]] = {
    "mp3": ([], "audio/mpeg"),
    "m4a": ([], "audio/mp4"),
    "aac": ([], "audio/aac"),
    "wav": ([], "audio/wav"),
    "flac": ([], "audio/flac"),
}
NOT_EVERYWHERE = {
    "ogg": (["-c:a", "libvorbis"], "audio/ogg"),
    "opus": ([], "audio/ogg"),
    "webm": (["-c:a", "libopus"], "audio/webm"),
    "alac.m4a": (["-c:a", "alac"], "audio/mp4"),
}
KINDS = EVERYWHERE | NOT_EVERYWHERE
HOSTILE = {
    "list.mp3": b"#EXTM3U\n#EXTINF:4,\nfile:///etc/passwd\n",
    "list.wav": b"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\nsecret.ts\n",
    "concat.flac": b"ffconcat version 1.0\nfile 'secret.wav'\n",
    "sdp.ogg": b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n",
    "dash.m4a": b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>',
    "svg.opus": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://127.0.0.1/x"/></svg>',
    "page.webm": b"<html></html>",
    "tag.mp3": b"ID3\x03\x00\x00\x00\x00\x00\x0a" + bytes(10) + b"#EXTM3U\nfile:///etc/passwd\n" * 20,
    "head.ogg": b"OggS" + bytes(200),
    "head.wav": b"RIFF\x24\x00\x00\x00WAVEfmt ",
    "head.webm": b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\xf2\x81\x04B\xf3\x81\x08B\x82\x84webm" + bytes(64),
}


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kinds")
    wav = click_wav(folder / "source.wav")
    tags = ["-metadata", "title=Storm dance", "-metadata", "artist=The Keepers"]
    for name, (words, _) in KINDS.items():
        run_ffmpeg(["-i", str(wav), *words, *tags, str(folder / f"song.{name}")], timeout=30)
    return folder


def sent(api: APIClient, name: str, content: bytes, **words: str) -> Any:
    body = {"file": SimpleUploadedFile(name, content), **words}
    return api.post("/api/audio/upload", body, format="multipart")


def heard(path: Path) -> float:
    sound = np.concatenate(list(samples(path, rate=48_000, layout="mono")), axis=1)[0]
    return int(np.flatnonzero(np.abs(sound) > 0.25)[0]) / 48_000


@pytest.mark.parametrize("kind", KINDS)
def test_song_is_kept_as_it_came_and_plays_everywhere(api: APIClient, songs: Path, tmp_path: Path, kind: str) -> None:
    content = (songs / f"song.{kind}").read_bytes()
    answer = sent(api, f"track 7.{kind}", content)
    told = answer.json()
    assert answer.status_code == 201, told
    song = Audio.objects.get(pk=told["audio_id"])
    assert storage.open_file(song.key).read() == content
    assert song.mime == KINDS[kind][1]
    assert song.title == ("track 7" if kind == "aac" else "The Keepers - Storm dance")  # plain AAC carries no tags
    assert told["duration"] == pytest.approx(8, abs=0.05)
    played: Any = api.get(told["metadata"]["play_url"])
    (tmp_path / "played").write_bytes(b"".join(played.streaming_content))
    assert played.status_code == 200
    assert played["Content-Type"] == (KINDS[kind][1] if kind in EVERYWHERE else "audio/mpeg")
    assert probe(tmp_path / "played").kind == (kind if kind in EVERYWHERE else "mp3")
    assert heard(tmp_path / "played") == pytest.approx(4, abs=0.06)
    assert api.get(f"/api/audio/{song.pk}/").json()["play_url"] == told["metadata"]["play_url"]


def test_title_that_is_given_goes_before_the_tags(api: APIClient, songs: Path) -> None:
    assert sent(api, "x.mp3", (songs / "song.mp3").read_bytes(), title="Mine").json()["title"] == "Mine"


def test_tags_in_another_script_are_no_reason_to_refuse_a_song(api: APIClient, songs: Path) -> None:
    content = (songs / "song.wav").read_bytes().replace(b"Storm dance", b"St\xf6rm danc\xe9")
    answer = sent(api, "x.wav", content)
    assert answer.status_code == 201, answer.json()
    assert "rm danc" in answer.json()["title"]


@pytest.mark.parametrize("name", HOSTILE)
def test_what_only_looks_like_a_song_is_refused_and_leaves_nothing(api: APIClient, vault: Path, name: str) -> None:
    answer = sent(api, name, HOSTILE[name])
    assert answer.status_code == 422, answer.json()
    assert answer.json()["code"] in {"media:file:type", "media:file:unreadable"}
    assert not Audio.objects.exists()
    assert [path for path in vault.rglob("*") if path.is_file()] == []


def test_film_in_webm_is_no_song(api: APIClient, tmp_path: Path) -> None:
    film = tmp_path / "film.webm"
    run_ffmpeg(["-f", "lavfi", "-i", "testsrc=d=1:s=64x64", "-c:v", "libvpx", str(film)], timeout=30)
    assert sent(api, "film.webm", film.read_bytes()).json()["code"] == "media:file:type"


@pytest.mark.parametrize("kind", ["mp3", "aac", "opus", "wav"])
def test_cuts_of_cuts_stay_within_one_packet_and_sound_exact_where_it_counts(
    owner: User, songs: Path, kind: str
) -> None:
    first = song = audio_upload(owner=owner, path=songs / f"song.{kind}")
    for _ in range(6):
        song = audio_trim(id=uuid4(), source=song, start_ms=501)
    assert (song.original, song.start_ms, song.metadata["format"]) == (first, 3006, kind)
    with storage.local_path(first.key) as path:
        begins = heard(path)
    with storage.local_path(song.key) as path:
        assert heard(path) == pytest.approx(begins - 3.006, abs=0.017)
    with exact_sound(song) as path:
        assert heard(path) == pytest.approx(begins - 3.006, abs=0.001)


def test_cut_goes_on_by_itself_when_its_original_is_gone(owner: User, songs: Path) -> None:
    first = audio_upload(owner=owner, path=songs / "song.mp3")
    song = audio_trim(id=uuid4(), source=first, start_ms=1000)
    storage.delete(first.key)
    inner = audio_trim(id=uuid4(), source=song, start_ms=1000, end_ms=5000)
    assert (inner.start_ms, inner.end_ms) == (2000, 6000)
    with storage.local_path(inner.key) as path:
        assert heard(path) == pytest.approx(2, abs=0.034)
