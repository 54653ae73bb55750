"""Hostile bytes: whatever is done to a file, BoxError is the only error, and nothing large is allocated."""

import resource
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.media.mp4 import BoxError, read_movie
from assets.media.stitch.tables import read_clip

FIX = {HealthCheck.function_scoped_fixture}
GROWTH = 256 << 20


def survives(path: Path) -> None:
    """Read the file every way there is; only BoxError may come out."""
    for look in (read_movie, read_clip):
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
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for at in places:
        for field in (8, 12, 16):
            broken = bytearray(data)
            broken[at + field : at + field + 4] = number.to_bytes(4, "big")
            (tmp_path / "huge.mp4").write_bytes(broken)
            survives(tmp_path / "huge.mp4")
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < GROWTH


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
    ],
)
def test_what_is_refused_is_named(clip: Path, tmp_path: Path, change: Callable[[bytes], bytes], says: str) -> None:
    (tmp_path / "odd.mp4").write_bytes(change(clip.read_bytes()))
    with pytest.raises(BoxError, match=says):
        read_clip(tmp_path / "odd.mp4")
