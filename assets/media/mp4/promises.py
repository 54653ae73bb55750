"""How much a file's index promises, added up before a demuxer unfolds it: a few bytes may stand for gigabytes.

Read as forgivingly as demuxers do, so that nothing hides from it: boxes are looked for wherever they stand, and one
that is larger than what holds it ends with that. The limits are those of `read_movie`; sound of plain samples (PCM)
counts in packets.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from assets.media.mp4.boxes import MAX_INDEX, Box, BoxError, Numbers, top_boxes
from assets.media.mp4.tables import MAX_EDITS, MAX_SAMPLES, MAX_TRACKS

HOLDERS = frozenset(
    b"moov trak mdia minf stbl edts mvex moof traf udta dinf meta ilst sinf schi wave rmra rmda tref".split()
)
TABLES = frozenset(b"mvhd mdhd hdlr stsz stz2 stts stsc stco co64 stss elst trun".split())
MAX_BOXES = 20_000
PLAIN_PACKET = 1_024  # samples of PCM that are read at once, at least


@dataclass(slots=True)
class _Track:
    """The tables found in one track, or outside of any."""

    tables: dict[bytes, list[Box]] = field(default_factory=dict)

    def count(self, kind: bytes, at: int = 4) -> int:
        """Give the largest count that stands in the tables of a kind."""
        return max((box.number(at) for box in self.tables.get(kind, []) if len(box.data) >= at + 4), default=0)

    def rows(self, kind: bytes, columns: int) -> Numbers:
        """Give the rows of the first table of a kind that are there, whatever it promises."""
        for box in self.tables.get(kind, [])[:1]:
            if len(box.data) >= 8:
                return box.table(8, min(box.number(4), (len(box.data) - 8) // (4 * columns)), columns)
        return np.zeros((0, columns), np.int64)

    def clock(self, kind: bytes) -> int:
        """Give the ticks a second of `mvhd` or `mdhd`; at least 1."""
        for box in self.tables.get(kind, [])[:1]:
            at = 20 if _wide(box) else 12
            return max(1, int.from_bytes(box.data[at : at + 4], "big"))
        return 1

    def packets(self, film_clock: int) -> int:
        """Give how many packets a demuxer would list."""
        samples = max(self.count(b"stsz", 8), self.count(b"stz2", 8))
        durations = self.rows(b"stts", 2)
        heard = any(bytes(box.data[8:12]) == b"soun" for box in self.tables.get(b"hdlr", []))
        chunks = max(self.count(b"stco"), self.count(b"co64"))
        listed = max(samples, chunks)
        if heard and durations.shape[0] == 1 and durations[0, 1] == 1:
            listed = chunks + self._in_chunks(chunks) // PLAIN_PACKET
        in_parts = sum(box.number(4) for box in self.tables.get(b"trun", []) if len(box.data) >= 8)
        return listed * self._times(durations, film_clock) + in_parts

    def _times(self, durations: Numbers, film_clock: int) -> int:
        """Give how often edits may list the packets: each edit from the key frame before it, or what it shows."""
        edits = self.count(b"elst")
        if edits < 2:
            return 1
        if self.tables.get(b"stss"):
            return edits
        total: int = sum(count * ticks for count, ticks in durations.tolist())
        return max(1, self._shown() * self.clock(b"mdhd") // max(1, total * film_clock))

    def _shown(self) -> int:
        """Give the ticks of the film that all edits together show."""
        for box in self.tables.get(b"elst", [])[:1]:
            size = 8 if _wide(box) else 4
            step = 2 * size + 4
            return sum(
                int.from_bytes(box.data[at : at + size], "big") for at in range(8, len(box.data) - step + 1, step)
            )
        return 0

    def _in_chunks(self, chunks: int) -> int:
        rows = self.rows(b"stsc", 3)
        lengths = np.diff(np.append(rows[:, 0] - 1, chunks)).clip(min=0)
        return int((lengths.astype(object) * rows[:, 1].astype(object)).sum())


def check_promises(path: Path) -> None:
    """Refuse a file with more tracks, packets or edits than any clip or song has. Raises BoxError."""
    tracks = _tracks(path)
    if len(tracks) > MAX_TRACKS + 1:
        raise BoxError(f"more than {MAX_TRACKS} tracks")
    if max(track.count(b"elst") for track in tracks) > MAX_EDITS:
        raise BoxError(f"more than {MAX_EDITS} edits")
    clock = max(track.clock(b"mvhd") for track in tracks)
    promised = sum(track.packets(clock) for track in tracks)
    if promised > MAX_SAMPLES:
        raise BoxError(f"{promised} packets where at most {MAX_SAMPLES} are read")


def _tracks(path: Path) -> list[_Track]:
    """Gather the tables of each track; the first is what stands outside of any."""
    tracks = [_Track()]
    waiting = [(data, tracks[0]) for data in _holders(path)]
    seen = 0
    while waiting:
        data, track = waiting.pop()
        for box in _loose(data):
            seen += 1
            if box.kind == b"cmov" or seen > MAX_BOXES:
                raise BoxError("a compressed index" if box.kind == b"cmov" else "too many boxes")
            if box.kind in TABLES:
                track.tables.setdefault(box.kind, []).append(box)
            elif box.kind in HOLDERS:
                if box.kind == b"trak":
                    tracks.append(_Track())
                waiting.append((box.data, tracks[-1] if box.kind == b"trak" else track))
    return tracks


def _holders(path: Path) -> list[memoryview]:
    """Read the outermost boxes that hold others, as if they stood in one."""
    found, held = [], 0
    with path.open("rb") as file:
        for kind, offset, size in top_boxes(path):
            if kind in HOLDERS:
                held += size
                if held > MAX_INDEX:
                    raise BoxError("its index is too large")
                file.seek(offset)
                found.append(memoryview(file.read(size)))
    return found


def _wide(box: Box) -> bool:
    """Say whether its times take eight bytes."""
    return box.data[:1].tobytes() == b"\1"


def _loose(data: memoryview) -> Iterator[Box]:
    """Give the boxes side by side; the last one may be cut short."""
    place = 0
    while len(data) - place >= 8:
        size, header = int.from_bytes(data[place : place + 4], "big"), 8
        if size == 1 and len(data) - place >= 16:
            size, header = int.from_bytes(data[place + 8 : place + 16], "big"), 16
        elif size == 0:
            size = len(data) - place
        if size < header:
            return
        yield Box(bytes(data[place + 4 : place + 8]), data[place + header : place + size])
        place += size
