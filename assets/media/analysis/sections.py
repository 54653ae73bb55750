"""The parts of a song: where its sound changes for long, which parts are alike, and how full each is."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from assets.media.analysis.beats import Times
from assets.media.analysis.hearing import TENTHS, Curve, Heard

CELL = 2.0  # seconds: the pieces that are compared where there are no bars
AROUND = (4, 8)  # cells before and after a border
SHORTEST = 7.5  # seconds
CHANGE = 1.1  # how different both sides of a border must be, in typical differences
ALIKE = 0.75  # parts nearer than this, in typical distances, are called the same
MOST = 40  # parts


@dataclass(frozen=True, slots=True)
class Section:
    """One part in seconds; `letter` is the same letter for parts that sound alike; `energy` 0..1 within the song."""

    start: float
    end: float
    letter: str
    name: str
    energy: float


def sections_of(heard: Heard, bars: Times) -> list[Section]:
    """Divide the song; `bars` are the moments at which a part may begin (empty: anywhere)."""
    edges = _edges(bars, heard.seconds)
    cells = _cells(heard, edges)
    borders = [0, *_borders(cells, edges), len(cells)]
    parts = [cells[low:high] for low, high in pairwise(borders)]
    letters = _letters(parts)
    energies = [_energy(heard, edges[low], edges[high]) for low, high in pairwise(borders)]
    names = _names(energies)
    return [
        Section(round(edges[low], 3), round(edges[high], 3), letter, name, energy)
        for (low, high), letter, name, energy in zip(pairwise(borders), letters, names, energies, strict=True)
    ]


def _edges(bars: Times, seconds: float) -> list[float]:
    """Give the borders of the cells: bars, or every two seconds; first 0, last the end."""
    inner = bars if bars.size > 4 else np.arange(CELL, seconds, CELL)
    least = 0.5 * float(np.median(np.diff(inner))) if inner.size > 1 else 0.0
    kept = [float(moment) for moment in inner if least < moment < seconds - least]
    return [0.0, *kept, seconds]


def _cells(heard: Heard, edges: list[float]) -> Times:
    """Give what each cell sounds like: colour, pitches and loudness, each on a comparable scale."""
    level = np.log10(np.maximum(heard.power, 1e-7))[:, None]
    pitches = heard.tones / np.maximum(np.linalg.norm(heard.tones, axis=1, keepdims=True), 1e-6)
    sums = np.cumsum(np.concatenate([heard.texture, 2.0 * pitches, level], axis=1), axis=0, dtype=np.float64)
    sums = np.concatenate([np.zeros((1, sums.shape[1])), sums])
    places = np.minimum(np.round(np.array(edges) * TENTHS).astype(int), len(sums) - 1)
    places = np.maximum.accumulate(np.minimum(places, len(sums) - 1))
    counts = np.maximum(np.diff(places), 1)[:, None]
    means = (sums[places[1:]] - sums[places[:-1]]) / counts
    even: Times = (means - means.mean(axis=0)) / max(float(means.std(axis=0).mean()), 1e-6)
    return even


def _borders(cells: Times, edges: list[float]) -> list[int]:
    """Give the cells at which something new begins, ascending."""
    if len(cells) < 2 * AROUND[0]:
        return []
    news: Times = np.mean([_news(cells, around) for around in AROUND], axis=0)
    typical = float(np.sqrt(np.square(np.diff(cells, axis=0)).sum(axis=1)).mean())
    chosen: list[int] = []
    for place in sorted(range(1, len(cells)), key=lambda cell: (-news[cell], cell)):
        if news[place] < CHANGE * typical or len(chosen) >= MOST - 1:
            break
        ends = [0.0, edges[-1], *(edges[other] for other in chosen)]
        if min(abs(edges[place] - end) for end in ends) >= SHORTEST:
            chosen.append(place)
    return sorted(chosen)


def _news(cells: Times, around: int) -> Times:
    """Give how far apart the cells before and after each place are on average."""
    sums = np.concatenate([np.zeros((1, cells.shape[1])), np.cumsum(cells, axis=0)])
    places = np.arange(len(cells))
    low, high = np.maximum(0, places - around), np.minimum(len(cells), places + around)
    before = (sums[places] - sums[low]) / np.maximum(places - low, 1)[:, None]
    after = (sums[high] - sums[places]) / (high - places)[:, None]
    whole = np.minimum(places - low, high - places) / around  # near the ends there is little to compare
    news: Times = np.sqrt(np.square(after - before).sum(axis=1) * np.clip(whole, 0, 1))
    return news


def _letters(parts: list[Times]) -> list[str]:
    means = [part.mean(axis=0) for part in parts]
    spread = float(np.mean([np.sqrt(np.square(one - other).sum()) for one in means for other in means])) or 1.0
    known: list[Times] = []
    letters: list[str] = []
    for mean in means:
        far = [float(np.sqrt(np.square(mean - other).sum())) for other in known]
        if far and min(far) < ALIKE * spread:
            number = int(np.argmin(far))
        else:
            number = len(known)
            known.append(mean)
        letters.append(chr(ord("A") + min(number, 25)))
    return letters


def _energy(heard: Heard, start: float, end: float) -> float:
    """Give how loud a part is between the song's quiet and its loud moments."""
    low, high = round(start * TENTHS), max(round(start * TENTHS) + 1, round(end * TENTHS))
    return round(float(energies(heard.power)[low:high].mean()), 3)


def energies(power: Curve) -> Curve:
    """Give the energy 0..1: loudness in dB between the song's loudest second and 30 dB below it."""
    decibels = 10 * np.log10(np.maximum(power, 1e-9))
    top = float(np.percentile(decibels, 95))
    return np.clip((decibels - top + 30) / 30, 0, 1).astype(np.float32)


def _names(values: list[float]) -> list[str]:
    """Name parts by their place and fullness: a guess that a person can read, no more."""
    if len(values) == 1:
        return ["whole"]
    low, high = min(values), max(values)
    names = []
    for place, value in enumerate(values):
        full = (value - low) / max(high - low, 0.05)
        if place == 0 and full < 0.6:
            names.append("intro")
        elif place == len(values) - 1 and full < 0.6:
            names.append("outro")
        else:
            names.append("calm" if full < 0.35 else "full" if full > 0.8 else "middle")
    return names
