"""Files that were written, read back by a demuxer that is not ours: order, times, edits, wide offsets."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from assets.media.mp4 import BoxError, OutTrack, Track, index_is_first, read_movie, rows_of, write_movie
from assets.media.mp4 import index as index_module
from assets.media.mp4 import write as write_module
from assets.media.mp4.entries import SOUND_HEAD, aac_of
from assets.media.mp4.index import full_box


def taken(track: Track, source: int = 0, **changes: Any) -> OutTrack:
    """Give a track that takes all samples of another."""
    whole = int(track.durations.sum()) * 48_000 // track.time_scale
    box = track.entry
    made = OutTrack(
        kind=track.kind,
        time_scale=track.time_scale,
        entry=(len(box.data) + 8).to_bytes(4, "big") + box.kind + bytes(box.data),
        rows=rows_of(source, track.offsets, track.sizes),
        durations=track.durations,
        lateness=track.shown - (np.cumsum(track.durations) - track.durations),
        keys=track.keys if track.kind == "picture" else None,
        edits=((whole, track.begin),),
        frame=(320, 180) if track.kind == "picture" else (0, 0),
    )
    return replace(made, **changes)


def packets(path: Path) -> list[tuple[str, int | None, bytes]]:
    with av.open(str(path)) as file:
        return [(packet.stream.type, packet.pts, bytes(packet)) for packet in file.demux() if packet.size]


def copied(clip: Path, target: Path) -> Path:
    movie = read_movie(clip)
    write_movie(target, [taken(track) for track in movie.tracks], time_scale=48_000, sources=[clip])
    return target


def test_copy_has_every_packet_at_its_time(clip: Path, tmp_path: Path) -> None:
    made = copied(clip, tmp_path / "copy.mp4")
    assert sorted(packets(made)) == sorted(packets(clip))
    assert index_is_first(made)


def test_copy_of_a_copy_is_the_same(clip: Path, tmp_path: Path) -> None:
    first = copied(clip, tmp_path / "first.mp4")
    assert copied(first, tmp_path / "second.mp4").read_bytes() == first.read_bytes()


def test_ways_of_copying_give_the_same_bytes(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = copied(clip, tmp_path / "a.mp4").read_bytes()

    def no_kernel(*_: object) -> int:
        raise OSError(18, "Invalid cross-device link")

    few = os.writev

    def slow(descriptor: int, pieces: list[bytes]) -> int:
        return few(descriptor, [memoryview(pieces[0])[:1_000]])

    for name, change in (("copy_file_range", no_kernel), ("writev", slow)):
        with monkeypatch.context() as patch:
            patch.setattr(os, name, change)
            patch.setattr(write_module, "LONG", 1_000)
            assert copied(clip, tmp_path / "b.mp4").read_bytes() == wanted


def test_short_and_long_pieces_give_the_same_bytes(clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = copied(clip, tmp_path / "a.mp4").read_bytes()
    for long in (1, 1 << 40):
        monkeypatch.setattr(write_module, "LONG", long)
        assert copied(clip, tmp_path / "b.mp4").read_bytes() == wanted


def test_offsets_past_four_gibibytes_take_eight_bytes(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = packets(copied(clip, tmp_path / "narrow.mp4"))
    monkeypatch.setattr(index_module, "BIGGEST", 65 << 20)  # as if the file were that long
    movie = read_movie(clip)
    tracks = [taken(track, edits=((96_000, track.begin),)) for track in movie.tracks]
    write_movie(tmp_path / "wide.mp4", tracks, time_scale=48_000, sources=[clip])
    data = (tmp_path / "wide.mp4").read_bytes()
    assert (b"co64" in data, b"stco" in data) == (False, True)
    monkeypatch.setattr(index_module, "BIGGEST", 64 << 20)
    write_movie(tmp_path / "wide.mp4", tracks, time_scale=48_000, sources=[clip])
    data = (tmp_path / "wide.mp4").read_bytes()
    assert (b"co64" in data, b"stco" in data) == (True, False)
    assert packets(tmp_path / "wide.mp4") == narrow
    read_movie(tmp_path / "wide.mp4")


def test_source_that_became_shorter_is_an_error_and_no_endless_loop(clip: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(clip.read_bytes())
    tracks = [taken(track) for track in read_movie(cut).tracks]
    os.truncate(cut, cut.stat().st_size // 2)
    with pytest.raises(BoxError, match="shorter"):
        write_movie(tmp_path / "film.mp4", tracks, time_scale=48_000, sources=[cut])


def test_tables_that_do_not_fit_together_are_refused(clip: Path, tmp_path: Path) -> None:
    track = taken(read_movie(clip).tracks[0])
    with pytest.raises(BoxError, match="fit together"):
        write_movie(tmp_path / "f.mp4", [replace(track, durations=track.durations[1:])], time_scale=1, sources=[clip])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"\x11\x90", b"\x2b\x90"),  # another kind of AAC
        (b"\x11\x90", b"\x11\xb8"),  # seven channels
        (b"\x40\x15", b"\x6b\x15"),  # MP3
        (b"\x05\x80\x80\x80", b"\x05\xff\xff\xff"),  # a set-up that is longer than its box
    ],
)
def test_sound_that_is_not_plain_aac_is_refused(clip: Path, old: bytes, new: bytes) -> None:
    entry = read_movie(clip).one("sound").entry
    assert (aac_of(entry).rate, aac_of(entry).channels) == (48_000, 2)
    spoiled = bytes(entry.data).replace(old, new)
    assert spoiled != entry.data
    with pytest.raises(BoxError):
        aac_of(replace(entry, data=memoryview(spoiled)))


@pytest.mark.parametrize("size", [2, 64, 65, 200, 300])
def test_a_set_up_of_sound_is_copied_whole_or_refused(clip: Path, size: int) -> None:
    entry = read_movie(clip).one("sound").entry

    def told(tag: int, content: bytes) -> bytes:
        return bytes([tag, 0x80 | len(content) >> 7, len(content) & 0x7F]) + content

    config = b"\x11\x90" + bytes(size - 2)
    decoder = told(4, b"\x40\x15" + bytes(11) + told(5, config))
    esds = full_box(b"esds", 0, told(3, bytes(3) + decoder + told(6, b"\2")))
    long = replace(entry, data=memoryview(bytes(entry.data[:SOUND_HEAD]) + esds))
    if size > 64:
        with pytest.raises(BoxError, match="set-up"):
            aac_of(long)
        return
    ours = aac_of(replace(entry, data=memoryview(aac_of(long).entry()[8:])))
    assert (ours.rate, ours.channels, ours.config) == (48_000, 2, config)
