"""Sound as numbers: the samples of a file, piece by piece, however long it is."""

from collections.abc import Callable, Iterable, Iterator
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
PREROLL = Fraction(1, 2)  # seconds: right after a seek a decoder lacks what it needs from before
SILENCE = 8_192  # samples filled at once
LOUDEST = 8.0  # 18 dB above full scale, which no music comes near

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
    doubled, total = False, 0
    for frame in _forgiving(container, stream):
        now = frame.layout.name, frame.sample_rate
        if resampler is None or now != form:
            if frame.layout.nb_channels > MAX_CHANNELS or frame.sample_rate not in RATES:
                raise MediaProblem("unreadable", f"{frame.layout.nb_channels} channels at {frame.sample_rate} Hz")
            form, rate, layout = now, rate or frame.sample_rate, layout or frame.layout.name
            yield from ((None, made) for made in _flushed(resampler, doubled=doubled))
            doubled = layout == "stereo" and frame.layout.nb_channels == 1
            resampler = av.AudioResampler("fltp", "mono" if doubled else layout, rate)
        total += frame.samples
        if total > MAX_SECONDS * frame.sample_rate:
            raise MediaProblem("too_long", "the sound is longer than six hours")
        moment = None if frame.pts is None or frame.time_base is None else frame.pts * frame.time_base
        for number, made in enumerate(resampler.resample(frame)):
            yield (moment if number == 0 else None), _shaped(made, doubled=doubled)
    yield from ((None, made) for made in _flushed(resampler, doubled=doubled))


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


def _flushed(resampler: av.AudioResampler | None, *, doubled: bool) -> list[av.AudioFrame]:
    return [_shaped(made, doubled=doubled) for made in resampler.resample(None)] if resampler is not None else []


def _shaped(frame: av.AudioFrame, *, doubled: bool) -> av.AudioFrame:
    """Make a frame sane; `doubled` gives its one channel twice, as loud as it is: a converter would take 3 dB."""
    frame = _sane(frame)
    if not doubled:
        return frame
    twice = np.repeat(frame.to_ndarray().astype(np.float32, copy=False), 2, axis=0)
    both = av.AudioFrame.from_ndarray(twice, format="fltp", layout="stereo")
    both.sample_rate, both.pts = frame.sample_rate, frame.pts
    if frame.time_base is not None:
        both.time_base = frame.time_base
    return both


def _sane(frame: av.AudioFrame) -> av.AudioFrame:
    """Silence what is no number and hold what is beyond reason, in place: float files may carry either."""
    for plane in frame.planes:
        values = np.frombuffer(memoryview(plane), np.float32)[: frame.samples]
        if not np.abs(values).max(initial=0) <= LOUDEST:  # not true of NaN either
            np.nan_to_num(values, copy=False, nan=0, posinf=0, neginf=0)
            np.clip(values, -LOUDEST, LOUDEST, out=values)
    return frame


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


def samples_from(path: Path, moment: Fraction, *, rate: int, layout: str, seek: bool = False) -> Iterator[Samples]:
    """Give the samples from a moment in seconds of the file's own clock on; what starts later begins with silence.

    `seek` goes there first; without it what comes before is decoded too. Raises MediaProblem.
    """
    ahead: int | None = None  # samples still to drop (or, below zero, to fill)
    with opened(path, formats=SOUND_KINDS) as (_, container):
        if seek and moment > PREROLL:
            container.seek(int((moment - PREROLL) * 1_000_000))
        for at, frame in sound_frames(container, rate=rate, layout=layout):
            piece = frame.to_ndarray().astype(np.float32, copy=False)
            if ahead is None:
                ahead = round((moment - (at or Fraction(0))) * rate)
                while ahead < 0:
                    silent = min(SILENCE, -ahead)
                    yield np.zeros((piece.shape[0], silent), np.float32)
                    ahead += silent
            if ahead >= piece.shape[1]:
                ahead -= piece.shape[1]
                continue
            yield piece[:, ahead:]
            ahead = 0


def told(pieces: Iterable[Samples], progress: Callable[[float], None], total: int) -> Iterator[Samples]:
    """Give the same samples and tell after each how much of `total` has gone by, 0..1; what that raises goes out."""
    gone = 0
    for piece in pieces:
        yield piece
        gone += piece.shape[1]
        progress(min(1.0, gone / max(1, total)))


def first_moment(path: Path) -> Fraction:
    """Give when a file begins, in seconds of its own clock: an MP3 starts after what its decoder drops."""
    with opened(path, formats=SOUND_KINDS) as (_, container):
        return Fraction(container.start_time or 0, 1_000_000)


def gathered(pieces: Iterable[Samples], least: int) -> Iterator[Samples]:
    """Give the same samples in pieces of at least `least` (the last may be shorter), which the taker may change.

    Work on packets of 1024 costs more than their decoding.
    """
    waiting: list[Samples] = []
    count = 0
    for piece in pieces:
        waiting.append(piece)
        count += piece.shape[1]
        if count >= least:
            yield np.concatenate(waiting, axis=1)
            waiting, count = [], 0
    if waiting:
        yield np.concatenate(waiting, axis=1)
