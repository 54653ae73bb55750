"""Hostile bytes: whatever is done to a file, BoxError is the only error, and nothing large is allocated."""

import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.media.errors import MediaProblem
from assets.media.ffmpeg import run_ffmpeg
from assets.media.mp4 import BoxError, read_movie
from assets.media.mp4.promises import check_promises
from assets.media.probe import probe
from assets.media.sniff import VIDEO_KINDS
from assets.media.stitch.tables import read_clip
from tests.support.hostile_files import crowded_mp4, inside, with_edits

FIX = {HealthCheck.function_scoped_fixture}
GROWTH = 128 << 20


def survives(path: Path) -> None:
    """Read the file every way there is; only BoxError may come out."""
    for look in (read_movie, read_clip, check_promises):
        try:
            look(path)
        except BoxError:
            continue


def index_of(data: bytes) -> tuple[int, int]:
    at = data.index(b"moov") - 4
    return at, at + int.from_bytes(data[at : at + 4], "big")


@settings(max_examples=400, deadline=None, suppress_health_check=FIX)
@given(changes=st.lists(st.tuples(st.floats(0, 1), st.sampled_from([0, 1, 0x7F, 0x80, 0xFF])), min_size=1, max_size=8))
def test_changed_bytes_in_the_index(clip: Path, tmp_path: Path, changes: list[tuple[float, int]]) -> None:
    data = bytearray(clip.read_bytes())
    begin, end = index_of(bytes(data))
    for place, value in changes:
        data[min(end - 1, begin + int(place * (end - begin)))] = value
    (tmp_path / "broken.mp4").write_bytes(data)
    survives(tmp_path / "broken.mp4")


@settings(max_examples=200, deadline=None, suppress_health_check=FIX)
@given(share=st.floats(0, 1), tail=st.binary(max_size=64))
def test_files_that_end_early_or_go_on_wrongly(clip: Path, tmp_path: Path, share: float, tail: bytes) -> None:
    data = clip.read_bytes()
    (tmp_path / "broken.mp4").write_bytes(data[: int(share * len(data))] + tail)
    survives(tmp_path / "broken.mp4")


@settings(max_examples=200, deadline=None, suppress_health_check=FIX)
@given(data=st.binary(max_size=400))
def test_any_bytes_in_an_index(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "any.mp4"
    path.write_bytes(struct.pack(">I4s", 8, b"ftyp") + struct.pack(">I4s", len(data) + 8, b"moov") + data)
    survives(path)


@pytest.mark.parametrize("kind", [b"stsz", b"stts", b"ctts", b"stss", b"stsc", b"stco", b"elst"])
@pytest.mark.parametrize("number", [0xFFFFFFFF, 0x7FFFFFFF, 1_000_001, 0])
def test_counts_that_promise_billions_allocate_nothing(clip: Path, tmp_path: Path, kind: bytes, number: int) -> None:
    data = clip.read_bytes()
    places = [at for at in range(len(data) - 4) if data[at : at + 4] == kind]
    assert places
    tracemalloc.start()
    for at in places:
        for field in (8, 12, 16):
            broken = bytearray(data)
            broken[at + field : at + field + 4] = number.to_bytes(4, "big")
            (tmp_path / "huge.mp4").write_bytes(broken)
            survives(tmp_path / "huge.mp4")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < GROWTH


@pytest.mark.parametrize(("tracks", "samples"), [(1, 1_000_000), (32, 1_000_000), (32, 590_000)])
def test_a_million_samples_in_many_tracks_are_not_read(clip: Path, tmp_path: Path, tracks: int, samples: int) -> None:
    crowd = tmp_path / "crowd.mp4"
    crowd.write_bytes(crowded_mp4(clip.read_bytes(), tracks=tracks, samples=samples))
    tracemalloc.start()
    begin = process_time()
    with pytest.raises(BoxError, match="samples where at most"):
        read_movie(crowd)
    with pytest.raises(MediaProblem) as caught:
        probe(crowd, formats=VIDEO_KINDS)
    taken, most = process_time() - begin, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (caught.value.reason, most < GROWTH, taken < 10) == ("too_long", True, True), f"{most} bytes, {taken} s"


def in_plain_chunks(clip: bytes) -> bytes:
    """Let one chunk of plain sound promise two billion samples."""
    film = bytearray(crowded_mp4(clip, tracks=1, samples=100))
    film[film.index(b"hdlr") + 12 : film.index(b"hdlr") + 16] = b"soun"
    at = film.index(b"stsc") + 16
    film[at : at + 4] = (0x7FFFFFFF).to_bytes(4, "big")
    return bytes(film)


def in_a_part(clip: bytes) -> bytes:
    parts = struct.pack(">I4sIII", 20, b"trun", 0, 0x7FFFFFFF, 0)
    for kind in (b"traf", b"moof"):
        parts = struct.pack(">I4s", len(parts) + 8, kind) + parts
    return crowded_mp4(clip, tracks=1, samples=10) + parts


def squeezed(clip: bytes) -> bytes:
    return inside(crowded_mp4(clip, tracks=1, samples=10), (b"moov",), struct.pack(">I4s", 8, b"cmov"))


def shown_again(*, ticks: int, begin: int, keys: bool) -> Callable[[bytes], bytes]:
    return lambda clip: with_edits(
        crowded_mp4(clip, tracks=1, samples=100_000), edits=40, ticks=ticks, begin=begin, keys=keys
    )


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda clip: crowded_mp4(clip, tracks=32, samples=590_000), "18880000 packets where at most 600000"),
        (lambda clip: crowded_mp4(clip, tracks=33, samples=10), "more than 32 tracks"),
        (in_plain_chunks, "2097152 packets"),
        (in_a_part, "2147483657 packets"),
        (shown_again(ticks=100_000, begin=0, keys=False), "4000000 packets"),
        (shown_again(ticks=1, begin=99_000, keys=True), "4000000 packets"),
        (squeezed, "a compressed index"),
    ],
)
def test_what_would_unfold_to_gigabytes_is_not_even_opened(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: Callable[[bytes], bytes], says: str
) -> None:
    monkeypatch.setattr("av.open", lambda *_, **__: pytest.fail("it was opened"))
    (tmp_path / "odd.mp4").write_bytes(made(clip.read_bytes()))
    with pytest.raises(MediaProblem, match=f"too_long: .*{says}"):
        probe(tmp_path / "odd.mp4", formats=VIDEO_KINDS)


