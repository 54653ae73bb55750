"""Makes sound from nothing: tones, drums, noise, and WAV files; always the same samples."""

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
Signal = NDArray[np.float64]


def times(seconds: float) -> Signal:
    """Give the time of every sample of `seconds`."""
    return np.arange(round(seconds * RATE)) / RATE


def pitch(note: float) -> float:
    """Give the frequency in Hz of a MIDI note (69 is A, 440 Hz)."""
    return float(440.0 * 2 ** ((note - 69) / 12))


def envelope(seconds: float, *, attack: float, release: float, decay: float = 0.0) -> Signal:
    """Give a volume curve: rise over `attack` s, fall with time constant `decay` s (0: none), end over `release` s."""
    at = times(seconds)
    curve = np.minimum(1.0, at / max(attack, 1e-4)) * np.minimum(1.0, (seconds - at) / max(release, 1e-4))
    return curve * np.exp(-at / decay) if decay else curve


def tone(frequency: float, seconds: float, *, overtones: tuple[float, ...] = (1.0,), detune: float = 0.0) -> Signal:
    """Add up a tone and its overtones with the strengths given; `detune` (0..) beats two slightly different ones."""
    at = 2 * np.pi * frequency * times(seconds)
    total = np.zeros_like(at)
    for number, strength in enumerate(overtones, start=1):
        total += strength * np.sin(number * at)
        if detune:
            total += strength * np.sin(number * at * (1 + detune))
    return total / (sum(overtones) * (2 if detune else 1))


def noise(seconds: float, seed: int) -> Signal:
    """Give white noise in -1..1, the same for the same seed."""
    return np.random.Generator(np.random.PCG64(seed)).uniform(-1.0, 1.0, round(seconds * RATE))


def low_pass(signal: Signal, hertz: float) -> Signal:
    """Take away what is higher than `hertz`, softly (two moving averages: a triangle)."""
    width = max(1, round(RATE / (2.2 * hertz)))
    padded = signal
    for _ in range(2):
        sums = np.cumsum(np.concatenate([np.zeros(width), padded]))
        padded = (sums[width:] - sums[:-width]) / width
    return padded


def kick() -> Signal:
    """Give a bass drum of 0.32 s."""
    at = times(0.32)
    sweep = 48 * at + 110 * 0.032 * (1 - np.exp(-at / 0.032))
    return np.sin(2 * np.pi * sweep) * np.exp(-at / 0.12) * np.minimum(1, at / 0.002)


def snare() -> Signal:
    """Give a snare of 0.22 s."""
    body = noise(0.22, 11)
    return 0.7 * (body - low_pass(body, 900)) * np.exp(-times(0.22) / 0.055) + 0.5 * tone(184, 0.22) * np.exp(
        -times(0.22) / 0.05
    )


def hat(*, length: float = 0.05) -> Signal:
    """Give a high-hat that rings with the time constant `length`, 0.2 s in all."""
    hiss = noise(0.2, 23)
    return (hiss - low_pass(hiss, 5200)) * np.exp(-times(0.2) / length)


def place(track: Signal, sound: Signal, at: float, gain: float = 1.0) -> None:
    """Add `sound` to `track` at `at` seconds; what hangs over the end is cut."""
    start = round(at * RATE)
    stop = min(len(track), start + len(sound))
    if start < stop:
        track[start:stop] += gain * sound[: stop - start]


def echo(signal: Signal, *, seconds: float, gain: float, times_: int = 3) -> Signal:
    """Add fading repeats."""
    result = signal.copy()
    for number in range(1, times_ + 1):
        place(result, signal, seconds * number, gain**number)
    return result


def write_wav(path: Path, left: Signal, right: Signal, *, peak: float = 0.8) -> None:
    """Write 16-bit stereo at 48 kHz, its loudest sample at `peak`."""
    both = np.stack([left, right], axis=1)
    loudest = float(np.abs(both).max()) or 1.0
    samples = np.round(both * (peak / loudest) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
