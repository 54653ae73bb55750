"""Listening to a sound track that was just encoded: silent where its sources are not, or out of step with them."""

from collections.abc import Iterable
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from assets.media.encoding import SAMPLE_RATE
from assets.media.errors import RenderCheckError
from assets.media.samples import Samples, gathered

STEP = SAMPLE_RATE // 10
# The highest peak of a tenth of a second: what the sources have from LOUD on must not come out below SILENT.
LOUD, SILENT = 0.01, 0.0005
SILENT_STEPS = 5
KEPT = 10 * SAMPLE_RATE  # samples after the last join that are compared with the sources
COARSE = 4  # samples that are one in that comparison
IN_STEP, REACH = 20, 500  # milliseconds: what is allowed, and how far is looked
SURE, BETTER = 0.5, 0.8  # how alike both must be to say where they fit, and how much worse they fit in step

Wave = NDArray[np.float64]


class Ear:
    """Takes in sounds at their places in the film: the peak of each tenth of a second, and what follows the last join.

    `seconds` is the film's length, `join` the moment of its last join.
    """

    def __init__(self, seconds: Fraction, join: Fraction) -> None:
        self.samples = round(seconds * SAMPLE_RATE)
        self.join = round(join * SAMPLE_RATE)
        self.peaks = np.zeros(-(-self.samples // STEP), np.float32)
        self.after: Wave = np.zeros(max(0, min(KEPT, self.samples - self.join)))

    def take(self, pieces: Iterable[Samples], *, begin: int = 0, gain: float = 1.0, loosely: bool = False) -> int:
        """Hear stereo at 48 kHz that starts at sample `begin` of the film; give the sample at which it ends.

        What lies past the film's end is not heard. `loosely` leaves out what follows the last join: for sound whose
        place is known to some hundredths of a second only.
        """
        at = begin
        for piece in gathered(pieces, SAMPLE_RATE):
            steps = np.arange(at, at + piece.shape[1]) // STEP
            starts = np.flatnonzero(np.diff(steps, prepend=-1))
            peaks = np.maximum.reduceat(np.abs(piece).max(axis=0), starts) * gain
            inside = steps[starts] < self.peaks.size
            places = steps[starts][inside]
            self.peaks[places] = np.maximum(self.peaks[places], peaks[inside])
            if not loosely:
                self._keep(piece.mean(axis=0), at - self.join, gain)
            at += piece.shape[1]
            if at // STEP >= self.peaks.size:
                break
        return at

    def _keep(self, mono: NDArray[np.float32], at: int, gain: float) -> None:
        first, last = max(0, at), min(self.after.size, at + mono.size)
        if first < last:
            self.after[first:last] += mono[first - at : last - at] * gain

    def fade(self, fade_in: float, fade_out: float, end: float) -> None:
        """Let the peaks rise for `fade_in` seconds and fall for `fade_out` seconds before `end`."""
        moment = (np.arange(self.peaks.size) + 0.5) * STEP / SAMPLE_RATE
        if fade_in > 0:
            self.peaks *= np.clip(moment / fade_in, 0, 1)
        if fade_out > 0:
            self.peaks *= np.clip((end - moment) / fade_out, 0, 1)


def check_heard(heard: Ear, meant: Ear, *, what: str) -> None:
    """Compare a sound with what it was made of. Raises RenderCheckError for silence and for an offset.

    An offset counts only when both fit clearly better elsewhere: rhythms and single tones fit in many places.
    """
    wrong = []
    missing = np.flatnonzero(np.diff([False, *((heard.peaks < SILENT) & (meant.peaks >= LOUD)), False]))
    for first, last in zip(missing[::2].tolist(), missing[1::2].tolist(), strict=True):
        if last - first >= SILENT_STEPS:
            wrong.append(
                f"{what} is silent from {first * STEP / SAMPLE_RATE:.1f} s to {last * STEP / SAMPLE_RATE:.1f} s"
            )
    apart = offset_ms(heard.after, meant.after)
    if apart is not None and abs(apart) > IN_STEP:
        wrong.append(f"{what} is {apart:+.0f} ms off at the last join")
    if wrong:
        raise RenderCheckError("; ".join(wrong))


def offset_ms(heard: Wave, meant: Wave) -> float | None:
    """Give by how many milliseconds `heard` is late; None when they are too unlike, or fit about as well in step."""
    size = min(heard.size, meant.size) // COARSE
    both = [wave[: size * COARSE].reshape(size, COARSE).mean(axis=1) for wave in (heard, meant)]
    power = float(np.sqrt((both[0] ** 2).sum() * (both[1] ** 2).sum())) if size else 0.0
    if power < 1e-3:
        return None
    rate = SAMPLE_RATE / COARSE / 1000
    reach, near = round(REACH * rate), round(IN_STEP * rate)
    fits = _fits(both[0], both[1], 2 * (size + reach)) / power
    around = np.concatenate([fits[-reach:], fits[: reach + 1]])
    best = int(around.argmax())
    if around[best] < SURE or around[reach - near : reach + near + 1].max() >= BETTER * around[best]:
        return 0.0 if around[best] >= SURE else None
    return float((best - reach) / rate)


def _fits(heard: Wave, meant: Wave, least: int) -> Wave:
    """Give how well both fit for each lag of `heard`, lags below zero at the end; at least `least` lags."""
    size = 1 << (least - 1).bit_length()
    return np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(meant, size)), size)
