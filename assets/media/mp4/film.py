"""What a file to be written consists of: tracks whose samples lie in other files, and their order in the new one."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.media.mp4.boxes import BoxError, Numbers

# One row a sample; `before` is the number of the prefix written in front of it (0 = none).
ROW = np.dtype([("source", "<i8"), ("offset", "<i8"), ("size", "<i8"), ("before", "<i8")])
Rows = NDArray[np.void]


@dataclass(frozen=True, slots=True)
class OutTrack:
    """One track to write; samples in decoding order, times in ticks of `time_scale`.

    `edits` are (length in ticks of the film, begin in ticks of the track, or -1 for nothing).
    """

    kind: str  # `picture` or `sound`
    time_scale: int
    entry: bytes  # the sample entry, whole
    rows: Rows
    durations: Numbers
    edits: tuple[tuple[int, int], ...]
    lateness: Numbers | None = None  # None: shown when decoded
    keys: Numbers | None = None  # None: every sample
    frame: tuple[int, int] = (0, 0)
    prefixes: tuple[bytes, ...] = (b"",)

    @property
    def sizes(self) -> Numbers:
        """Give the bytes each sample has in the new file."""
        lengths = np.array([len(prefix) for prefix in self.prefixes], np.int64)
        return np.asarray(self.rows["size"] + lengths[self.rows["before"]])


def rows_of(source: int, offsets: Numbers, sizes: Numbers, before: Numbers | int = 0) -> Rows:
    """Give the rows of samples that lie in one file."""
    rows = np.zeros(offsets.size, ROW)
    rows["source"], rows["offset"], rows["size"], rows["before"] = source, offsets, sizes, before
    return rows


@dataclass(frozen=True, slots=True)
class Layout:
    """The order of all samples in the new file, and where its chunks begin; offsets count from the first byte."""

    track: Numbers
    rows: Rows
    chunk_starts: Numbers
    chunk_offsets: Numbers
    total: int

    def chunks(self, track: int) -> tuple[Numbers, Numbers]:
        """Give (offset, number of samples) of each chunk of a track."""
        mine = self.track[self.chunk_starts] == track
        lengths = np.diff(np.append(self.chunk_starts, self.track.size))
        return self.chunk_offsets[mine], lengths[mine]


def lay_out(tracks: Sequence[OutTrack]) -> Layout:
    """Order the samples: as they lie in their files when all tracks come from the same ones, else second by second.

    The first way copies a clip in one piece; the second keeps picture and sound close for a player.
    """
    rows = np.concatenate([track.rows for track in tracks])
    sizes = np.concatenate([track.sizes for track in tracks])
    number = np.repeat(np.arange(len(tracks)), [track.rows.size for track in tracks])
    if _one_origin(tracks):
        order = np.lexsort((rows["offset"], rows["source"]))
        group = rows["source"][order]
    else:
        begins = [np.cumsum(track.durations) - track.durations for track in tracks]
        seconds = np.concatenate([when // track.time_scale for when, track in zip(begins, tracks, strict=True)])
        order = np.lexsort((number, seconds))  # stable: samples of one track stay in order
        group = seconds[order]
    number, sizes = number[order], sizes[order]
    new = np.flatnonzero((np.diff(number) != 0) | (np.diff(group) != 0)) + 1
    starts = np.concatenate([np.zeros(1, np.int64), new])
    ends = np.cumsum(sizes)
    return Layout(number, rows[order], starts, (ends - sizes)[starts], int(ends[-1]))


def _one_origin(tracks: Sequence[OutTrack]) -> bool:
    """Say whether every track takes from the same files, forwards."""
    used = [np.unique(track.rows["source"]) for track in tracks]
    if len(tracks) < 2 or any(not np.array_equal(used[0], other) for other in used[1:]):
        return False
    return all(
        np.all((np.diff(track.rows["source"]) > 0) | (np.diff(track.rows["offset"]) > 0)) for track in tracks
    ) and all(np.all(np.diff(track.rows["source"]) >= 0) for track in tracks)


def check_rows(tracks: Sequence[OutTrack]) -> None:
    """Refuse tracks whose tables do not fit together, before a byte is written. Raises BoxError."""
    for track in tracks:
        fits = track.durations.size == track.rows.size > 0
        fits = fits and (track.lateness is None or track.lateness.size == track.rows.size)
        if not fits:
            raise BoxError(f"the {track.kind} track does not fit together")
