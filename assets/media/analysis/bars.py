"""Which beats begin a bar: where harmony changes and the bass comes in, every third or fourth beat."""

from dataclasses import dataclass

import numpy as np

from assets.media.analysis.beats import Times
from assets.media.analysis.hearing import STEPS, TENTHS, Heard

METERS = (4, 3)
THREE_MUST_BE = 1.3  # times as clear as four, which is far more usual
CLEAR = 6.0  # how many standard errors apart make a bar certain


@dataclass(frozen=True, slots=True)
class Bars:
    """Beats in a bar, which beat (0..) begins the first whole bar, and how sure that is, 0..1."""

    beats: int
    first: int
    confidence: float


def bars_of(heard: Heard, beats: Times) -> Bars:
    """Find the bars among the beats; without a sign, four beats from the first."""
    if beats.size < 8:
        return Bars(4, 0, 0.0)
    sign = _standard(_changes(heard, beats)) + 0.5 * _standard(_bass(heard, beats))
    best, found = 0.0, Bars(4, 0, 0.0)
    for meter in METERS:
        clear, first = max((_apart(sign, meter, phase), phase) for phase in range(meter))
        clear /= 1.0 if meter == 4 else THREE_MUST_BE
        if clear > best:
            best, found = clear, Bars(meter, first, round(min(1.0, clear / CLEAR), 3))
    return found


def _changes(heard: Heard, beats: Times) -> Times:
    """Give how differently the beat before and the beat after each moment sound in pitch."""
    pace = float(np.median(np.diff(beats)))
    sums = np.concatenate([np.zeros((1, 12)), np.cumsum(heard.tones, axis=0, dtype=np.float64)])

    def between(low: Times, high: Times) -> Times:
        first = np.clip(np.round(low * TENTHS).astype(int), 0, len(sums) - 1)
        last = np.clip(np.maximum(first + 1, np.round(high * TENTHS).astype(int)), 0, len(sums) - 1)
        part = sums[last] - sums[first]
        return np.asarray(part / np.maximum(np.linalg.norm(part, axis=1, keepdims=True), 1e-9))

    before, after = between(beats - 0.9 * pace, beats - 0.1), between(beats + 0.1, beats + 0.9 * pace)
    return np.asarray(1 - (before * after).sum(axis=1))


def _bass(heard: Heard, beats: Times) -> Times:
    """Give the strongest rise of the bass within 30 ms of each beat."""
    places = np.round(beats * STEPS).astype(int)[:, None] + np.arange(-3, 4)[None, :]
    return np.asarray(heard.low[np.clip(places, 0, heard.low.size - 1)].max(axis=1), np.float64)


def _standard(values: Times) -> Times:
    return np.asarray((values - values.mean()) / max(float(values.std()), 1e-9))


def _apart(sign: Times, meter: int, phase: int) -> float:
    """Give how many standard errors the beats of one phase lie above the others."""
    there = np.arange(sign.size) % meter == phase
    ours, others = sign[there], sign[~there]
    if ours.size < 2 or others.size < 2:
        return 0.0
    spread = np.sqrt(ours.var() / ours.size + others.var() / others.size)
    return float((ours.mean() - others.mean()) / max(spread, 1e-6))
