"""Looking at pictures that were just encoded: black, or standing still, where what they were made of is not."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from assets.media.decode import decode_check
from assets.media.errors import RenderCheckError
from assets.media.ffmpeg import Progress
from assets.media.probe import VideoFacts, opened, upright_size
from assets.media.sniff import VIDEO_KINDS
from assets.media.stitch.light import is_hdr, levels_in_709
from assets.media.stitch.profile import Profile

ROWS, COLUMNS = 9, 16
# Levels of the brightest part of a picture: what we made is black up to BLACK; its source was not from LIGHT on.
BLACK, LIGHT = 22.0, 40.0
# A picture stands still when no part of it changes by SAME; its source moved when one changed by MOVED.
SAME, MOVED = 1.0, 6.0
STILL_SECONDS = Fraction(1, 2)
BARS = 16.0  # the level of what stands around a picture that does not fill the film's frame
TELL = 12  # pictures between two words of progress

Look = NDArray[np.float32]  # brightness of ROWS x COLUMNS parts of a picture, in video levels
Span = tuple[int, int]  # pictures `first` to `last` (not included)
Meant = Callable[[Sequence[Span]], Sequence[Sequence[Look]]]  # what the pictures of each span were to show


@dataclass(frozen=True, slots=True)
class Shares:
    """How much each pixel of a line counts for each of its parts, and which pixels count for a part at all."""

    weights: NDArray[np.float32]
    spans: tuple[slice, ...]


@lru_cache(maxsize=64)
def _shares(parts: int, pixels: int, first: float, last: float) -> Shares:
    """Cut the stretch `first` to `last` of a line of pixels, which may reach beyond it, into equal parts."""
    edges, at = np.linspace(first, last, parts + 1), np.arange(pixels)
    common = np.minimum(edges[1:, None], at + 1) - np.maximum(edges[:-1, None], at)
    weights = (np.maximum(common, 0) * parts / (last - first)).astype(np.float32)
    counted = [np.flatnonzero(weight) for weight in weights]
    return Shares(weights, tuple(slice(some[0], some[-1] + 1) if some.size else slice(0) for some in counted))


def look_at(
    luma: NDArray[np.uint8] | NDArray[np.float32], frame: tuple[float, float, float, float] | None = None
) -> Look:
    """Give the mean brightness of each part of a picture, from all of its pixels: a thin line counts, too.

    `frame` is where the film's frame stands in the picture (top, bottom, left, right); around the picture are bars.
    """
    top, bottom, left, right = frame or (0, luma.shape[0], 0, luma.shape[1])
    rows = _shares(ROWS, luma.shape[0], top, bottom)
    columns = _shares(COLUMNS, luma.shape[1], left, right)
    bands = [row[span] @ luma[span].astype(np.float32) for row, span in zip(rows.weights, rows.spans, strict=True)]
    filled = np.outer(rows.weights.sum(axis=1), columns.weights.sum(axis=1))
    return np.asarray(np.array(bands) @ columns.weights.T + BARS * (1 - filled), np.float32)


def luma_of(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """Give the brightness of a picture in planar YUV, without a copy."""
    plane = frame.planes[0]
    return np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]


def check_encoded(path: Path, *, frames: int, fps: Fraction, meant: Meant, progress: Progress) -> None:
    """Decode what was just encoded to its end and look at it. Raises RenderCheckError with all that is wrong.

    `meant` is asked once, and only for pictures that look black or stand still: a good film costs its decoding alone.
    `progress` hears 0..1, now and then; what it raises goes out.
    """
    looks: list[Look] = []

    def see(frame: av.VideoFrame) -> None:
        looks.append(look_at(luma_of(frame)))
        if len(looks) % TELL == 0:
            progress(min(1.0, len(looks) / frames))

    decoded = decode_check(path, formats={"mp4"}, see=see)
    if decoded.frames != frames:
        raise RenderCheckError(f"{decoded.frames} frames were encoded instead of {frames}")
    wrong = unplanned(looks, fps=fps, meant=meant)
    if wrong:
        raise RenderCheckError("; ".join(wrong))


def unplanned(looks: Sequence[Look], *, fps: Fraction, meant: Meant) -> list[str]:
    """Name the stretches that are black or stand still although what they show does not."""
    black, still = _runs([look.max() <= BLACK for look in looks]), _still(looks, fps)
    asked = [(max(0, first - 1), min(len(looks), last + 1)) for first, last in black]
    asked += [(first + 1, last - 1) for first, last in still]  # the moment itself may be rounded to a picture beside it
    shown = iter(meant(asked) if asked else ())
    wrong = []
    for first, last in black:
        dark = sum(look.max() < LIGHT for look in next(shown))
        if 2 * dark < last - first:
            wrong.append(f"black {_between(first, last, fps)}")
    for first, last in still:
        inside = list(next(shown))
        if any(np.abs(look - inside[0]).max() > MOVED for look in inside[1:]):
            wrong.append(f"a frozen picture {_between(first, last, fps)}")
    return wrong


def _still(looks: Sequence[Look], fps: Fraction) -> list[tuple[int, int]]:
    """Give where at least half a second looks like its first picture; a slow change from one to the next is none."""
    least = max(4, round(STILL_SECONDS * fps))
    found, first = [], 0
    for number in range(1, len(looks) + 1):
        if number == len(looks) or np.abs(looks[number] - looks[first]).max() >= SAME:
            if number - first >= least:
                found.append((first, number))
            first = number
    return found


def _runs(holds: Sequence[bool]) -> list[tuple[int, int]]:
    """Give first and last (not included) of each row of true ones."""
    edges = np.flatnonzero(np.diff(np.array([False, *holds, False], np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _between(first: int, last: int, fps: Fraction) -> str:
    return f"from {float(first / fps):.2f} s to {float(last / fps):.2f} s"


def looks_of_source(
    path: Path, spans: Sequence[Span], *, video: VideoFacts, profile: Profile, fit: str, progress: Progress
) -> list[list[Look]]:
    """Give what a clip shows at the moments of the pictures of a film it is made to fit, for each of some spans.

    It is decoded once, and only what is asked for is looked at. `progress` hears 1 now and then; what it raises goes
    out. Raises MediaProblem.
    """
    wanted = sorted({number for first, last in spans for number in range(first, last)})
    moments = [video.start + (number + Fraction(1, 2)) / profile.fps for number in wanted]
    looks: list[Look] = []  # of those in `wanted`
    shown: av.VideoFrame | None = None  # the picture before the one that comes

    def until(end: Fraction | None) -> None:
        """Look at what is shown, for each moment before `end` that is asked for."""
        count = len(moments) if end is None else bisect_left(moments, end)
        if shown is not None and count > len(looks):
            looks.extend([_shown(shown, video, profile, fit)] * (count - len(looks)))

    with opened(path, formats=VIDEO_KINDS) as (_, clip):
        stream = clip.streams.video[0]
        base = stream.time_base or Fraction(1)
        if stream.codec_context is not None:
            stream.codec_context.thread_type = "AUTO"
        for count, frame in enumerate(clip.decode(stream)):
            until((frame.pts or 0) * base)
            if len(looks) == len(wanted):
                break
            shown = frame
            if count % TELL == 0:
                progress(1.0)
        until(None)
    found = dict(zip(wanted, looks, strict=True))
    return [[found[number] for number in range(first, last)] for first, last in spans]


def _shown(frame: av.VideoFrame, video: VideoFacts, profile: Profile, fit: str) -> Look:
    """Look at a picture as the film shows it, so that both are measured alike: in the light of BT.709, upright, cut
    with `crop`, else between bars. What `blur` puts there counts as black, too.
    """
    seen = levels_in_709(frame, video) if is_hdr(video) else luma_of(frame.reformat(format="yuv420p"))
    luma = np.rot90(seen, video.rotation // 90)
    width, height = upright_size(video)
    scales = Fraction(profile.width, width), Fraction(profile.height, height)
    scale = max(scales) if fit == "crop" else min(scales)
    high = float(luma.shape[0] * profile.height / (height * scale))
    wide = float(luma.shape[1] * profile.width / (width * scale))
    top, left = (luma.shape[0] - high) / 2, (luma.shape[1] - wide) / 2
    return look_at(luma, (top, top + high, left, left + wide))
