"""The curve a player draws: the highest sample of every part, over all channels, kept as the sound comes in."""

from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assets.media.errors import MediaProblem
from assets.media.samples import Samples, samples

DEFAULT_BUCKETS = 1_200
MAX_BUCKETS = 8_192
KEPT = 1 << 18  # maxima kept at most; beyond, neighbours are joined
TOP = 65_535

Kept = NDArray[np.uint16]


class Peaks:
    """Collects maxima; memory stays below 1.5 MB however long the sound is.

    A kept maximum stands for one sample at first and for twice as many each time the room is used up, so its
    place is exact to less than a 130,000th of the whole.
    """

    def __init__(self) -> None:
        self._step = 1
        self._kept = np.zeros(KEPT, np.float32)
        self._used = 0
        self._rest = np.zeros(0, np.float32)
        self._samples = 0

    def add(self, piece: Samples) -> None:
        """Take samples of shape (channels, n), -1..1."""
        self._samples += piece.shape[1]
        loudest = np.abs(piece).max(axis=0)
        while loudest.size:
            taken = min(loudest.size, self._room())
            self._take(loudest[:taken])
            loudest = loudest[taken:]
            if self._used == KEPT:
                self._kept[: KEPT // 2] = np.maximum(self._kept[::2], self._kept[1::2])
                self._used, self._step = KEPT // 2, self._step * 2

    def _room(self) -> int:
        return (KEPT - self._used) * self._step - self._rest.size

    def _take(self, loudest: Samples) -> None:
        loudest = np.concatenate([self._rest, loudest]) if self._rest.size else loudest
        whole = loudest.size // self._step
        self._rest = loudest[whole * self._step :]
        self._kept[self._used : self._used + whole] = loudest[: whole * self._step].reshape(whole, -1).max(axis=1)
        self._used += whole

    def values(self) -> Kept:
        """Give what is kept, 0..65535 for 0..1; the last part may be shorter. Raises MediaProblem for nothing."""
        if self._samples == 0:
            raise MediaProblem("empty", "there is no sound in it")
        kept = self._kept[: self._used]
        if self._rest.size:
            kept = np.append(kept, self._rest.max())
        return np.round(np.minimum(kept, 1) * TOP).astype(np.uint16)

    @property
    def parts(self) -> float:
        """How many kept values the whole makes; the last may be a part of one."""
        return self._samples / self._step


def heard_peaks(path: Path) -> Peaks:
    """Collect the maxima of a file. Raises MediaProblem."""
    peaks = Peaks()
    for piece in samples(path):
        peaks.add(piece)
    return peaks


def write_peaks(source: Path, target: Path) -> None:
    """Keep the maxima of a song in a small file, from which any curve is drawn in a moment. Raises MediaProblem."""
    peaks = heard_peaks(source)
    target.write_bytes(np.array(peaks.parts, "<f8").tobytes() + peaks.values().astype("<u2").tobytes())


def read_curve(kept: Path, buckets: int) -> list[float]:
    """Draw a curve of `buckets` values from what `write_peaks` kept."""
    data = kept.read_bytes()
    parts = float(np.frombuffer(data, "<f8", 1)[0])
    return curve(np.frombuffer(data, "<u2", offset=8), parts, buckets)


def curve(values: Kept, parts: float, buckets: int) -> list[float]:
    """Give the highest value of each of `buckets` equal parts of the whole, 0..1, three digits."""
    edges = [round(number * parts / buckets) for number in range(buckets + 1)]
    last = len(values) - 1
    found = [values[min(low, last) : max(high, min(low, last) + 1)].max() for low, high in pairwise(edges)]
    return [round(float(value) / TOP, 3) for value in found]


def waveform(path: Path, *, buckets: int = DEFAULT_BUCKETS) -> list[float]:
    """Give the highest sample of each of `buckets` equal parts, over all channels, 0..1. Raises MediaProblem."""
    peaks = heard_peaks(path)
    return curve(peaks.values(), peaks.parts, buckets)
