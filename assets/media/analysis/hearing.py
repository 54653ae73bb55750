"""One walk through a song that keeps only what the analysis needs: a few numbers for every ten milliseconds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from assets.media.errors import MediaProblem
from assets.media.loudness import Loudness, Meter
from assets.media.probe import opened
from assets.media.samples import SOUND_KINDS, Samples, sound_frames

RATE = 24_000  # Hz; what is above 12 kHz tells no beat
HOP = 240  # samples: a step of 10 ms
STEPS = RATE // HOP  # steps a second
WINDOW = 1_024  # 43 ms: where beats are
LONG_WINDOW = 4_096  # 171 ms: where tones are told apart
LONG_HOP = 2_400  # 0.1 s
TENTHS = RATE // LONG_HOP  # of these a second
BLOCK = 1_024  # windows worked on at once
BANDS = 24
LOWEST, HIGHEST = 40.0, 11_000.0  # Hz
LOW_BANDS = 6  # up to about 165 Hz: bass drum and bass
LAG = 2  # steps: a rise is measured over 20 ms
LOUD = 200.0  # how strongly quiet sounds count: the logarithm's factor
SIDES = np.array([[0.55], [0.45]], np.float32)  # left and right: unequal, or opposite phases would cancel to nothing
TONES = (55.0, 2_000.0)  # Hz: where pitches are heard

Curve = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard. `rise` and `low` have `STEPS` values a second, the curves below them `TENTHS`."""

    seconds: float
    rise: Curve  # how much louder the bands became
    low: Curve  # the same of the lowest bands
    power: Curve  # mean square, 0..1
    tones: Curve  # (n, 12): the strength of each pitch class
    texture: Curve  # (n, BANDS): how loud the bands are
    loudness: Loudness


def hear(path: Path) -> Heard:
    """Listen to the first sound track once; memory grows by about 2 KB a second of it. Raises MediaProblem."""
    meter, rises, tones = Meter(), _Rises(), _Tones()
    total = 0
    with opened(path, formats=SOUND_KINDS) as (_, container):
        for piece in _mono(_measured(sound_frames(container), meter)):
            total += piece.size
            rises.add(piece)
            tones.add(piece)
    if total == 0:
        raise MediaProblem("empty", "there is no sound in it")
    rise, low = rises.curves()
    power, pitches, texture = tones.curves()
    return Heard(total / RATE, rise, low, power, pitches, texture, meter.result())


def _measured(frames: Iterable[tuple[object, av.AudioFrame]], meter: Meter) -> Iterator[av.AudioFrame]:
    """Pass frames on, each weighed by the meter."""
    for _, frame in frames:
        meter.add(frame)
        yield frame


def _mono(frames: Iterable[av.AudioFrame]) -> Iterator[Curve]:
    resampler = av.AudioResampler("fltp", "stereo", RATE)

    def given(frame: av.AudioFrame | None) -> Iterator[Curve]:
        for made in resampler.resample(frame):
            yield (made.to_ndarray() * SIDES).sum(axis=0)

    for frame in frames:
        frame.pts = None  # a song that changes its form midway restarts its clock
        yield from given(frame)
    yield from given(None)


