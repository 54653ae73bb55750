"""Files from outside are decoded by a child with limits: what breaks it is refused, and whoever asked lives on."""

import json
import os
import resource
import signal
import struct
import threading
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

from assets.media import checkup, sprite, waveform
from assets.media.analysis import SongAnalysis, analyse
from assets.media.checkup import check_film, check_song, clean_picture
from assets.media.errors import MediaProblem
from assets.media.ffmpeg import run_ffmpeg
from assets.media.probe import probe
from assets.media.sprite import Strip
from mvsite.common.process import Limits
from tests.support.clips import marker_clip, tone
from tests.support.hostile_files import png

MINUTE = 60.0
SONG = {"codec": "mp3", "sample_rate": 48_000, "channels": 2, "seconds": 3.0, "name": ""}


@pytest.fixture
def large_picture(tmp_path: Path) -> Path:
    """Write 39 million pixels in a few KB; they need 160 MB and more to be written anew."""
    path = tmp_path / "large.png"
    path.write_bytes(png(6_500, 6_000))
    return path


@pytest.fixture
def lying_song(tmp_path: Path) -> Path:
    """Write a song of 70 s whose box says that its clock runs sixty times faster: about one second."""
    path = tmp_path / "lying.m4a"
    run_ffmpeg(["-f", "lavfi", "-i", "anullsrc=r=8000:d=70", "-c:a", "aac", "-f", "ipod", str(path)], timeout=60)
    content = bytearray(path.read_bytes())
    clock = content.index(b"mdhd") + 16
    assert content[clock : clock + 4] == (8_000).to_bytes(4, "big")
    content[clock : clock + 4] = (480_000).to_bytes(4, "big")
    path.write_bytes(content)
    return path


def test_what_the_child_tells_is_what_is_in_the_file(tmp_path: Path) -> None:
    tone(tmp_path / "song.mp3", seconds=3)
    song = check_song(tmp_path / "song.mp3", longest=MINUTE)
    assert song.codec == "mp3float"
    assert song.seconds == pytest.approx(3, abs=0.1)
    marker_clip(tmp_path / "clip.mp4", seconds=1)
    film = check_film(tmp_path / "clip.mp4", poster=tmp_path / "poster.jpg", longest=MINUTE)
    assert (film.kind, film.codec, film.frames) == ("mp4", "h264", 24)
    assert (tmp_path / "poster.jpg").read_bytes()[:2] == b"\xff\xd8"


def test_the_child_writes_what_this_process_would(tmp_path: Path) -> None:
    song, film = tone(tmp_path / "song.wav", seconds=12), marker_clip(tmp_path / "clip.mp4", seconds=5)
    strip = Strip.of(5, 1280, 720)
    checkup.write_strip(film, tmp_path / "strip", strip)
    sprite.write_strip(film, tmp_path / "own strip", strip)
    assert (tmp_path / "strip").read_bytes() == (tmp_path / "own strip").read_bytes()
    checkup.write_peaks(song, tmp_path / "peaks")
    assert waveform.read_curve(tmp_path / "peaks", 7) == waveform.waveform(song, buckets=7)
    checkup.write_analysis(song, tmp_path / "analysis")
    assert SongAnalysis.from_dict(json.loads((tmp_path / "analysis").read_bytes())) == analyse(song)


@pytest.mark.parametrize(("size", "seconds"), [((1280, 720), 20), ((3840, 2160), 2)])
def test_a_long_and_a_large_film_get_their_strips_within_the_limits(
    tmp_path: Path, size: tuple[int, int], seconds: int
) -> None:
    film = marker_clip(tmp_path / "clip.mp4", seconds=seconds, size=size)
    checkup.write_strip(film, tmp_path / "strip", Strip.of(seconds, *size))
    with Image.open(tmp_path / "strip") as drawn:
        assert drawn.size == (160 * min(10, seconds), 90 * max(1, seconds // 10))


@pytest.mark.parametrize("what", ["strip", "peaks", "analysis"])
def test_a_file_that_breaks_what_is_drawn_from_it_breaks_the_child_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, what: str
) -> None:
    song, film = tone(tmp_path / "song.wav", seconds=12), marker_clip(tmp_path / "clip.mp4", seconds=5)
    write = {
        "strip": partial(checkup.write_strip, film, strip=Strip.of(5, 1280, 720)),
        "peaks": partial(checkup.write_peaks, song),
        "analysis": partial(checkup.write_analysis, song),
    }[what]
    monkeypatch.setattr(checkup, "LIMITS", Limits(memory=120 << 20))
    with pytest.raises(MediaProblem, match="unreadable"):
        write(target=tmp_path / "target")


@pytest.mark.parametrize("kept", [b"", b"x", b"\xff" * 10, struct.pack("<dH", float("inf"), 1)])
def test_what_a_child_writes_of_a_song_is_read_before_it_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kept: bytes
) -> None:
    (tmp_path / "target").write_bytes(kept)
    monkeypatch.setattr(checkup, "run", lambda *_, **__: SimpleNamespace(stdout=b"{}"))
    for write in (checkup.write_peaks, checkup.write_analysis):
        with pytest.raises(MediaProblem, match="unreadable"):
            write(tmp_path / "song.wav", tmp_path / "target")


