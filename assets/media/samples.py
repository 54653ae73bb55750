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
MAX_BAD_PACKETS = 50

Samples = NDArray[np.float32]


def sample_rate(path: Path) -> int:
    """Give samples per second of the first sound track. Raises MediaProblem."""
    with opened(path, formats=SOUND_KINDS) as (_, container):
        return sound_stream(container).rate


def sound_stream(container: av.container.InputContainer) -> av.AudioStream:
    """Give the first sound track. Raises MediaProblem when there is none that can be decoded within reason."""
    if not container.streams.audio:
        raise MediaProblem("unreadable", "there is no sound in it")
    stream = container.streams.audio[0]
    if stream.codec_context is None:
        raise MediaProblem("unreadable", "its sound is of a kind that cannot be decoded")
    if stream.channels > MAX_CHANNELS or stream.rate not in RATES:
        raise MediaProblem("unreadable", f"{stream.channels} channels at {stream.rate} Hz")
    return stream


def sound_frames(
    container: av.container.InputContainer, *, rate: int | None = None, layout: str | None = None
) -> Iterator[tuple[Fraction | None, av.AudioFrame]]:
    """Decode the first sound track into float frames of one form, `rate` Hz and `layout` (None: as it begins).

    With each comes the moment in seconds at which the decoder says it starts (None: right after the last).
    A song may change its form midway; damaged AAC may even claim 33 channels there, and a converter that was
    set up for two would write past its memory: so each form gets its own converter. Raises MediaProblem.
    """
    stream = sound_stream(container)
    resampler: av.AudioResampler | None = None
    form: tuple[str, int] | None = None
    total = 0
    for frame in _forgiving(container, stream):
        now = frame.layout.name, frame.sample_rate
        if resampler is None or now != form:
            if frame.layout.nb_channels > MAX_CHANNELS or frame.sample_rate not in RATES:
                raise MediaProblem("unreadable", f"{frame.layout.nb_channels} channels at {frame.sample_rate} Hz")
            form, rate, layout = now, rate or frame.sample_rate, layout or frame.layout.name
            yield from ((None, made) for made in _flushed(resampler))
            resampler = av.AudioResampler("fltp", layout, rate)
        total += frame.samples
        if total > MAX_SECONDS * frame.sample_rate:
            raise MediaProblem("too_long", "the sound is longer than six hours")
        moment = None if frame.pts is None or frame.time_base is None else frame.pts * frame.time_base
        for number, made in enumerate(resampler.resample(frame)):
            yield (moment if number == 0 else None), made
    yield from ((None, made) for made in _flushed(resampler))


def _forgiving(container: av.container.InputContainer, stream: av.AudioStream) -> Iterator[av.AudioFrame]:
    """Decode, leaving out packets that are no sound: an MP3 may carry a tag or a broken frame in its midst."""
    bad = 0
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.InvalidDataError:
            bad += 1
            if bad > MAX_BAD_PACKETS:
                raise
            continue
        yield from (frame for frame in frames if isinstance(frame, av.AudioFrame))


def _flushed(resampler: av.AudioResampler | None) -> list[av.AudioFrame]:
    return resampler.resample(None) if resampler is not None else []


def samples(path: Path, *, rate: int | None = None, layout: str | None = None) -> Iterator[Samples]:
    """Give the sound as float arrays of shape (channels, n), -1..1, n about 4096, from the file's first sample.

    `rate` (Hz) and `layout` (`mono`, `stereo`) convert; None keeps the file's own. Raises MediaProblem.
    """
    for _, piece in timed_samples(path, rate=rate, layout=layout):
        yield piece


def timed_samples(
    path: Path, *, rate: int | None = None, layout: str | None = None
) -> Iterator[tuple[Fraction | None, Samples]]:
    """Do the same, each with its moment in seconds (see `sound_frames`)."""
    with opened(path, formats=SOUND_KINDS) as (_, container):
        for moment, frame in sound_frames(container, rate=rate, layout=layout):
            yield moment, frame.to_ndarray().astype(np.float32, copy=False)
