"""Songs made to measure: known beats, in several styles, with noise under them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from assets.media.synth import RATE, Signal, envelope, hat, kick, noise, pitch, place, snare, tone, write_wav

CHORDS = ((45, (57, 60, 64)), (41, (57, 60, 65)), (48, (55, 60, 64)), (43, (55, 59, 62)))


def beat_song(
    path: Path,
    *,
    bpm: float | Callable[[float], float],
    seconds: float,
    offset: float = 0.37,
    style: str = "rock",
    noise_level: float = 0.05,
    silent_until: float = 0.0,
) -> list[float]:
    """Write a song and give the moments of its beats; `bpm` may change with time, `silent_until` hushes its start."""
    drums, tones = (np.zeros(round((seconds + 4) * RATE)) for _ in range(2))
    beats: list[float] = []
    at = offset
    while at < seconds:
        length = 60.0 / (bpm(at) if callable(bpm) else bpm)
        _STYLES[style](drums, tones, at, length, len(beats))
        beats.append(at)
        at += length
    sound = (drums + 0.4 * tones)[: round(seconds * RATE)]
    sound[: round(silent_until * RATE)] = 0
    sound = sound / max(1e-9, float(np.abs(sound).max())) + noise_level * 1.7 * noise(seconds, 5)
    write_wav(path, sound, sound)
    return beats


def _rock(drums: Signal, tones: Signal, at: float, beat: float, number: int) -> None:
    place(drums, kick() if number % 2 == 0 else snare(), at, 1.0 if number % 2 == 0 else 0.6)
    for half in (0, 0.5):
        place(drums, hat(length=0.03), at + half * beat, 0.2)
    if number % 4 == 0:
        note = CHORDS[number // 4 % 4][0]
        shape = envelope(4 * beat, attack=0.02, release=0.1)
        place(tones, tone(pitch(note), 4 * beat, overtones=(1, 0.5, 0.3)) * shape, at, 0.5)


def _house(drums: Signal, tones: Signal, at: float, beat: float, number: int) -> None:
    place(drums, kick(), at)
    place(drums, hat(length=0.03), at + beat / 2, 0.4)
    if number % 2:
        place(drums, snare(), at, 0.4)


def _swing(drums: Signal, tones: Signal, at: float, beat: float, number: int) -> None:
    place(drums, hat(length=0.03), at, 0.3)
    if number % 2:
        place(drums, hat(length=0.03), at + beat * 2 / 3, 0.25)
        place(drums, snare(), at, 0.2)
    note = CHORDS[number // 4 % 4][0] + (0, 4, 7, 9)[number % 4]
    place(tones, tone(pitch(note), beat) * envelope(beat, attack=0.01, release=0.05, decay=0.4), at, 0.7)


def _syncopated(drums: Signal, tones: Signal, at: float, beat: float, number: int) -> None:
    if number % 4 == 0:
        for eighth in (0.0, 3.0, 6.0):
            place(drums, kick(), at + eighth * beat / 2)
        for eighth in (1.5, 3, 4.5, 7):
            shape = envelope(0.2, attack=0.005, release=0.05, decay=0.1)
            place(tones, tone(pitch(64), 0.2) * shape, at + eighth * beat / 2, 0.5)
    if number % 2:
        place(drums, snare(), at, 0.5)
    for half in (0, 0.5):
        place(drums, hat(length=0.03), at + half * beat, 0.12)


def _strummed(drums: Signal, tones: Signal, at: float, beat: float, number: int) -> None:
    for note in CHORDS[number // 4 % 4][1]:
        shape = envelope(beat, attack=0.02, release=0.1, decay=0.5)
        place(tones, tone(pitch(note), beat, overtones=(1, 0.4, 0.2)) * shape, at, 0.5 if number % 4 else 0.9)


def _waltz(drums: Signal, tones: Signal, at: float, beat: float, number: int) -> None:
    place(drums, hat(length=0.03) if number % 3 else kick(), at, 0.5 if number % 3 else 1.0)
    for note in CHORDS[number // 3 % 4][1]:
        place(tones, tone(pitch(note), beat / 2) * envelope(beat / 2, attack=0.01, release=0.05), at, 0.3)


def _half_time(drums: Signal, tones: Signal, at: float, beat: float, number: int) -> None:
    if number % 2 == 0:
        place(drums, snare() if number % 4 else kick(), at)
    for half in (0, 0.5):
        place(drums, hat(length=0.03), at + half * beat, 0.15)


_STYLES: dict[str, Callable[[Signal, Signal, float, float, int], None]] = {
    "rock": _rock,
    "house": _house,
    "swing": _swing,
    "syncopated": _syncopated,
    "strummed": _strummed,
    "waltz": _waltz,
    "half_time": _half_time,
}
