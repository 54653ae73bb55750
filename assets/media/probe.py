"""Facts about a media file, read in process with PyAV; the bytes are hostile until they have been looked at."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.sidedata.sidedata import SideData
from av.stream import Disposition
from av.video.stream import VideoStream

from assets.media import ogg, webm
from assets.media.errors import MediaProblem
from assets.media.mp4.boxes import BoxError, index_is_first
from assets.media.mp4.promises import check_promises
from assets.media.sniff import DEMUXERS, sniff

# Two hours at 30 pictures a second have 216,000 of them, and 337,500 packets of AAC at 48 kHz.
MAX_PICTURES, MAX_PACKETS = 250_000, 600_000
MAX_SIDE = 8_192
WIDEST_PIXEL = Fraction(8)
NTSC = Fraction(1000, 1001)
USUAL_RATES = tuple(rate * part for rate in (24, 25, 30, 48, 50, 60, 12, 15, 90, 100, 120) for part in (1, NTSC))
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
    mirrored: bool = False


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


def upright_size(video: VideoFacts) -> tuple[int, int]:
    """Give the size a person sees: square pixels, turned upright."""
    width, height = max(1, round(video.width * video.sample_aspect)), video.height
    return (height, width) if video.rotation in {90, 270} else (width, height)


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
        if demuxer == "mov":
            _check_promises(path)
        rules = {"protocol_whitelist": "file", "format_whitelist": demuxer}
        with av.open(str(path.absolute()), format=demuxer, options=rules, metadata_errors="replace") as container:
            if not container.streams.video and not container.streams.audio:
                raise MediaProblem("unreadable", "it holds neither picture nor sound")
            yield kind, container
    except (av.FFmpegError, OSError, ValueError, EOFError) as error:
        raise MediaProblem("unreadable", short(error)) from error


def _check_promises(path: Path) -> None:
    try:
        check_promises(path)
    except BoxError as error:
        raise MediaProblem("too_long", f"more than any clip or song has: {error}") from error


def short(error: Exception) -> str:
    """Say what went wrong without naming the file's place on this machine."""
    return str(getattr(error, "strerror", "") or type(error).__name__)


def probe(path: Path, *, formats: Collection[str] | None = None) -> MediaFacts:
    """Read the facts: every packet is counted, the first picture is decoded, nothing else.

    `formats` are the sniffed kinds allowed (all when None). Raises MediaProblem: `empty`, `type`,
    `unreadable` (also for a file that ends too early), `too_long`.
    """
    with opened(path, formats=formats) as (kind, container):
        if _cut_short(path, kind):
            raise MediaProblem("unreadable", "it ends too early")
        times = _packet_times(container)
        video = _video_facts(container, times) if film_streams(container) else None
        audio = _audio_facts(container, times) if container.streams.audio else None
        if video is None and audio is None:
            raise MediaProblem("unreadable", "it holds neither picture nor sound")
        seconds = video.seconds if video else audio.seconds if audio else Fraction(0)
        first = index_is_first(path) if DEMUXERS[kind] == "mov" else True
        return MediaFacts(kind, path.stat().st_size, float(seconds), video, audio, first)


def _cut_short(path: Path, kind: str) -> bool:
    if kind == "webm":
        return webm.cut_short(path)
    return kind in {"ogg", "opus"} and ogg.cut_short(path)


def film_streams(container: InputContainer) -> list[VideoStream]:
    """Give the picture tracks that move; the cover of a song is none."""
    return [stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic]


def pixel_aspect(stream: VideoStream) -> Fraction:
    """Give how wide a pixel is for its height; 1 when the file does not say, or says what no camera makes."""
    said = Fraction(stream.sample_aspect_ratio or 1)
    return said if 1 / WIDEST_PIXEL <= said <= WIDEST_PIXEL else Fraction(1)


def promised(stream: VideoStream) -> int:
    """Give how many pictures the file's tables promise to show: those an edit list hides do not count. 0: none say."""
    return sum(not entry.is_discard for entry in stream.index_entries) if stream.frames else 0


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
    too_long = MediaProblem("too_long", "more parts than any clip or song has")
    pictures = film_streams(container)[:1]
    if sum(len(stream.index_entries) for stream in container.streams) > MAX_PACKETS or any(
        stream.frames > MAX_PICTURES for stream in pictures
    ):
        raise too_long
    for number, packet in enumerate(container.demux(streams)):
        if number > MAX_PACKETS or any(len(times[stream.index].pts) > MAX_PICTURES for stream in pictures):
            raise too_long
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
    shown = promised(stream)
    if len(track.pts) < max(1, shown):
        raise MediaProblem("unreadable", f"it ends too early: {len(track.pts)} of {shown or 'some'} frames")
    order = sorted(track.pts)
    fps, constant = _rate(order, stream.time_base, stream.average_rate)
    seconds = len(order) / fps if constant else (track.end - order[0]) * stream.time_base
    first = _first_picture(container)
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
        rotation=first.rotation % 360,
        sample_aspect=pixel_aspect(stream),
        matrix=int(context.colorspace),
        primaries=int(context.color_primaries),
        transfer=int(context.color_trc),
        full_range=int(context.color_range) == 2 or (context.pix_fmt or "").startswith("yuvj"),
        key_every=max(after - before for before, after in pairwise(keys)),
        whole=not track.hidden and track.keys[:1] == order[:1] == track.pts[:1],
        parameters=context.extradata or b"",
        mirrored=mirrored(first),
    )


def _rate(order: list[int], base: Fraction, average: Fraction | None) -> tuple[Fraction, bool]:
    """Give frames per second, and whether every frame lasts equally long (to the tick, as rounding leaves it)."""
    if len(order) < 2:
        return (average or Fraction(24)), True
    fps = Fraction(len(order) - 1) / ((order[-1] - order[0]) * base)
    # Two or three pictures on a coarse clock fit several rates: then what the file says counts.
    usual = sorted(USUAL_RATES, key=lambda rate: abs(rate - (average or fps)))
    for rate in [*usual, average or fps]:
        if _even(order, 1 / (rate * base)):
            return Fraction(rate), True
    near = fps.limit_denominator(1001)
    fps = near if abs(near - fps) * 1000 < fps else fps
    return fps, _even(order, 1 / (fps * base))


def _even(order: list[int], step: Fraction) -> bool:
    """Say whether pictures stand `step` ticks apart, to the tick; where a tick is about a picture, to a part of it."""
    slack = min(Fraction(1), step / 4)
    return all(abs(pts - order[0] - rank * step) <= slack for rank, pts in enumerate(order))


def mirrored(frame: av.VideoFrame) -> bool:
    """Say whether a picture is to be shown mirrored (and turned by `rotation` and another 180 degrees, if so)."""
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if not isinstance(matrix, SideData):
        return False
    a, b, _, c, d, *_ = np.frombuffer(bytes(matrix), np.int32).tolist()
    return bool(a * d - b * c < 0)


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
