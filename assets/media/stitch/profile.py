"""The one picture format a film has, voted by its clips, and what keeps a clip from being copied into it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from assets.media.errors import MediaProblem
from assets.media.probe import BT709, UNSPECIFIED, VideoFacts, upright_size
from assets.media.stitch.wishes import StitchWishes

MIN_SIDE, MAX_SIDE = 64, 4_096
MAX_FPS = 60
NEAR = Fraction(1, 100)  # so far from a wished aspect ratio clips have it already: 848x480 is 16:9


@dataclass(frozen=True, slots=True)
class Profile:
    """Size in pixels (both even), upright, square pixels; frames per second; always H.264 yuv420p BT.709."""

    width: int
    height: int
    fps: Fraction


def choose_profile(clips: Sequence[VideoFacts], wishes: StitchWishes) -> Profile:
    """Let the clips vote; among equals those that could be copied win, then the earlier. Wishes change the size."""
    votes: Counter[Profile] = Counter()
    copyable: Counter[Profile] = Counter()
    for video in clips:
        profile = Profile(*_even(*upright_size(video)), _fps(video))
        votes[profile] += 1
        copyable[profile] += not misfits(video, profile)
    winner = max(votes, key=lambda profile: (votes[profile], copyable[profile]))  # the first of equals
    width, height = _wished(winner.width, winner.height, wishes)
    return Profile(width, height, winner.fps)


def _fps(video: VideoFacts) -> Fraction:
    usual = video.constant_fps and 1 <= video.fps <= MAX_FPS
    return video.fps if usual else Fraction(min(MAX_FPS, max(1, round(video.fps))))


def _even(width: int, height: int) -> tuple[int, int]:
    def side(pixels: int) -> int:
        return max(MIN_SIDE, min(MAX_SIDE, pixels - pixels % 2))

    return side(width), side(height)


def _wished(width: int, height: int, wishes: StitchWishes) -> tuple[int, int]:
    """Apply `aspect_ratio` and `resolution`. Raises MediaProblem for words that are neither."""
    if wishes.aspect_ratio is None and wishes.resolution is None:
        return width, height
    ratio, short = Fraction(width, height), min(width, height)
    if wishes.aspect_ratio is not None:
        parts = re.fullmatch(r"([1-9]\d?):([1-9]\d?)", wishes.aspect_ratio)
        if parts is None:
            raise MediaProblem("type", f"{wishes.aspect_ratio!r} is not an aspect ratio such as 16:9")
        ratio = Fraction(int(parts[1]), int(parts[2]))
    if wishes.resolution is not None:
        number = re.fullmatch(r"([1-9]\d{1,3})p", wishes.resolution)
        if number is None:
            raise MediaProblem("type", f"{wishes.resolution!r} is not a resolution such as 720p")
        short = int(number[1])
    if short == min(width, height) and abs(Fraction(width, height) / ratio - 1) < NEAR:
        return width, height
    size = (round(short * ratio), short) if ratio >= 1 else (short, round(short / ratio))
    return _even(size[0] + size[0] % 2, size[1] + size[1] % 2)


def misfits(video: VideoFacts, profile: Profile) -> tuple[str, ...]:
    """Say in a person's words why a clip's frames cannot be copied as they are; empty when they can."""
    colours = {video.matrix, video.primaries, video.transfer} <= {BT709, UNSPECIFIED} and not video.full_range
    reasons = {
        f"codec {video.codec}": video.codec != "h264",
        f"size {video.width}x{video.height}": (video.width, video.height) != (profile.width, profile.height),
        f"{float(video.fps):g} fps": video.constant_fps and video.fps != profile.fps,
        "frames of unequal length": not video.constant_fps,
        f"turned by {video.rotation} degrees": video.rotation != 0,
        "mirrored": video.mirrored,
        f"pixels of {video.sample_aspect}": video.sample_aspect != 1,
        f"pixel format {video.pix_fmt}": video.pix_fmt != "yuv420p",
        "other colours than BT.709": not colours,
        "hides pictures, or does not begin with a key frame": not video.whole,
        "unusual packing": video.codec == "h264" and not usual_packing(video.parameters),
    }
    return tuple(reason for reason, holds in reasons.items() if holds)


def usual_packing(avcc: bytes) -> bool:
    """Say whether the decoder's set-up is an avcC with lengths of four bytes, which the join can work with."""
    return len(avcc) >= 7 and avcc[0] == 1 and avcc[4] & 3 == 3
