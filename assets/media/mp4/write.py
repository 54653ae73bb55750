"""Writing a file of samples that lie in other files: long pieces by the kernel, short ones gathered."""

import contextlib
import errno
import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from assets.media.mp4.boxes import BoxError, Numbers
from assets.media.mp4.film import OutTrack, Rows, check_rows, lay_out
from assets.media.mp4.index import header

LONG = 64 << 10  # bytes in a row from which the kernel copies
GATHER = 4 << 20  # bytes read at once for short ones
MOST_PIECES = 512  # a writev takes 1024
OPEN_FILES = 4
TELL_BYTES = 8 << 20
_NO_COPY = {errno.EXDEV, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL, errno.EPERM}


def write_movie(
    target: Path,
    tracks: Sequence[OutTrack],
    *,
    time_scale: int,
    sources: Sequence[Path],
    progress: Callable[[float], None] | None = None,
) -> None:
    """Write `target`: index, then the samples of all tracks, taken from `sources`. Memory does not grow with them.

    `time_scale` is the film's clock. Syncing and naming are the caller's (`atomic_target`). `progress` hears 0..1
    and may raise. Raises BoxError (also when a source has become shorter) and OSError.
    """
    check_rows(tracks)
    layout = lay_out(tracks)
    prefixes, rows = _one_list(tracks, layout.track, layout.rows)
    with target.open("wb", buffering=0) as file, contextlib.closing(_Sources(sources)) as files:
        out = _Out(file.fileno(), layout.total, progress)
        out.add(header(tracks, layout, time_scale=time_scale))
        _copy(out, files, rows, prefixes)
        out.flush()


def _one_list(tracks: Sequence[OutTrack], track: Numbers, rows: Rows) -> tuple[list[bytes], Rows]:
    """Number the prefixes of all tracks together."""
    prefixes: list[bytes] = []
    renumbered = rows.copy()
    for number, one in enumerate(tracks):
        renumbered["before"][track == number] += len(prefixes)
        prefixes += one.prefixes
    return prefixes, renumbered


def _copy(out: "_Out", files: "_Sources", rows: Rows, prefixes: Sequence[bytes]) -> None:
    """Find what lies in a row in its source, and copy it; what is short is gathered until it is worth a read."""
    has_prefix = np.array([bool(prefix) for prefix in prefixes])[rows["before"]]
    ends = rows["offset"] + rows["size"]
    goes_on = (rows["source"][1:] == rows["source"][:-1]) & (rows["offset"][1:] == ends[:-1]) & ~has_prefix[1:]
    starts = np.concatenate([np.zeros(1, np.int64), np.flatnonzero(~goes_on) + 1])
    lasts = np.append(starts[1:], rows.size) - 1
    pieces = zip(
        rows["source"][starts].tolist(),
        rows["offset"][starts].tolist(),
        ends[lasts].tolist(),
        rows["before"][starts].tolist(),
        strict=True,
    )
    near: list[tuple[int, int, bytes]] = []
    at = -1
    for source, begin, end, before in pieces:
        long = end - begin >= LONG
        if near and (long or source != at or not 0 <= end - near[0][0] <= GATHER):
            out.gather(files.descriptor(at), near)
            near = []
        at = source
        if long:
            out.add(prefixes[before])
            out.copy(files.descriptor(source), begin, end)
        else:
            near.append((begin, end, prefixes[before]))
    if near:
        out.gather(files.descriptor(at), near)


class _Sources:
    """The source files, a few of them open at a time."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = paths
        self.open: OrderedDict[int, int] = OrderedDict()

    def descriptor(self, number: int) -> int:
        """Give an open descriptor of a source."""
        if number in self.open:
            self.open.move_to_end(number)
        else:
            if len(self.open) >= OPEN_FILES:
                os.close(self.open.popitem(last=False)[1])
            self.open[number] = os.open(self.paths[number], os.O_RDONLY)
        return self.open[number]

    def close(self) -> None:
        """Close them all."""
        while self.open:
            os.close(self.open.popitem()[1])


class _Out:
    """The file that is written: collects short pieces, tells how far it is."""

    def __init__(self, descriptor: int, total: int, progress: Callable[[float], None] | None) -> None:
        self.descriptor = descriptor
        self.total = max(1, total)
        self.progress = progress
        self.waiting: list[bytes | memoryview] = []
        self.written = 0
        self.told = 0
        self.kernel = hasattr(os, "copy_file_range")

    def add(self, piece: bytes | memoryview) -> None:
        if piece:
            self.waiting.append(piece)
            if len(self.waiting) >= MOST_PIECES:
                self.flush()

    def flush(self) -> None:
        while self.waiting:
            wanted = sum(len(piece) for piece in self.waiting)
            done = os.writev(self.descriptor, self.waiting)
            self._count(done)
            if done == wanted:
                self.waiting = []
            else:  # the disk took only some of it
                rest = memoryview(b"".join(self.waiting))
                self.waiting = [rest[done:]]

    def gather(self, source: int, pieces: Sequence[tuple[int, int, bytes]]) -> None:
        """Read short pieces that lie near each other at once, and write them with their prefixes."""
        begin, end = pieces[0][0], max(piece[1] for piece in pieces)
        if any(piece[0] < begin for piece in pieces):
            begin = min(piece[0] for piece in pieces)
        data = memoryview(_read(source, begin, end))
        for first, last, prefix in pieces:
            self.add(prefix)
            self.add(data[first - begin : last - begin])
        self.flush()

    def copy(self, source: int, begin: int, end: int) -> None:
        """Copy bytes `begin` to `end` of a source."""
        self.flush()
        while begin < end:
            done = self._by_kernel(source, begin, min(end, begin + TELL_BYTES))
            if not done:
                data = _read(source, begin, min(end, begin + GATHER))
                self.waiting.append(data)
                self.flush()
                done = len(data)
            begin += done

    def _by_kernel(self, source: int, begin: int, end: int) -> int:
        if not self.kernel:
            return 0
        try:
            done = os.copy_file_range(source, self.descriptor, end - begin, begin)
        except OSError as error:
            if error.errno not in _NO_COPY:
                raise
            self.kernel = False  # another file system, or a kernel that cannot
            return 0
        self._count(done)
        return done

    def _count(self, done: int) -> None:
        self.written += done
        if self.progress is not None and self.written - self.told >= TELL_BYTES:
            self.told = self.written
            self.progress(min(1.0, self.written / self.total))


def _read(source: int, begin: int, end: int) -> bytes:
    parts: list[bytes] = []
    while begin < end:
        data = os.pread(source, end - begin, begin)
        if not data:
            raise BoxError("a source has become shorter")
        parts.append(data)
        begin += len(data)
    return parts[0] if len(parts) == 1 else b"".join(parts)
