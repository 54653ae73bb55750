"""How fast a song goes: where its beginnings of sounds repeat, and what else its tempo might be called."""

from dataclasses import dataclass

import numpy as np

from assets.media.analysis.hearing import STEPS, Curve

SLOWEST, FASTEST = 40.0, 240.0  # BPM
USUAL, SPREAD = 115.0, 0.9  # BPM and octaves: people tap along near here
FRAME, JUMP = 12 * STEPS, 4 * STEPS  # steps: how much is compared with itself at a time
LONGEST = 6 * STEPS  # steps: the longest distance compared
BEATS = 4  # a tempo is backed by the first four multiples of its beat
SMOOTHED = 10 * STEPS  # steps over which loudness is evened out
LEAST = 0.02  # a song whose highest rises (3 in 100) are below this begins nothing
CERTAIN = 0.5  # likeness at which nobody doubts a tempo
NOTHING = 0.1  # and below which there is none
AS_WELL = 0.7  # a candidate this strong makes the tempo ambiguous
PACES, PACE_RANGE = 161, 0.4  # speeds tried around the tempo, and octaves they reach
PACE_DEAR, PACE_JUMP = 8.0, 1.2  # what an octave of change costs, and any change at most
OCTAVES = (2.0, 0.5, 3.0, 1 / 3, 1.5, 2 / 3)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A tempo that fits, its strength against the best one (1), and whether it is that one's double, half or third."""

    bpm: float
    strength: float
    octave: bool


@dataclass(frozen=True, slots=True)
class Tempo:
    """What was found; the first candidate is the best. `confidence` 0..1."""

    bpm: float
    confidence: float
    candidates: tuple[Candidate, ...]
    pace: Curve  # BPM of each window, one every JUMP steps

    @property
    def ambiguous(self) -> bool:
        """Whether another candidate is nearly as good."""
        return any(each.strength >= AS_WELL for each in self.candidates[1:])


def onsets(rise: Curve) -> Curve:
    """Give where something begins: rises above their surroundings, quiet and loud parts alike; mean 0."""
    if rise.size < STEPS or float(np.percentile(rise, 97)) < LEAST:
        return np.zeros_like(rise)
    above = rise - _averaged(rise, STEPS)
    strength = np.sqrt(_averaged(np.square(above), SMOOTHED))
    even = np.clip(above / np.maximum(strength, 0.15 * float(strength.max())), -1, 6)
    soft = np.convolve(even, np.array([0.25, 0.5, 0.25], np.float32), "same")
    return np.asarray(soft - soft.mean(), np.float32)