def test_what_a_song_says_of_its_length_counts_for_nothing(lying_song: Path) -> None:
    assert probe(lying_song).duration < 2
    with pytest.raises(MediaProblem, match="too_long: at most 1 minutes"):
        check_song(lying_song, longest=MINUTE)
    assert check_song(lying_song, longest=2 * MINUTE).channels


@pytest.mark.parametrize("limits", [Limits(memory=300 << 20), Limits(file_size=10_000)])
def test_a_bomb_breaks_the_child_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, large_picture: Path, limits: Limits
) -> None:
    monkeypatch.setattr(checkup, "LIMITS", limits)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises((MediaProblem, OSError)):
        clean_picture(large_picture, tmp_path / "clean")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 << 10  # KiB


def test_a_child_that_computes_for_too_long_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    Image.new("RGB", (6_500, 6_000)).save(tmp_path / "large.webp", quality=1, method=0)  # written anew it takes seconds
    monkeypatch.setattr(checkup, "LIMITS", Limits(cpu_seconds=1))
    with pytest.raises(MediaProblem, match="what a file may use of time"):
        clean_picture(tmp_path / "large.webp", tmp_path / "clean")


def test_a_child_that_takes_too_long_is_killed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, large_picture: Path
) -> None:
    monkeypatch.setattr(checkup, "SECONDS", 0.2)
    with pytest.raises(MediaProblem, match="what a file may use of time"):
        clean_picture(large_picture, tmp_path / "clean")
    assert children() == []


def test_a_child_that_somebody_kills_is_a_refusal(tmp_path: Path, large_picture: Path) -> None:
    def kill() -> None:
        while not (found := children()):
            time.sleep(0.01)
        os.kill(found[0], signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(MediaProblem, match="unreadable"):
        clean_picture(large_picture, tmp_path / "clean")
    killer.join()


@pytest.mark.django_db
def test_an_upload_that_kills_its_child_is_422_and_the_next_one_is_taken(
    api: APIClient, monkeypatch: pytest.MonkeyPatch, data_dir: Path, tmp_path: Path, large_picture: Path
) -> None:
    tone(tmp_path / "song.mp3", seconds=3)
    with monkeypatch.context() as patch:
        patch.setattr(checkup, "LIMITS", Limits(memory=300 << 20))
        refused = sent(api, "/api/mv/characters/upload", large_picture)
    assert (refused.status_code, refused.json()["code"]) == (422, "media:file:unreadable")
    assert [path for path in data_dir.rglob("*") if path.is_file()] == []
    assert sent(api, "/api/audio/upload", tmp_path / "song.mp3").status_code == 201


@pytest.mark.parametrize(
    "lie",
    [
        {"codec": "mp3\n"},
        {"codec": "x" * 41},
        {"channels": 0},
        {"channels": "2"},
        {"sample_rate": 1 << 60},
        {"seconds": float("inf")},
        {"seconds": -1},
        {"seconds": None},
    ],
)
def test_what_a_child_tells_is_checked(lie: dict[str, Any]) -> None:
    told = {**SONG, **lie}
    assert checkup._song(SONG).seconds == 3.0
    with pytest.raises(ValueError, match="not a"):
        checkup._song(told)


def children() -> list[int]:
    """Give the processes that check a file for this one."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue  # it has ended meanwhile
        if parent == os.getpid() and checkup.PROGRAM.encode() in words and b"-c" not in words:
            found.append(int(folder.name))
    return found


def sent(api: APIClient, address: str, path: Path) -> Any:
    return api.post(address, {"file": SimpleUploadedFile(path.name, path.read_bytes())}, format="multipart")
