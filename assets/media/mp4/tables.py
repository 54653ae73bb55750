"""The tables that say where each sample of a track lies in the file, how long it lasts and when it is shown."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assets.media.mp4.boxes import Box, BoxError, Boxes, Numbers, read_index

MAX_SAMPLES = 600_000  # of all tracks together: two hours at 30 pictures a second with their sound have 553,500
MAX_TRACKS = 32
MAX_EDITS = 10_000
MAX_TICKS = 1 << 40
SIGN = 1 << 31
NORMAL_SPEED = 0x10000
HANDLERS = {b"vide": "picture", b"soun": "sound"}


@dataclass(frozen=True, slots=True)
class Track:
    """One track, sample by sample in decoding order; times in ticks of `time_scale`, places in bytes of the file."""

    kind: str  # `picture` or `sound`
    time_scale: int
    entry: Box  # the sample entry, such as avc1 or mp4a
    offsets: Numbers
    sizes: Numbers
    durations: Numbers
    shown: Numbers  # when each is shown, on the track's own clock
    keys: Numbers  # places of the samples that need no other
    edits: tuple[tuple[int, int], ...]  # (length in ticks of the film, begin on the track's own clock, or -1)

    @property
    def begin(self) -> int:
        """Give when the film begins, on the track's own clock. Raises BoxError when it is put together of parts."""
        if not self.edits:
            return 0
        if len(self.edits) > 1 or not 0 <= self.edits[0][1] <= MAX_TICKS:
            raise BoxError("several edits")
        return self.edits[0][1]

    @property
    def ranks(self) -> Numbers:
        """Give each sample's place by the time it is shown. Raises BoxError when two are shown at once."""
        order = np.argsort(self.shown, kind="stable")
        if np.any(np.diff(self.shown[order]) <= 0):
            raise BoxError("two pictures at one moment")
        ranks = np.empty_like(order)
        ranks[order] = np.arange(order.size)
        return ranks.astype(np.int64)


@dataclass(frozen=True, slots=True)
class Movie:
    """The tracks of a file that are picture or sound, in the order of the file; `time_scale` is the film's clock."""

    time_scale: int
    tracks: tuple[Track, ...]

    def one(self, kind: str) -> Track:
        """Give the only track of its kind (`picture`, `sound`). Raises BoxError when there is none, or several."""
        found = [track for track in self.tracks if track.kind == kind]
        if len(found) != 1:
            raise BoxError(f"{len(found) or 'no'} {kind} track{'' if len(found) == 1 else 's'}")
        return found[0]


def read_movie(path: Path) -> Movie:
    """Read all tables of a file. Raises BoxError, and nothing else, for whatever is wrong with its bytes.

    Refused, never guessed: fragments, encryption, another speed, several sample entries, compact sizes, times
    that do not rise, samples outside the file; and, when asked for, the begin of a track that has several edits.
    """
    file_size = path.stat().st_size
    index = read_index(path).inside()
    if index.maybe(b"mvex") is not None:
        raise BoxError("it comes in fragments")
    tracks = index.all(b"trak")
    if len(tracks) > MAX_TRACKS:
        raise BoxError("too many tracks")
    clock, read = _clock(index.one(b"mvhd")), list[Track]()
    for box in tracks:
        track = _track(box.inside(), file_size, most=MAX_SAMPLES - sum(known.sizes.size for known in read))
        if track is not None:
            read.append(track)
    return Movie(clock, tuple(read))


def _clock(head: Box) -> int:
    """Give the ticks per second of `mvhd` or `mdhd`."""
    time_scale = head.number(20 if head.number(0, 1) == 1 else 12)
    if time_scale == 0:
        raise BoxError("a clock without ticks")
    return time_scale


def _track(trak: Boxes, file_size: int, *, most: int) -> Track | None:
    """Read a track of at most `most` samples; None when it is neither picture nor sound."""
    media = trak.one(b"mdia").inside()
    kind = HANDLERS.get(bytes(media.one(b"hdlr").data[8:12]))
    if kind is None:
        return None
    tables = media.one(b"minf").inside().one(b"stbl").inside()
    sizes = _sizes(tables, file_size, most)
    durations = _durations(tables, sizes.size)
    return Track(
        kind=kind,
        time_scale=_clock(media.one(b"mdhd")),
        entry=_entry(tables.one(b"stsd")),
        offsets=_offsets(tables, sizes, file_size),
        sizes=sizes,
        durations=durations,
        shown=np.cumsum(durations) - durations + _lateness(tables, sizes.size),
        keys=_keys(tables, sizes.size),
        edits=_edits(trak),
    )


