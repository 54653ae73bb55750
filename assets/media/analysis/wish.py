"""A person's own tempo: BPM, where a bar begins, or taps along the song, in place of what was measured."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import floor
from statistics import median

from assets.media.analysis.song import SongAnalysis

SLOWEST, FASTEST = 20.0, 400.0  # BPM that are taken
LEAST_TAPS = 4
UNEVEN = 0.25  # a tap further than this many beats from the others' grid is a slip


@dataclass(frozen=True, slots=True)
class Wish:
    """Beats per minute, the second at which a bar begins, beats in a bar; None: as measured."""

    bpm: float | None = None
    offset: float | None = None
    beats_per_bar: int | None = None


def tapped(taps: Sequence[float], *, bar: float | None = None) -> Wish:
    """Give the even grid that taps (seconds of the song, ascending) lie on. Raises ValueError when there is none.

    Taps say where beats are, not bars: `bar`, a measured downbeat, says which of them begins one.
    """
    if len(taps) < LEAST_TAPS:
        raise ValueError(f"Tap at least {LEAST_TAPS} times.")
    steps = [after - before for before, after in pairwise(taps)]
    if min(steps) <= 0:
        raise ValueError("Taps come one after the other.")
    step = median(steps)
    first, numbers = taps[0], [0]
    for length in steps:
        numbers.append(numbers[-1] + max(1, round(length / step)))  # a tap that was left out counts
    for _ in range(2):
        first, step = _line(numbers, taps)
    off = [abs(tap - first - number * step) / step for number, tap in zip(numbers, taps, strict=True)]
    if median(off) > UNEVEN or not SLOWEST <= 60 / step <= FASTEST:
        raise ValueError("These taps follow no beat.")
    offset = first % step
    if bar is not None:
        offset += max(0, round((bar - offset) / step)) * step
    return Wish(bpm=round(60 / step, 3), offset=round(offset, 3))


def _line(numbers: Sequence[int], taps: Sequence[float]) -> tuple[float, float]:
    """Give (begin, step) of the straight line through the taps, least squares."""
    middle, centre = sum(numbers) / len(numbers), sum(taps) / len(taps)
    spread = sum((number - middle) ** 2 for number in numbers)
    both = sum((number - middle) * (tap - centre) for number, tap in zip(numbers, taps, strict=True))
    step = both / spread
    return centre - step * middle, step


def wished(measured: SongAnalysis, wish: Wish) -> SongAnalysis:
    """Give the analysis with a person's tempo in place of the measured one; parts and energy stay.

    Without an offset the grid goes through the first measured downbeat; without a BPM the measured beats are moved.
    """
    bpm = wish.bpm or measured.bpm
    if bpm is None or wish == Wish():
        return measured
    per_bar = wish.beats_per_bar or measured.beats_per_bar
    known = measured.downbeats or measured.beats or (0.0,)
    begin, step = known[0] if wish.offset is None else wish.offset, 60 / bpm
    before = floor(begin / step + 1e-9)
    count = floor((measured.seconds - begin) / step + 1e-9) + before + 1
    beats = tuple(round(begin + (number - before) * step, 3) for number in range(count))
    return replace(
        measured,
        bpm=bpm,
        confidence=1.0,
        even=True,
        ambiguous=False,
        beats=beats,
        downbeats=beats[before % per_bar :: per_bar],
        beats_per_bar=per_bar,
        bar_confidence=1.0 if wish.offset is not None else measured.bar_confidence,
    )