def _averaged(curve: Curve, width: int) -> Curve:
    """Give the moving average; at the ends, of what there is."""
    sums = np.concatenate([[0.0], np.cumsum(curve, dtype=np.float64)])
    places = np.arange(curve.size)
    low, high = np.maximum(0, places - width // 2), np.minimum(curve.size, places + width // 2 + 1)
    return np.asarray((sums[high] - sums[low]) / (high - low), np.float32)


def likeness(beginnings: Curve) -> Curve:
    """Give how like itself each window of 12 s is after each number of steps, -1..1: one row every 4 s."""
    length = min(FRAME, beginnings.size)
    rows = []
    for begin in range(0, max(1, beginnings.size - length // 2), JUMP):
        part = beginnings[begin : begin + length].astype(np.float64)
        part -= part.mean()
        spectrum = np.fft.rfft(part, 2 * FRAME)
        alike = np.fft.irfft(np.abs(spectrum) ** 2)[: LONGEST + 1]
        compared = np.maximum(part.size - np.arange(LONGEST + 1), part.size // 4)
        heard = alike[0] > 1e-6 * length
        rows.append(alike / alike[0] * part.size / compared if heard else np.zeros(LONGEST + 1))
    return np.array(rows, np.float32)


def tempo_of(beginnings: Curve) -> Tempo | None:
    """Find the tempo, or None for what has no beat: noise, silence, a held tone."""
    if not beginnings.any() or beginnings.size < 4 * STEPS:
        return None
    windows = likeness(beginnings)
    heard = windows[windows.any(axis=1)]
    alike = heard.mean(axis=0)
    speeds = np.geomspace(SLOWEST, FASTEST, 1_000)
    backing = _backing(alike, speeds)
    liked = backing * np.exp(-0.5 * (np.log2(speeds / USUAL) / SPREAD) ** 2)
    best = int(np.argmax(liked))
    confidence = _confidence(float(backing[best]), beginnings.size)
    if confidence <= 0:
        return None
    bpm = _finer(alike, float(speeds[best]))
    others = _others(alike, speeds, liked, best)
    return Tempo(bpm, confidence, (Candidate(bpm, 1.0, octave=False), *others), _pace(windows, bpm))


def _pace(windows: Curve, bpm: float) -> Curve:
    """Follow the tempo from window to window: the way through the best speeds that changes least often."""
    speeds = bpm * np.geomspace(2**-PACE_RANGE, 2**PACE_RANGE, PACES)
    octaves = np.log2(speeds / bpm)
    dear = np.minimum(PACE_DEAR * np.abs(octaves[:, None] - octaves[None, :]), PACE_JUMP)
    total = np.zeros(PACES)
    ways = []
    for row in windows:
        reached = total[None, :] - dear
        ways.append(np.argmax(reached, axis=1))
        liked = _backing(row, speeds) * np.exp(-0.5 * (octaves / PACE_RANGE) ** 2)
        total = reached.max(axis=1) + liked
    place = int(np.argmax(total))
    path = [place]
    for way in reversed(ways[1:]):
        place = int(way[place])
        path.append(place)
    return speeds[path[::-1]].astype(np.float32)


def _backing(alike: Curve, speeds: np.ndarray) -> np.ndarray:
    """Give how well each speed in BPM is backed: the mean likeness at the multiples of its beat."""
    places = np.arange(alike.size)
    edged = np.pad(alike, 1, mode="edge")
    wide = np.maximum(np.maximum(edged[:-2], edged[2:]), alike)
    beat = 60 * STEPS / speeds
    total, count = np.zeros(speeds.size), np.zeros(speeds.size)
    for multiple in range(1, BEATS + 1):
        inside = beat * multiple <= LONGEST
        total += np.where(inside, np.interp(beat * multiple, places, wide), 0)
        count += inside
    return np.maximum(0, total / np.maximum(count, 1))


def _confidence(backing: float, steps: int) -> float:
    """Weigh the likeness at the beat against what chance makes of so short a sound."""
    chance = 5.0 / np.sqrt(max(steps, FRAME) / 4)
    floor = max(NOTHING, float(chance))
    return float(np.clip((backing - floor) / (CERTAIN - floor), 0, 1)) if backing > floor else 0.0


def _finer(alike: Curve, bpm: float) -> float:
    """Sharpen a tempo by the farthest multiple of its beat that is compared, step by step outwards."""
    beat = 60 * STEPS / bpm
    for multiple in range(1, int(LONGEST / beat) + 1):
        place = _summit(alike, beat * multiple, reach=max(1, round(0.04 * beat)))
        if place is not None:
            beat = beat + (place / multiple - beat) * (0.7 if multiple > 1 else 0.5)
    return float(60 * STEPS / beat)


def _summit(curve: Curve, near: float, *, reach: int) -> float | None:
    """Give the place of the highest value near a place, between the steps; None when it is at the edge."""
    low, high = max(1, round(near) - reach - 1), min(curve.size - 2, round(near) + reach + 1)
    if high - low < 2:
        return None
    top = low + int(np.argmax(curve[low : high + 1]))
    if top in {low, high}:
        return None
    before, here, after = (float(value) for value in curve[top - 1 : top + 2])
    bend = before - 2 * here + after
    return top if bend >= 0 else top + 0.5 * (before - after) / bend


def _others(alike: Curve, speeds: np.ndarray, liked: np.ndarray, best: int) -> list[Candidate]:
    """List other tempi that are locally best, strongest first."""
    found: list[Candidate] = []
    tops = np.flatnonzero((liked[1:-1] >= liked[:-2]) & (liked[1:-1] > liked[2:])) + 1
    for top in sorted(tops, key=lambda place: -liked[place]):
        ratio = speeds[top] / speeds[best]
        strength = float(liked[top] / liked[best])
        if strength < 0.3 or top == best or any(abs(speeds[top] / each.bpm - 1) < 0.04 for each in found):
            continue
        octave = any(abs(ratio / known - 1) < 0.03 for known in OCTAVES)
        found.append(Candidate(_finer(alike, float(speeds[top])), round(strength, 3), octave))
    return found[:4]