class _Windows:
    """Cuts what comes in into overlapping windows, worked on by the block; window n is centred at n hops."""

    def __init__(self, window: int, hop: int) -> None:
        self.window, self.hop = window, hop
        self.shape = np.hanning(window + 1)[:-1].astype(np.float32)
        self.waiting: list[Samples] = [np.zeros(window // 2, np.float32)]
        self.held = window // 2
        self.heard = 0

    def add(self, piece: Samples) -> None:
        self.waiting.append(piece)
        self.held += piece.size
        self.heard += piece.size
        if self.held >= self.window + BLOCK * self.hop:
            self._work()

    def end(self) -> None:
        """Work on what is left; there is a window for every hop that has begun."""
        self.waiting.append(np.zeros(self.window, np.float32))
        self.held += self.window // 2 + (-self.heard) % self.hop
        self._work()

    def _work(self) -> None:
        sound = np.concatenate(self.waiting)
        count = (self.held - self.window) // self.hop + 1
        for first in range(0, count, BLOCK):
            begin = first * self.hop
            stop = begin + (min(BLOCK, count - first) - 1) * self.hop + self.window
            windows = np.lib.stride_tricks.sliding_window_view(sound[begin:stop], self.window)[:: self.hop]
            self.use(windows)
        self.waiting = [sound[count * self.hop :]]
        self.held -= count * self.hop

    def use(self, windows: Samples) -> None:
        raise NotImplementedError

    def spectrum(self, windows: Samples) -> Samples:
        """Give magnitudes; a full-scale sine is 1."""
        return np.abs(np.fft.rfft(windows * self.shape, axis=1)).astype(np.float32) * np.float32(4 / self.window)


class _Rises(_Windows):
    """How much louder each step is than the one 20 ms before: where something begins."""

    def __init__(self) -> None:
        super().__init__(WINDOW, HOP)
        self.bands = _bands(WINDOW)
        self.before = np.zeros((LAG, BANDS), np.float32)
        self.rise: list[Curve] = []
        self.low: list[Curve] = []

    def use(self, windows: Samples) -> None:
        levels = np.log1p(LOUD * (self.spectrum(windows) @ self.bands))
        both = np.concatenate([self.before, levels])
        rises = np.maximum(0, both[LAG:] - both[:-LAG])
        self.before = both[-LAG:]
        self.rise.append(rises.mean(axis=1))
        self.low.append(rises[:, :LOW_BANDS].mean(axis=1))

    def curves(self) -> tuple[Curve, Curve]:
        self.end()
        return np.concatenate(self.rise), np.concatenate(self.low)


class _Tones(_Windows):
    """Power, pitches and colour ten times a second."""

    def __init__(self) -> None:
        super().__init__(LONG_WINDOW, LONG_HOP)
        self.bands = _bands(LONG_WINDOW)
        self.pitches = _pitches(LONG_WINDOW)
        self.power: list[Curve] = []
        self.tones: list[Curve] = []
        self.texture: list[Curve] = []

    def use(self, windows: Samples) -> None:
        spectrum = self.spectrum(windows)
        middle = windows[:, (LONG_WINDOW - LONG_HOP) // 2 : (LONG_WINDOW + LONG_HOP) // 2]
        self.power.append(np.square(middle).mean(axis=1))
        self.tones.append(np.sqrt(spectrum) @ self.pitches)
        self.texture.append(np.log1p(LOUD * (spectrum @ self.bands)))

    def curves(self) -> tuple[Curve, Curve, Curve]:
        self.end()
        return np.concatenate(self.power), np.concatenate(self.tones), np.concatenate(self.texture)


def _bands(window: int) -> Curve:
    """Give the matrix that sums a spectrum into bands of equal musical width; narrow ones share a bin."""
    edges = np.geomspace(LOWEST, HIGHEST, BANDS + 1) * window / RATE
    bins = np.arange(window // 2 + 1)
    matrix = np.zeros((bins.size, BANDS), np.float32)
    for band in range(BANDS):
        overlap = np.minimum(bins + 0.5, edges[band + 1]) - np.maximum(bins - 0.5, edges[band])
        matrix[:, band] = np.maximum(0, overlap)
    return matrix


def _pitches(window: int) -> Curve:
    """Give the matrix that folds a spectrum into the twelve pitch classes."""
    hertz = np.arange(window // 2 + 1) * RATE / window
    matrix = np.zeros((hertz.size, 12), np.float32)
    for number in np.flatnonzero((hertz >= TONES[0]) & (hertz <= TONES[1])):
        matrix[number, round(69 + 12 * np.log2(hertz[number] / 440)) % 12] = 1
    return matrix
