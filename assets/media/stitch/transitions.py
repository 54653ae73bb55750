"""Crossfades and fades through black: a window of pictures is decoded, blended where clips meet, encoded again."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assets.media.encoding import STITCH_SPS_ID
from assets.media.errors import ClipProblem, MediaProblem
from assets.media.ffmpeg import FrameEncoder, Progress
from assets.media.probe import opened
from assets.media.sniff import VIDEO_KINDS
from assets.media.stitch.look import Look, look_at
from assets.media.stitch.profile import Profile

Picture = NDArray[np.uint8]  # planar 4:2:0: height * 3 / 2 rows of `width` bytes
TELL_EVERY = 12
BLACK = (16, 128)  # video levels: luma, chroma


@dataclass(frozen=True, slots=True)
class Strip:
    """Pictures `first` to `last` (not included) of a clip of the film's profile; `start` is its first one's second."""

    number: int
    path: Path
    start: Fraction
    first: int
    last: int


def render(
    strips: Sequence[Strip],
    target: Path,
    *,
    profile: Profile,
    transition: str,
    length: int,
    total: int,
    crf: int,
    max_bitrate: int | None = None,
    progress: Progress | None = None,
) -> list[Look]:
    """Encode strips as one picture of `total` frames with transitions of `length` frames between them.

    Gives what each of the pictures looked like before it was encoded. Raises ClipProblem, FFmpegError.
    """
    looks = []
    films = (_pictures(strip, profile) for strip in strips)
    frames = crossfaded(films, length) if transition == "crossfade" else through_black(films, len(strips), length // 2)
    with FrameEncoder(
        target,
        width=profile.width,
        height=profile.height,
        fps=profile.fps,
        pixels="yuv420p",
        crf=crf,
        max_bitrate=max_bitrate,
        sps_id=STITCH_SPS_ID,
        timeout=60 + 2 * total,
    ) as out:
        for number, frame in enumerate(frames):
            out.write(frame.tobytes())
            looks.append(look_at(frame[: profile.height]))
            if progress is not None and number % TELL_EVERY == 0:
                progress(min(1.0, number / total))
    return looks


def _pictures(strip: Strip, profile: Profile) -> Iterator[Picture]:
    """Give the pictures of a strip, each of them once. Raises ClipProblem, also when one is missing."""
    rows = profile.height * 3 // 2
    wanted = strip.first
    try:
        for place, picture in _decoded(strip, profile):
            if place != wanted:
                break
            wanted += 1
            yield picture.reshape(rows, profile.width)  # ValueError when the size changes midway
    except (MediaProblem, ValueError) as error:
        raise ClipProblem(strip.number, "unreadable", str(error)) from error
    if wanted != strip.last:
        raise ClipProblem(strip.number, "unreadable", f"frame {wanted} is missing")


def _decoded(strip: Strip, profile: Profile) -> Iterator[tuple[int, Picture]]:
    """Give the pictures of a strip with their places; decoding begins at the key frame before. Raises MediaProblem."""
    with opened(strip.path, formats=VIDEO_KINDS) as (_, clip):
        stream = clip.streams.video[0]
        base = stream.time_base or Fraction(1)
        if stream.codec_context is not None:
            stream.codec_context.thread_type = "AUTO"
        if strip.first:
            clip.seek(round((strip.start + strip.first / profile.fps) / base), stream=stream)
        for frame in clip.decode(stream):
            place = round(((frame.pts or 0) * base - strip.start) * profile.fps)
            if place >= strip.last:
                break
            if place >= strip.first:
                yield place, frame.to_ndarray().astype(np.uint8, copy=False)


def mixed(before: Picture, after: Picture, share: Fraction) -> Picture:
    """Give `after` laid over `before`; `share` 0..1 is how much of `after` is seen. Exact whole-number arithmetic."""
    whole, part = share.denominator, share.numerator
    sums = before.astype(np.uint32) * (whole - part) + after.astype(np.uint32) * part
    return ((sums + whole // 2) // whole).astype(np.uint8)


def crossfaded(films: Iterable[Iterable[Picture]], length: int) -> Iterator[Picture]:
    """Lay the first `length` pictures of each film over the last `length` of the one before."""
    tail: deque[Picture] = deque()
    for number, film in enumerate(films):
        fresh: deque[Picture] = deque()
        for place, picture in enumerate(film):
            if number and place < length:
                fresh.append(mixed(tail.popleft(), picture, Fraction(place + 1, length + 1)))
            else:
                fresh.append(picture)
            if len(fresh) > length:
                yield fresh.popleft()
        tail = fresh
    yield from tail


def through_black(films: Iterable[Iterable[Picture]], count: int, half: int) -> Iterator[Picture]:
    """Darken the last `half` pictures of each film but the last, and the first `half` of each but the first."""
    for number, film in enumerate(films):
        tail: deque[Picture] = deque()
        for place, picture in enumerate(film):
            shown = _darkened(picture, Fraction(place + 1, half + 1)) if number and place < half else picture
            tail.append(shown)
            if len(tail) > half:
                yield tail.popleft()
        last = number == count - 1
        for place, picture in enumerate(tail):
            yield picture if last else _darkened(picture, Fraction(half - place, half + 1))


def _darkened(picture: Picture, light: Fraction) -> Picture:
    black = np.full_like(picture, BLACK[1])
    black[: picture.shape[0] * 2 // 3] = BLACK[0]
    return mixed(black, picture, light)
