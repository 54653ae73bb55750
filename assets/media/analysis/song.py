"""The whole analysis of one song, as plain numbers that can be kept as JSON."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assets.media.analysis.bars import bars_of
from assets.media.analysis.beats import Beats, beats_of
from assets.media.analysis.hearing import TENTHS, Heard, hear
from assets.media.analysis.sections import Section, energies, sections_of
from assets.media.analysis.tempo import Candidate, Tempo, onsets, tempo_of

VERSION = 1  # raised when the same song would give other numbers
ENERGY_VALUES = 600  # at most


@dataclass(frozen=True, slots=True)
class SongAnalysis:
    """Moments and lengths in seconds, tempo in BPM (None: no beat was found), strengths 0..1.

    `even` says that the beats are one grid from end to end; `downbeats` begin bars of `beats_per_bar`. `energy` has
    one value every `energy_step` seconds. `ambiguous` says that half, double or another candidate may be right too.
    """

    seconds: float
    bpm: float | None
    confidence: float
    even: bool
    ambiguous: bool
    candidates: tuple[Candidate, ...]
    beats: tuple[float, ...]
    downbeats: tuple[float, ...]
    beats_per_bar: int
    bar_confidence: float
    sections: tuple[Section, ...]
    energy_step: float
    energy: tuple[float, ...]
    loudness_lufs: float
    peak_dbfs: float

    def as_dict(self) -> dict[str, Any]:
        """Give it as JSON takes it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, told: dict[str, Any]) -> "SongAnalysis":
        """Read what `as_dict` gave."""
        lists = {name: tuple(told[name]) for name in ("beats", "downbeats", "energy")}
        made = {
            "candidates": tuple(Candidate(**each) for each in told["candidates"]),
            "sections": tuple(Section(**each) for each in told["sections"]),
        }
        return cls(**{**told, **lists, **made})


def analyse(path: Path) -> SongAnalysis:
    """Listen to a song once, about 8 s an hour of it, and make sense of what was heard. Raises MediaProblem."""
    heard = hear(path)
    beginnings = onsets(heard.rise)
    tempo = tempo_of(beginnings)
    beats = beats_of(beginnings, tempo, heard.seconds) if tempo else Beats(np.zeros(0), 0.0, even=False)
    bars = bars_of(heard, beats.times)
    downbeats = beats.times[bars.first :: bars.beats]
    step, energy = _energy(heard)
    return SongAnalysis(
        seconds=round(heard.seconds, 3),
        bpm=round(beats.bpm, 3) if tempo else None,
        confidence=round(tempo.confidence, 3) if tempo else 0.0,
        even=beats.even,
        ambiguous=tempo.ambiguous if tempo else False,
        candidates=_candidates(tempo, beats),
        beats=_moments(beats.times),
        downbeats=_moments(downbeats),
        beats_per_bar=bars.beats,
        bar_confidence=bars.confidence,
        sections=tuple(sections_of(heard, downbeats)),
        energy_step=step,
        energy=energy,
        loudness_lufs=round(heard.loudness.lufs, 2),
        peak_dbfs=round(heard.loudness.peak_dbfs, 2),
    )


def _candidates(tempo: Tempo | None, beats: Beats) -> tuple[Candidate, ...]:
    """Give the candidates; those in a simple ratio follow what the beats said about the first."""
    if tempo is None:
        return ()
    sharper = beats.bpm / tempo.bpm if beats.even else 1.0
    return tuple(Candidate(round(each.bpm * sharper, 3), each.strength, each.octave) for each in tempo.candidates)


def _moments(times: np.ndarray) -> tuple[float, ...]:
    return tuple(round(float(moment), 3) for moment in times)


def _energy(heard: Heard) -> tuple[float, tuple[float, ...]]:
    """Give the energy of the song in at most `ENERGY_VALUES` equal steps, and the seconds of a step."""
    values = energies(heard.power)
    tenths = max(5, -(-values.size // ENERGY_VALUES))
    padded = np.pad(values, (0, -values.size % tenths), mode="edge")
    return tenths / TENTHS, tuple(round(float(value), 3) for value in padded.reshape(-1, tenths).mean(axis=1))
