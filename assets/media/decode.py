"""Decoding a file to its end: that it can be done, and how much comes out of it."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer

from assets.media.errors import MediaProblem
from assets.media.probe import opened, promised, short

TICK_FRAMES = 24


@dataclass(frozen=True, slots=True)
class Decoded:
    """What came out of decoding a file to its end; `sound_whole`: all of its sound could be decoded."""

    frames: int
    audio_seconds: float
    sound_whole: bool


def decode_check(
    path: Path,
    *,
    formats: Collection[str] | None = None,
    tick: Callable[[int], None] | None = None,
    see: Callable[[av.VideoFrame], None] | None = None,
    forgive_sound: bool = False,
) -> Decoded:
    """Decode picture and sound to the end and count; `tick` hears the frames so far, and may raise; `see` sees each.

    Raises MediaProblem, whose text names the frame it broke at; with `forgive_sound` not for broken sound.
    """
    frames, samples, whole = 0, Fraction(0), True
    for frame in _decoded(path, formats, forgive_sound=forgive_sound):
        if frame is None:
            whole = False
            continue
        if isinstance(frame, av.AudioFrame):
            samples += Fraction(frame.samples, frame.sample_rate)
            continue
        frames += 1
        if see is not None:
            see(frame)
        if tick is not None and frames % TICK_FRAMES == 0:
            tick(frames)
    return Decoded(frames, float(samples), whole)


def _decoded(
    path: Path, formats: Collection[str] | None, *, forgive_sound: bool
) -> Iterator[av.VideoFrame | av.AudioFrame | None]:
    """Give every frame, None for forgiven sound; a generator: its reader's errors are not taken for bad bytes."""
    frames = 0
    with opened(path, formats=formats) as (_, container):
        streams = [*container.streams.video[:1], *container.streams.audio[:1]]
        expected = promised(container.streams.video[0]) if container.streams.video else 0
        for stream in streams:
            if stream.codec_context is not None:
                stream.codec_context.thread_type = "AUTO"
        try:
            for frame in _frames(container, streams, forgive_sound=forgive_sound):
                if isinstance(frame, av.VideoFrame):
                    if frame.is_corrupt:
                        raise MediaProblem("unreadable", f"damaged at frame {frames}")
                    frames += 1
                yield frame
        except av.FFmpegError as error:
            raise MediaProblem("unreadable", f"damaged at frame {frames}: {short(error)}") from error
    if frames < expected:
        raise MediaProblem("unreadable", f"it ends too early: {frames} of {expected} frames")


def _frames(
    container: InputContainer, streams: list[Any], *, forgive_sound: bool
) -> Iterator[av.VideoFrame | av.AudioFrame | None]:
    for packet in container.demux(streams):
        try:
            frames = packet.decode()
        except av.FFmpegError:
            if forgive_sound and packet.stream.type == "audio":
                yield None
                continue
            raise
        yield from (frame for frame in frames if isinstance(frame, av.VideoFrame | av.AudioFrame))
