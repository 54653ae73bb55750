"""An Ogg that was cut off amid a page or a packet is told; a whole one is taken, and one cut between two packets."""

import struct
from pathlib import Path

import pytest

from assets.media.audio import trim
from assets.media.checkup import check_song
from assets.media.errors import MediaProblem
from assets.media.ffmpeg import run_ffmpeg
from assets.media.ogg import cut_short
from assets.media.probe import probe
from assets.media.stitch import StitchWishes, stitch
from tests.support.clips import marker_clip

MAKERS = {
    "vorbis.ogg": ["-c:a", "libvorbis"],
    "opus.opus": ["-c:a", "libopus"],
    "opus.ogg": ["-c:a", "libopus", "-page_duration", "20000"],
    "flac.ogg": ["-c:a", "flac"],
    "pages.ogg": ["-c:a", "libvorbis", "-ac", "1", "-page_duration", "1"],  # one for each packet
}


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Give five seconds of sound, written in each of the ways."""
    folder = tmp_path_factory.mktemp("ogg")
    for name, words in MAKERS.items():
        run_ffmpeg(["-f", "lavfi", "-i", "anoisesrc=d=5:r=48000:a=0.2", *words, str(folder / name)], timeout=30)
    return {name: folder / name for name in MAKERS}


def pages(data: bytes) -> list[int]:
    """Give where each page begins, and where the last one ends."""
    found = [0]
    while found[-1] < len(data):
        at = found[-1]
        assert data[at : at + 4] == b"OggS"
        lengths = data[at + 27 : at + 27 + data[at + 26]]
        found.append(at + 27 + len(lengths) + sum(lengths))
    return found


def crc(page: bytes) -> int:
    """Give the checksum of a page (RFC 3533), whose own field counts as zero."""
    sum_ = 0
    for byte in page[:22] + bytes(4) + page[26:]:
        sum_ ^= byte << 24
        for _ in range(8):
            sum_ = (sum_ << 1 ^ (0x04C11DB7 if sum_ & 1 << 31 else 0)) & 0xFFFFFFFF
    return sum_


@pytest.mark.parametrize("name", list(MAKERS))
def test_cut_song_is_refused(songs: dict[str, Path], tmp_path: Path, name: str) -> None:
    whole, short = songs[name], tmp_path / name
    assert probe(whole).duration == pytest.approx(5, abs=0.05)
    data = whole.read_bytes()
    ends = set(pages(data))
    for size in [*range(len(data) - 200, len(data)), len(data) // 2, len(data) * 9 // 10]:
        short.write_bytes(data[:size])
        assert cut_short(short) is (size not in ends)
    short.write_bytes(data[: len(data) * 9 // 10])
    with pytest.raises(MediaProblem, match="it ends too early"):
        check_song(short, longest=60)


@pytest.mark.parametrize("name", list(MAKERS))
def test_song_whose_last_page_is_not_marked_is_taken(songs: dict[str, Path], tmp_path: Path, name: str) -> None:
    data, live = bytearray(songs[name].read_bytes()), tmp_path / name
    last = pages(bytes(data))[-2]
    assert data[last + 5] & 4  # ffmpeg marks it
    data[last + 5] ^= 4
    struct.pack_into("<I", data, last + 22, crc(bytes(data[last:])))
    live.write_bytes(data)
    assert check_song(live, longest=60).seconds == pytest.approx(5, abs=0.05)
    live.write_bytes(data[:last])  # and one that is cut just before it, unless a packet of it goes on
    assert cut_short(live) is (name == "flac.ogg")
    live.write_bytes(data + b"TAG" + bytes(125))  # what some programs write after it
    assert check_song(live, longest=60).seconds == pytest.approx(5, abs=0.05)


def test_trimmed_song_is_a_whole_one(songs: dict[str, Path], tmp_path: Path) -> None:
    for name in ("vorbis.ogg", "opus.opus"):
        trim(songs[name], tmp_path / name, start_ms=1_000, end_ms=3_000)
        assert not cut_short(tmp_path / name)


def test_packet_that_goes_on_in_a_page_that_is_not_there_is_missed(tmp_path: Path) -> None:
    path = tmp_path / "a.ogg"
    page = b"OggS" + bytes(22) + b"\x01"
    for data, cut in (
        (page + b"\x02ab", False),
        (page + b"\xff" + bytes(255), True),
        (page + b"\xff" + bytes(255) + page + b"\x00", False),
        (page + b"\x02a", True),
        (page, True),
        (page[:20], True),
        (page + b"\x02abOg", True),
        (page + b"\x02abOf", False),
        (page + b"\x02ab" + bytes(9), False),
        (b"", False),
    ):
        path.write_bytes(data)
        assert cut_short(path) is cut, data


def test_cut_song_is_left_out_of_a_film_with_a_warning(songs: dict[str, Path], tmp_path: Path) -> None:
    short, room = tmp_path / "short.ogg", tmp_path / "room"
    room.mkdir()
    data = songs["vorbis.ogg"].read_bytes()
    short.write_bytes(data[: len(data) * 9 // 10])
    result = stitch(
        clips=[marker_clip(tmp_path / "clip.mp4", seconds=1)],
        wishes=StitchWishes(audio_overlay=short),
        target=tmp_path / "film.mp4",
        work_dir=room,
        progress=lambda _: None,
    )
    assert result.overlay_warning == "the song was left out: it ends too early"
