"""Synthesises a short demo song (drums, bass, chords, lead) and the quiet sound under a sample clip."""

from pathlib import Path

import numpy as np

from assets.media.synth import (
    Signal,
    echo,
    envelope,
    hat,
    kick,
    low_pass,
    noise,
    pitch,
    place,
    snare,
    times,
    tone,
    write_wav,
)

BPM = 110.0
BEAT = 60.0 / BPM
# A minor, F, C, G: each a bass note and three chord notes (MIDI).
_CHORDS = ((45, (57, 60, 64)), (41, (57, 60, 65)), (48, (55, 60, 64)), (43, (55, 59, 62)))
_MELODY = (
    76,
    0,
    74,
    72,
    0,
    72,
    74,
    0,
    69,
    0,
    72,
    0,
    74,
    76,
    0,
    72,
    67,
    0,
    72,
    76,
    0,
    79,
    76,
    0,
    74,
    0,
    71,
    74,
    0,
    71,
    67,
    0,
)


def demo_song(path: Path, *, seconds: float) -> None:
    """Write a pleasant song of exactly `seconds` at 110 BPM as a WAV; always the same bytes.

    Four bars of chords, then bass and drums come in, then the lead; it thins out at half and ends softly.
    """
    length = seconds + 1.0
    drums, bass, chords, lead = (np.zeros(round(length * 48_000)) for _ in range(4))
    bars = int(seconds / (4 * BEAT)) + 1
    for bar in range(bars):
        start, level = bar * 4 * BEAT, _energy(bar, bars)
        note, chord = _CHORDS[bar % 4]
        _bar_of_chords(chords, chord, start)
        if level >= 1:
            _bar_of_bass(bass, note, start)
            _bar_of_drums(drums, start, full=level >= 2)
        if level >= 2:
            _bar_of_lead(lead, bar, start)
    keep = round(seconds * 48_000)
    ducked = chords * _pump(length)
    wet = echo(lead, seconds=BEAT * 0.75, gain=0.34)
    left = (0.9 * drums + 0.5 * bass + 0.34 * ducked + 0.3 * wet)[:keep]
    right = (0.9 * drums + 0.5 * bass + 0.34 * np.roll(ducked, 480) + 0.3 * np.roll(wet, 900))[:keep]
    fade = np.minimum(1.0, (seconds - times(seconds)[: len(left)]) / min(1.5, seconds / 4))
    write_wav(path, left * fade, right * fade)


def _energy(bar: int, bars: int) -> int:
    """Say how full a bar is: 0 chords, 1 and drums, 2 and lead (the chorus)."""
    part = bar / max(1, bars)
    if bars <= 4:
        return 2
    return 0 if part < 0.1 else 1 if part < 0.35 or 0.55 <= part < 0.65 else 2


def _pump(length: float) -> Signal:
    """Let the chords breathe with the beat."""
    phase = (times(length) / BEAT) % 1.0
    return np.minimum(1.0, 0.45 + phase * 1.1)


def _bar_of_chords(track: Signal, notes: tuple[int, ...], start: float) -> None:
    shape = envelope(4 * BEAT + 0.3, attack=0.06, release=0.35)
    for number, note in enumerate(notes):
        voice = tone(pitch(note), 4 * BEAT + 0.3, overtones=(1.0, 0.45, 0.28, 0.12, 0.07), detune=0.004)
        place(track, low_pass(voice, 2600) * shape, start + number * 0.012, 0.8)


def _bar_of_bass(track: Signal, note: int, start: float) -> None:
    for step, length in ((0.0, 0.7), (1.5, 0.4), (2.0, 0.7), (3.5, 0.4)):
        seconds = length * BEAT
        sound = tone(pitch(note - 12), seconds, overtones=(1.0, 0.5, 0.22, 0.1))
        place(track, sound * envelope(seconds, attack=0.008, release=0.05, decay=0.5), start + step * BEAT)


def _bar_of_drums(track: Signal, start: float, *, full: bool) -> None:
    for step in (0.0, 2.0, *((2.5,) if full else ())):
        place(track, kick(), start + step * BEAT)
    for step in (1.0, 3.0):
        place(track, snare(), start + step * BEAT, 0.55)
    for step in range(8 if full else 4):
        at = step * (0.5 if full else 1.0)
        place(track, hat(length=0.09 if step % 4 == 3 else 0.03), start + at * BEAT, 0.22 if step % 2 else 0.15)


def _bar_of_lead(track: Signal, bar: int, start: float) -> None:
    for step in range(8):
        note = _MELODY[(bar % 4) * 8 + step]
        if note:
            seconds = 0.62 * BEAT
            sound = tone(pitch(note), seconds, overtones=(1.0, 0.35, 0.3, 0.1, 0.08))
            place(track, sound * envelope(seconds, attack=0.012, release=0.12, decay=0.4), start + step * BEAT / 2)


def ambience(path: Path, *, seconds: float, seed: int, mood: str, wind: float) -> None:
    """Write the sound of a clip: a soft chord in the `mood` (warm, dark, bright) over a breath of `wind` (0..1)."""
    roots = {"warm": (48, 55, 64, 67), "dark": (45, 52, 60, 64), "bright": (50, 57, 66, 69)}
    notes = [note + (seed % 3) * 2 for note in roots.get(mood, roots["warm"])]
    hiss = noise(seconds, seed)
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * times(seconds) / 5.0 + seed % 7)
    air = low_pass(hiss, 500 + 60 * (seed % 9)) * swell * (0.25 + wind) * 2.2
    left, right = air.copy(), np.roll(air, 2400)
    for number, note in enumerate(notes):
        voice = tone(pitch(note), seconds, overtones=(1.0, 0.3, 0.12), detune=0.003)
        shape = envelope(seconds, attack=0.8 + 0.3 * number, release=0.6)
        place(left, voice * shape, 0.0, 0.2 + 0.05 * (number % 2))
        place(right, voice * shape, 0.0, 0.25 - 0.05 * (number % 2))
    for step in range(int(seconds / (2 * BEAT))):
        bell = tone(pitch(notes[(step * 2 + seed) % 4] + 12), 1.2, overtones=(1.0, 0.0, 0.3, 0.1))
        place(
            right if step % 2 else left,
            bell * envelope(1.2, attack=0.005, release=0.2, decay=0.3),
            step * 2 * BEAT,
            0.22,
        )
    write_wav(path, left, right, peak=0.5)
