"""Where the beats are: followed through the song, and straightened to an even grid when the song is even."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.media.analysis.hearing import STEPS, Curve
from assets.media.analysis.tempo import FRAME, JUMP, Tempo

TIGHT = 100.0  # how dearly a beat pays for coming early or late
EVEN = 0.03  # seconds from the grid that still count as on it
EVEN_SHARE = 0.6  # of the clear beats, in each part of the song
PARTS = 4
SAME, MOSTLY = 0.025, 0.85  # a window of this tempo, and how many of them an even song has

Times = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Beats:
    """Moments of the beats in seconds, ascending; `bpm` as the beats say; `even` when they are a grid."""

    times: Times
    bpm: float
    even: bool


def beats_of(beginnings: Curve, tempo: Tempo, seconds: float) -> Beats:
    """Follow the beat through the whole song at about its tempo."""
    bpm, period = tempo.bpm, 60 * STEPS / tempo.bpm
    is_even = bool((np.abs(tempo.pace / bpm - 1) < SAME).mean() > MOSTLY)
    pace = np.full_like(tempo.pace, bpm) if is_even else tempo.pace
    followed = _followed(beginnings, 60 * STEPS / pace.astype(np.float64))
    places = np.array([_between(beginnings, place) for place in followed])
    strength = beginnings[followed]
    grid = _grid(places, strength, period) if is_even else None
    if grid is not None:
        begin, length = grid[0] / STEPS, grid[1] / STEPS
        first, last = math.ceil(-begin / length - 1e-9), math.floor((seconds - begin) / length)
        return Beats(begin + length * np.arange(first, last + 1, dtype=np.float64), 60 / length, even=True)
    times = places / STEPS
    times = times[(times >= 0) & (times <= seconds)]
    typical = float(np.median(np.diff(times))) if times.size > 1 else 60 / bpm
    return Beats(times, 60 / typical, even=False)


def _followed(beginnings: Curve, periods: NDArray[np.float64]) -> NDArray[np.int64]:
    """Find the chain of beats with the most beginnings on it and the evenest steps (Ellis 2007, dynamic programming).

    `periods` has the steps of a beat for each window of the tempo.
    """
    values = (beginnings / max(float(beginnings.std()), 1e-9)).astype(np.float64)
    near, far = max(1, round(float(periods.min()) / 2)), round(float(periods.max()) * 2)
    back = np.arange(-far, -near + 1)
    score = np.concatenate([np.zeros(far), values])
    come_from = np.full(values.size, -1)
    for first in range(0, values.size, JUMP):
        # Window n is centred half a window after its first step.
        window = min(len(periods) - 1, max(0, round((first + JUMP / 2 - FRAME / 2) / JUMP)))
        dear = -TIGHT * np.log(-back / periods[window]) ** 2
        for step in range(first, min(first + JUMP, values.size)):
            reached = score[step : step + far - near + 1] + dear
            top = int(np.argmax(reached))
            if reached[top] > 0 and step + back[top] >= 0:
                come_from[step] = step + back[top]
                score[step + far] += reached[top]
    end = score[far:]
    tail = max(0, end.size - far)
    place = tail + int(np.argmax(end[tail:]))
    chain = []
    while place >= 0:
        chain.append(place)
        place = int(come_from[place])
    return np.array(chain[::-1])


def _between(curve: Curve, place: int) -> float:
    """Move a place to its summit between the steps."""
    if not 1 <= place < curve.size - 1:
        return float(place)
    before, here, after = (float(value) for value in curve[place - 1 : place + 2])
    bend = before - 2 * here + after
    return place + (float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < 0 else 0.0)


def _grid(places: Times, strength: Curve, period: float) -> tuple[float, float] | None:
    """Give (first, step) in steps of the even grid that the clear beats lie on, or None when they do not."""
    clear = places[strength > 0.5 * np.median(strength[strength > 0])] if (strength > 0).any() else places[:0]
    if clear.size < 8:
        return None
    middle = clear.size // 2
    first, step, reach = float(clear[middle]), period, 8
    while True:
        low, high = max(0, middle - reach), min(clear.size, middle + reach)
        near = clear[low:high]
        numbers = np.round((near - first) / step)
        for _ in range(3):
            off = np.abs(near - first - numbers * step)
            good = off <= max(float(np.median(off)) * 2.5, 0.5)
            if np.unique(numbers[good]).size < 4:
                return None
            step, first = (float(value) for value in np.polyfit(numbers[good], near[good], 1))
            numbers = np.round((near - first) / step)
        if low == 0 and high == clear.size:
            break
        reach *= 2
    off = np.abs(clear - first - np.round((clear - first) / step) * step)
    parts = np.array_split(off <= EVEN * STEPS, PARTS)
    return (first, step) if min(part.mean() for part in parts) >= EVEN_SHARE else None
