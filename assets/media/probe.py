"""Facts about a media file, read in process with PyAV; the bytes are hostile until they have been looked at."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from assets.media.errors import MediaProblem
from assets.media.mp4.boxes import index_is_first
from assets.media.sniff import DEMUXERS, sniff

MAX_PACKETS = 1_000_000
MAX_SIDE = 8_192
TICK_FRAMES = 24
UNSPECIFIED = 2  # ITU-T H.273: the file does not say
BT709 = 1


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """The picture track: sizes in pixels, `frames` as counted, colour codes of ITU-T H.273 (1 = BT.709)."""

    codec: str
    profile: str
    pix_fmt: str
    width: int
    height: int
    fps: Fraction
    constant_fps: bool
    frames: int
    start: Fraction  # seconds
    seconds: Fraction
    time_scale: int
    rotation: int  # degrees, 0 = upright
    sample_aspect: Fraction
    matrix: int
    primaries: int
    transfer: int
    full_range: bool
    key_every: int  # the longest way between two key frames, in frames
    whole: bool  # begins with its key frame and hides no frame behind an edit list
    parameters: bytes  # the decoder's set-up bytes (avcC)


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """The sound track; `start` and `seconds` in seconds."""

    codec: str
    sample_rate: int
    channels: int
    start: Fraction
    seconds: Fraction


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What a file holds; `duration` in seconds is the picture's, or the sound's when there is no picture."""

    kind: str
    size_bytes: int
    duration: float
    video: VideoFacts | None
    audio: AudioFacts | None
    index_first: bool


@contextmanager
def opened(path: Path, *, formats: Collection[str] | None = None) -> Iterator[tuple[str, InputContainer]]:
    """Open a file by the one demuxer of its sniffed kind, local only; what goes wrong inside becomes MediaProblem.

    So nothing but reading may happen inside: a full disk or a stop must not be taken for bad bytes.
    """
    try:
        if path.stat().st_size == 0:
            raise MediaProblem("empty", "the file has no bytes")
        kind = sniff(path)
        if kind is None or (formats is not None and kind not in formats):
            raise MediaProblem("type", f"{kind or 'this'} is not a kind of file that is taken here")
        demuxer = DEMUXERS[kind]
        rules = {"protocol_whitelist": "file", "format_whitelist": demuxer}
        with av.open(str(path.absolute()), format=demuxer, options=rules) as container:
            if not container.streams.video and not container.streams.audio:
                raise MediaProblem("unreadable", "it holds neither picture nor sound")
            yield kind, container
    except (av.FFmpegError, OSError, ValueError, EOFError) as error:
        raise MediaProblem("unreadable", _short(error)) from error


def _short(error: Exception) -> str:
    """Say what went wrong without naming the file's place on this machine."""
    return str(getattr(error, "strerror", "") or type(error).__name__)


def probe(path: Path, *, formats: Collection[str] | None = None) -> MediaFacts:
    """Read the facts: every packet is counted, the first picture is decoded, nothing else.

    `formats` are the sniffed kinds allowed (all when None). Raises MediaProblem: `empty`, `type`,
    `unreadable` (also for a file that ends too early), `too_long`.
    """
    with opened(path, formats=formats) as (kind, container):
        times = _packet_times(container)
        video = _video_facts(container, times) if film_streams(container) else None
        audio = _audio_facts(container, times) if container.streams.audio else None
        if video is None and audio is None:
            raise MediaProblem("unreadable", "it holds neither picture nor sound")
        seconds = video.seconds if video else audio.seconds if audio else Fraction(0)
        first = index_is_first(path) if DEMUXERS[kind] == "mov" else True
        return MediaFacts(kind, path.stat().st_size, float(seconds), video, audio, first)


def film_streams(container: InputContainer) -> list[VideoStream]:
    """Give the picture tracks that move; the cover of a song is none."""
    return [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]


@dataclass(slots=True)
class _Times:
    """The packets of one track: presentation times in ticks, whether key, and where the last one ends."""

    pts: list[int]
    keys: list[int]
    end: int = 0
    hidden: int = 0


