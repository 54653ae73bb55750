"""Sound as numbers: the samples of a file, piece by piece, however long it is."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from assets.media.errors import MediaProblem
from assets.media.probe import opened
from assets.media.sniff import AUDIO_KINDS, VIDEO_KINDS

SOUND_KINDS = AUDIO_KINDS | VIDEO_KINDS  # a song may come in a film's box
MAX_SECONDS = 6 * 3600
MAX_CHANNELS = 8
RATES = range(8_000, 192_001)
CHUNK = 4_096

Samples = NDArray[np.float32]


def sample_rate(path: Path) -> int:
    """Give samples per second of the first sound track. Raises MediaProblem."""
    with opened(path, formats=SOUND_KINDS) as (_, container):
        return _stream(container).rate


def _stream(container: av.container.InputContainer) -> av.AudioStream:
    if not container.streams.audio:
        raise MediaProblem("unreadable", "there is no sound in it")
    stream = container.streams.audio[0]
    if stream.channels > MAX_CHANNELS or stream.rate not in RATES:
        raise MediaProblem("unreadable", f"{stream.channels} channels at {stream.rate} Hz")
    return stream


def samples(path: Path, *, rate: int | None = None, layout: str | None = None) -> Iterator[Samples]:
    """Give the sound as float arrays of shape (channels, n), -1..1, n about 4096, from the file's first sample.

    `rate` (Hz) and `layout` (`mono`, `stereo`) convert; None keeps the file's own. Raises MediaProblem.
    """
    for _, piece in timed_samples(path, rate=rate, layout=layout):
        yield piece


def timed_samples(
    path: Path, *, rate: int | None = None, layout: str | None = None
) -> Iterator[tuple[Fraction | None, Samples]]:
    """Do the same, each with the moment in seconds at which the decoder says it starts (None: right after the last)."""
    with opened(path, formats=SOUND_KINDS) as (_, container):
        stream = _stream(container)
        resampler = av.AudioResampler(format="fltp", layout=layout or stream.layout, rate=rate or stream.rate)
        total = 0
        for frame in container.decode(stream):
            moment = None if frame.pts is None or frame.time_base is None else frame.pts * frame.time_base
            total += frame.samples
            if total > MAX_SECONDS * stream.rate:
                raise MediaProblem("too_long", "the sound is longer than six hours")
            for number, made in enumerate(resampler.resample(frame)):
                yield (moment if number == 0 else None), made.to_ndarray().astype(np.float32, copy=False)
        for made in resampler.resample(None):
            yield None, made.to_ndarray().astype(np.float32, copy=False)