def test_many_edits_that_show_each_packet_once_are_no_crowd(clip: Path, tmp_path: Path) -> None:
    film = crowded_mp4(clip.read_bytes(), tracks=1, samples=100_000)
    (tmp_path / "film.mp4").write_bytes(with_edits(film, edits=4_000, ticks=25, begin=0, keys=False))
    check_promises(tmp_path / "film.mp4")


def test_half_a_minute_of_plain_sound_is_no_crowd(tmp_path: Path) -> None:
    film = tmp_path / "film.mov"
    sources = ["-f", "lavfi", "-i", "testsrc=s=64x64:d=30", "-f", "lavfi", "-i", "sine=r=48000:d=30"]
    run_ffmpeg([*sources, "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "pcm_s16le", str(film)], timeout=60)
    facts = probe(film, formats=VIDEO_KINDS)
    assert facts.audio is not None
    assert (facts.audio.codec, float(facts.audio.seconds), facts.duration) == ("pcm_s16le", 30.0, 30.0)


def test_a_crowd_that_is_small_enough_is_read(clip: Path, tmp_path: Path) -> None:
    (tmp_path / "few.mp4").write_bytes(crowded_mp4(clip.read_bytes(), tracks=3, samples=1_000))
    assert [track.sizes.size for track in read_movie(tmp_path / "few.mp4").tracks] == [1_000] * 3


def deep(data: bytes) -> bytes:
    inner = b""
    for _ in range(5_000):
        inner = struct.pack(">I4s", len(inner) + 8, b"trak") + inner
    return struct.pack(">I4s", len(inner) + 8, b"moov") + inner


def crowded(data: bytes) -> bytes:
    return struct.pack(">I4s", 8 + 8 * 5_000, b"moov") + struct.pack(">I4s", 8, b"free") * 5_000


def two_indexes(data: bytes) -> bytes:
    begin, end = index_of(data)
    return data + data[begin:end]


def fragmented(data: bytes) -> bytes:
    return data + struct.pack(">I4s", 8, b"moof")


def encrypted(data: bytes) -> bytes:
    return data.replace(b"avc1\0\0\0\0", b"encv\0\0\0\0")


def compact_sizes(data: bytes) -> bytes:
    return data.replace(b"stsz", b"stz2")


def fast(data: bytes) -> bytes:
    at = data.index(b"elst") + 4 + 8 + 8
    return data[:at] + b"\0\2\0\0" + data[at + 4 :]


def still_clock(data: bytes) -> bytes:
    at = data.index(b"mdhd") + 4 + 12
    return data[:at] + bytes(4) + data[at + 4 :]


def frozen(data: bytes) -> bytes:
    at = data.index(b"stts") + 4 + 8 + 4
    return data[:at] + bytes(4) + data[at + 4 :]


def other_codec(data: bytes) -> bytes:
    return data.replace(b"avc1\0\0\0\0", b"hvc1\0\0\0\0")


def many_edits(data: bytes) -> bytes:
    """Put three million whole edits, which the file really holds, into the first track."""
    at = data.index(b"edts") - 4
    old = int.from_bytes(data[at : at + 4], "big")
    count = 3_000_000
    rows = struct.pack(">IiI", 1, 0, 1 << 16) * count
    elst = struct.pack(">I4sII", 16 + len(rows), b"elst", 0, count) + rows
    edits = struct.pack(">I4s", 8 + len(elst), b"edts") + elst
    changed = bytearray(data[:at] + edits + data[at + old :])
    for owner in (b"moov", b"trak"):
        place = data.index(owner) - 4
        size = int.from_bytes(data[place : place + 4], "big") + len(edits) - old
        changed[place : place + 4] = size.to_bytes(4, "big")
    return bytes(changed)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (deep, "no mvhd"),
        (crowded, "too many boxes"),
        (two_indexes, "2 indexes"),
        (fragmented, "fragments"),
        (encrypted, "encrypted"),
        (compact_sizes, "compact"),
        (fast, "another speed"),
        (still_clock, "without ticks"),
        (frozen, "do not rise"),
        (other_codec, "codec hvc1"),
        (many_edits, "3000000 edits"),
    ],
)
def test_what_is_refused_is_named(clip: Path, tmp_path: Path, change: Callable[[bytes], bytes], says: str) -> None:
    (tmp_path / "odd.mp4").write_bytes(change(clip.read_bytes()))
    with pytest.raises(BoxError, match=says):
        read_clip(tmp_path / "odd.mp4")