def _packet_times(container: InputContainer) -> dict[int, _Times]:
    """Count the packets of the first picture and sound tracks. Raises MediaProblem when it never ends."""
    streams = [*film_streams(container)[:1], *container.streams.audio[:1]]
    times = {stream.index: _Times([], []) for stream in streams}
    for number, packet in enumerate(container.demux(streams)):
        if number > MAX_PACKETS:
            raise MediaProblem("too_long", "more parts than any clip or song has")
        if packet.pts is None or packet.size == 0:
            continue
        if packet.is_corrupt:
            raise MediaProblem("unreadable", "it ends too early")
        track = times[packet.stream_index]
        if packet.is_discard:
            track.hidden += 1
            continue
        if packet.is_keyframe:
            track.keys.append(packet.pts)
        track.pts.append(packet.pts)
        track.end = max(track.end, packet.pts + (packet.duration or 0))
    return times


def _video_facts(container: InputContainer, times: dict[int, _Times]) -> VideoFacts:
    stream = film_streams(container)[0]
    context = stream.codec_context
    track = times[stream.index]
    if context is None or stream.time_base is None or not 0 < max(context.width, context.height) <= MAX_SIDE:
        raise MediaProblem("unreadable", "no picture that can be decoded")
    if not track.pts or (stream.frames and len(track.pts) + track.hidden < stream.frames):
        raise MediaProblem("unreadable", f"it ends too early: {len(track.pts)} of {stream.frames or 'some'} frames")
    order = sorted(track.pts)
    fps, constant = _rate(order, stream.time_base, stream.average_rate)
    seconds = len(order) / fps if constant else (track.end - order[0]) * stream.time_base
    ranks = {pts: rank for rank, pts in enumerate(order)}
    keys = [0, *sorted(ranks[pts] for pts in track.keys), len(order)]
    return VideoFacts(
        codec=context.name,
        profile=context.profile or "",
        pix_fmt=context.pix_fmt or "",
        width=context.width,
        height=context.height,
        fps=fps,
        constant_fps=constant,
        frames=len(order),
        start=order[0] * stream.time_base,
        seconds=seconds,
        time_scale=(1 / stream.time_base).numerator,
        rotation=_first_picture(container).rotation % 360,
        sample_aspect=Fraction(stream.sample_aspect_ratio or 1) or Fraction(1),
        matrix=int(context.colorspace),
        primaries=int(context.color_primaries),
        transfer=int(context.color_trc),
        full_range=int(context.color_range) == 2 or (context.pix_fmt or "").startswith("yuvj"),
        key_every=max(after - before for before, after in pairwise(keys)),
        whole=not track.hidden and track.keys[:1] == order[:1] == track.pts[:1],
        parameters=context.extradata or b"",
    )


def _rate(order: list[int], base: Fraction, average: Fraction | None) -> tuple[Fraction, bool]:
    """Give frames per second, and whether every frame lasts equally long (to the tick, as rounding leaves it)."""
    if len(order) < 2:
        return (average or Fraction(24)), True
    fps = Fraction(len(order) - 1) / ((order[-1] - order[0]) * base)
    near = fps.limit_denominator(1001)
    fps = near if abs(near - fps) * 1000 < fps else fps
    step = 1 / (fps * base)
    even = all(abs(pts - order[0] - rank * step) <= 1 for rank, pts in enumerate(order))
    return fps, even


def _first_picture(container: InputContainer) -> av.VideoFrame:
    container.seek(0)
    for picture in container.decode(film_streams(container)[0]):
        return picture
    raise MediaProblem("unreadable", "not one picture can be decoded")


def _audio_facts(container: InputContainer, times: dict[int, _Times]) -> AudioFacts | None:
    stream = container.streams.audio[0]
    context = stream.codec_context
    track = times[stream.index]
    if context is None or stream.time_base is None or not track.pts:
        return None
    first = stream.start_time if stream.start_time is not None else min(track.pts)
    return AudioFacts(
        codec=context.name,
        sample_rate=context.sample_rate,
        channels=context.layout.nb_channels,
        start=first * stream.time_base,
        seconds=max(0, track.end - first) * stream.time_base,
    )


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
    forgive_sound: bool = False,
) -> Decoded:
    """Decode picture and sound to the end and count; `tick` hears the frames so far, and may raise.

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
        expected = container.streams.video[0].frames if container.streams.video else 0
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
            raise MediaProblem("unreadable", f"damaged at frame {frames}: {_short(error)}") from error
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