def _entry(stsd: Box) -> Box:
    entries = stsd.inside(8).boxes
    if stsd.number(4) != 1 or len(entries) != 1:
        raise BoxError("several sample entries")
    if entries[0].kind.startswith(b"enc"):
        raise BoxError("it is encrypted")
    return entries[0]


def _sizes(tables: Boxes, file_size: int, most: int) -> Numbers:
    if tables.maybe(b"stz2") is not None:
        raise BoxError("sizes in the compact form")
    box = tables.one(b"stsz")
    same, count = box.number(4), box.number(8)
    if not 0 < count <= most:
        raise BoxError(f"{count} samples where at most {most} are read")
    if same:
        if same * count > file_size:
            raise BoxError("samples outside the file")
        return np.full(count, same, np.int64)
    return box.table(12, count, 1)[:, 0]


def _repeated(box: Box, total: int) -> Numbers:
    """Unfold (count, value) rows whose counts add up to `total`."""
    rows = box.table(8, box.number(4), 2)
    if int(rows[:, 0].sum()) != total:
        raise BoxError(f"{box.name} does not count {total} samples")
    return np.repeat(rows[:, 1], rows[:, 0])


def _durations(tables: Boxes, count: int) -> Numbers:
    found = _repeated(tables.one(b"stts"), count)
    if np.any(found[:-1] == 0) or np.any(found >= SIGN) or int(found.sum()) > MAX_TICKS:
        raise BoxError("times that do not rise")
    return found


def _lateness(tables: Boxes, count: int) -> Numbers:
    box = tables.maybe(b"ctts")
    if box is None:
        return np.zeros(count, np.int64)
    found = _repeated(box, count)
    return np.where(found >= SIGN, found - 2 * SIGN, found)


def _keys(tables: Boxes, count: int) -> Numbers:
    box = tables.maybe(b"stss")
    if box is None:
        return np.arange(count, dtype=np.int64)
    found = box.table(8, box.number(4), 1)[:, 0] - 1
    if found.size == 0 or found[0] < 0 or found[-1] >= count or np.any(np.diff(found) <= 0):
        raise BoxError("key frames that are none")
    return found


def _offsets(tables: Boxes, sizes: Numbers, file_size: int) -> Numbers:
    """Give the place of each sample from the places of the chunks and how many samples each chunk has."""
    chunks = _chunks(tables)
    table = tables.one(b"stsc")
    rows = table.table(8, table.number(4), 3)
    first, many = rows[:, 0] - 1, rows[:, 1]
    if (
        chunks.size > MAX_SAMPLES
        or rows.shape[0] == 0
        or first[0] != 0
        or first[-1] >= chunks.size
        or np.any(np.diff(first) <= 0)
    ):
        raise BoxError("chunks that are none")
    lengths = np.repeat(many, np.diff(np.append(first, chunks.size)))
    if int(lengths.sum()) != sizes.size:
        raise BoxError(f"stsc does not count {sizes.size} samples")
    before = np.cumsum(sizes) - sizes
    starts = (np.cumsum(lengths) - lengths).clip(max=sizes.size - 1)
    offsets: Numbers = np.repeat(chunks - before[starts], lengths) + before
    if np.any(offsets < 8) or np.any(offsets + sizes > file_size):
        raise BoxError("samples outside the file")
    return offsets


def _chunks(tables: Boxes) -> Numbers:
    box = tables.maybe(b"stco")
    if box is not None:
        return box.table(8, box.number(4), 1)[:, 0]
    wide = tables.one(b"co64")
    pairs = wide.table(8, wide.number(4), 2)
    if np.any(pairs[:, 0] >= 1 << 20):
        raise BoxError("samples outside the file")
    places: Numbers = (pairs[:, 0] << 32) + pairs[:, 1]
    return places


def _edits(trak: Boxes) -> tuple[tuple[int, int], ...]:
    """Give (length in ticks of the film, begin in ticks of the track or -1) of each edit."""
    edits = trak.maybe(b"edts")
    box = edits.inside().maybe(b"elst") if edits is not None else None
    if box is None:
        return ()
    size = 8 if box.number(0, 1) == 1 else 4
    step = 2 * size + 4
    count = box.number(4)
    if count > MAX_EDITS:
        raise BoxError(f"{count} edits")
    if count * step > len(box.data) - 8:
        raise BoxError("elst promises more than it holds")
    found = []
    for place in range(8, 8 + count * step, step):
        if box.number(place + 2 * size) != NORMAL_SPEED:
            raise BoxError("another speed")
        begin = box.number(place + size, size)
        found.append((box.number(place, size), -1 if begin >= 1 << (8 * size - 1) else begin))
    return tuple(found)
