"""Writing the index of a file (`ftyp` and `moov`): ISO/IEC 14496-12, with one entry a track and exact edits."""

import struct
from collections.abc import Sequence

import numpy as np

from assets.media.mp4.boxes import BoxError, Numbers
from assets.media.mp4.film import Layout, OutTrack

FTYP = b"isom" + struct.pack(">I", 512) + b"isomiso2avc1mp41"
UPRIGHT = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
UNDETERMINED = 0x55C4  # the language "und"
ENABLED = 3  # enabled, and part of the film
BIGGEST = 0xFFFFFFFF


def box(kind: bytes, *parts: bytes) -> bytes:
    """Give a box."""
    return struct.pack(">I4s", sum(map(len, parts)) + 8, kind) + b"".join(parts)


def full_box(kind: bytes, flags: int, *parts: bytes) -> bytes:
    """Give a box of version 0 with flags."""
    return box(kind, struct.pack(">I", flags), *parts)


def header(tracks: Sequence[OutTrack], layout: Layout, *, time_scale: int) -> bytes:
    """Give all bytes that stand before the payload: `ftyp`, `moov` and the head of `mdat`.

    Offsets take 64 bits when the file passes 4 GiB. Raises BoxError when the film is too long for its clock.
    """
    ftyp = box(b"ftyp", FTYP)
    wide = layout.total + (64 << 20) > BIGGEST
    head = 16 if wide else 8
    size = len(ftyp) + len(_moov(tracks, layout, 0, time_scale=time_scale, wide=wide)) + head
    moov = _moov(tracks, layout, size, time_scale=time_scale, wide=wide)
    length = layout.total + head
    mdat = struct.pack(">I4sQ", 1, b"mdat", length) if wide else struct.pack(">I4s", length, b"mdat")
    return ftyp + moov + mdat


def _moov(tracks: Sequence[OutTrack], layout: Layout, base: int, *, time_scale: int, wide: bool) -> bytes:
    length = _small(max(_length(track) for track in tracks))
    mvhd = struct.pack(">IIIIIH10x", 0, 0, time_scale, length, 0x10000, 0x100)
    parts = [full_box(b"mvhd", 0, mvhd, UPRIGHT, bytes(24), struct.pack(">I", len(tracks) + 1))]
    for number, track in enumerate(tracks):
        offsets, lengths = layout.chunks(number)
        tables = _tables(track, offsets + base, lengths, wide=wide)
        parts.append(_trak(number + 1, track, tables))
    return box(b"moov", *parts)


def _length(track: OutTrack) -> int:
    return sum(length for length, _ in track.edits)


def _small(number: int) -> int:
    if not 0 <= number <= BIGGEST:
        raise BoxError("the film is too long")
    return number


def _trak(number: int, track: OutTrack, tables: bytes) -> bytes:
    sound = track.kind == "sound"
    width, height = track.frame
    tkhd = struct.pack(
        ">IIIIIQHHHH", 0, 0, number, 0, _small(_length(track)), 0, 0, int(sound), 0x100 if sound else 0, 0
    )
    edits = b"".join(struct.pack(">Iihh", _small(length), begin, 1, 0) for length, begin in track.edits)
    mdhd = struct.pack(">IIIIHH", 0, 0, track.time_scale, _small(int(track.durations.sum())), UNDETERMINED, 0)
    name = b"SoundHandler\0" if sound else b"VideoHandler\0"
    hdlr = struct.pack(">I4s12x", 0, b"soun" if sound else b"vide") + name
    kind_head = full_box(b"smhd", 0, bytes(4)) if sound else full_box(b"vmhd", 1, bytes(8))
    here = box(b"dinf", full_box(b"dref", 0, struct.pack(">I", 1), full_box(b"url ", 1)))
    media = [full_box(b"mdhd", 0, mdhd), full_box(b"hdlr", 0, hdlr), box(b"minf", kind_head, here, tables)]
    return box(
        b"trak",
        full_box(b"tkhd", ENABLED, tkhd, UPRIGHT, struct.pack(">II", width << 16, height << 16)),
        box(b"edts", full_box(b"elst", 0, struct.pack(">I", len(track.edits)), edits)),
        box(b"mdia", *media),
    )


def _tables(track: OutTrack, offsets: Numbers, lengths: Numbers, *, wide: bool) -> bytes:
    parts = [_counted(b"stsd", 1, track.entry), _runs(b"stts", track.durations)]
    if track.lateness is not None and np.any(track.lateness):
        parts.append(_runs(b"ctts", track.lateness))
    if track.keys is not None:
        parts.append(_counted(b"stss", track.keys.size, _big(track.keys + 1)))
    change = np.flatnonzero(np.diff(lengths, prepend=-1))
    chunks = np.stack([change + 1, lengths[change], np.ones_like(change)], axis=1)
    parts.append(_counted(b"stsc", change.size, _big(chunks)))
    sizes = track.sizes
    parts.append(full_box(b"stsz", 0, struct.pack(">II", 0, sizes.size), _big(sizes)))
    places = offsets.astype(">u8").tobytes() if wide else _big(offsets)
    parts.append(_counted(b"co64" if wide else b"stco", offsets.size, places))
    return box(b"stbl", *parts)


def _counted(kind: bytes, count: int, rows: bytes) -> bytes:
    return full_box(kind, 0, struct.pack(">I", count), rows)


def _runs(kind: bytes, values: Numbers) -> bytes:
    """Fold equal values into (count, value) rows."""
    starts = np.concatenate([np.zeros(1, np.int64), np.flatnonzero(np.diff(values)) + 1])
    counts = np.diff(np.append(starts, values.size))
    return _counted(kind, starts.size, _big(np.stack([counts, values[starts]], axis=1)))


def _big(numbers: Numbers) -> bytes:
    return numbers.astype(">u4").tobytes()
