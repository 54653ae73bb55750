"""Sniffing: real files of every kind are known, everything else is None."""

from pathlib import Path

import pytest
from PIL import Image

from assets.media.ffmpeg import run_ffmpeg
from assets.media.sniff import sniff, sniff_bytes

SOUND = ["-f", "lavfi", "-i", "sine=d=0.3"]
PICTURE = ["-f", "lavfi", "-i", "testsrc2=size=64x64:d=0.2"]
MADE = {
    "mp3": [*SOUND, "a.mp3"],
    "m4a": [*SOUND, "-f", "ipod", "a.m4a"],
    "aac": [*SOUND, "a.aac"],
    "wav": [*SOUND, "a.wav"],
    "flac": [*SOUND, "a.flac"],
    "ogg": [*SOUND, "-c:a", "libvorbis", "a.ogg"],
    "opus": [*SOUND, "-c:a", "libopus", "a.opus"],
    "webm": [*PICTURE, "-c:v", "libvpx", "a.webm"],
    "mp4": [*PICTURE, "a.mp4"],
    "mov": [*PICTURE, "a.mov"],
}


@pytest.mark.parametrize("kind", MADE)
def test_sniff_knows_what_ffmpeg_writes(kind: str, tmp_path: Path) -> None:
    *words, name = MADE[kind]
    run_ffmpeg([*words, str(tmp_path / name)], timeout=30)
    (tmp_path / name).rename(tmp_path / "no-name")
    assert sniff(tmp_path / "no-name") == kind


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_sniff_knows_pictures(kind: str, tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "picture", format=kind)
    assert sniff(tmp_path / "picture") == kind


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\xff",
        b"plain words",
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd",
        b"ffconcat version 1.0\nfile x",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"GIF89a" + bytes(20),
        b"%PDF-1.7",
        b"RIFF\0\0\0\0AVI LIST",
        b"\x1a\x45\xdf\xa3" + b"matroska" * 3,
        b"\0\0\0\x18ftypheic" + bytes(20),
        b"\xff\xff\xff\xff\xff\xff",
    ],
)
def test_sniff_takes_nothing_else(head: bytes) -> None:
    assert sniff_bytes(head) is None
