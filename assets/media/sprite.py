"""A strip of small pictures of a film, in one file, for looking ahead while a player's bar is dragged."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from av.video.reformatter import VideoReformatter
from PIL import Image

from assets.media.errors import MediaProblem
from assets.media.files import atomic_target
from assets.media.poster import upright
from assets.media.probe import opened
from assets.media.sniff import VIDEO_KINDS

TILE_WIDTH = 160  # pixels
COLUMNS = 10
MOST_TILES = 100
LEAST_STEP = 1.0  # seconds
DECODERS = 2  # threads; each holds pictures of its own, and the strip's process may use so much memory only
ALL_FRAMES_UP_TO = 60.0  # seconds of film; longer ones are shown by their key frames only, five times as fast


@dataclass(frozen=True, slots=True)
class Strip:
    """How the strip of a film is laid out: tile n shows the film from n steps (seconds) on."""

    count: int
    step: float
    columns: int
    rows: int
    tile_width: int
    tile_height: int

    @classmethod
    def of(cls, seconds: float, width: int, height: int) -> "Strip":
        """Lay out the strip of a film of this length and upright size."""
        step = max(LEAST_STEP, seconds / MOST_TILES)
        count = max(1, math.ceil(seconds / step - 1e-6))
        tall = max(2, round(TILE_WIDTH * height / width))
        return cls(count, step, min(COLUMNS, count), math.ceil(count / COLUMNS), TILE_WIDTH, tall)

    def place(self, number: int) -> tuple[int, int]:
        """Give left and top of a tile in pixels."""
        return number % self.columns * self.tile_width, number // self.columns * self.tile_height

    def as_vtt(self, address: str, seconds: float) -> str:
        """Give the WebVTT that players take: a stretch of time and the part of the picture for it."""
        lines = ["WEBVTT", ""]
        for number in range(self.count):
            left, top = self.place(number)
            end = min((number + 1) * self.step, seconds)
            lines.append(f"{_clock(number * self.step)} --> {_clock(end)}")
            lines += [f"{address}#xywh={left},{top},{self.tile_width},{self.tile_height}", ""]
        return "\n".join(lines)


def _clock(seconds: float) -> str:
    whole = round(seconds * 1000)
    return f"{whole // 3_600_000:02}:{whole // 60_000 % 60:02}:{whole // 1000 % 60:02}.{whole % 1000:03}"


def write_strip(video: Path, target: Path, strip: Strip) -> None:
    """Write the strip as a JPEG; a film that breaks off repeats its last picture. Raises MediaProblem."""
    size = strip.tile_width, strip.tile_height
    sheet = Image.new("RGB", (strip.columns * size[0], strip.rows * size[1]))
    shown: Image.Image | None = None
    number = 0
    for moment, picture in _pictures(video, size, whole=strip.count * strip.step <= ALL_FRAMES_UP_TO):
        # Every tile shows the newest picture at its moment; the first picture also stands for what comes before it.
        while number < strip.count and shown is not None and moment > number * strip.step + 1e-3:
            sheet.paste(shown, strip.place(number))
            number += 1
        shown = picture
    if shown is None:
        raise MediaProblem("unreadable", "there is no picture in it")
    for rest in range(number, strip.count):
        sheet.paste(shown, strip.place(rest))
    with atomic_target(target) as result:
        sheet.save(result, format="JPEG", quality=75)


def _pictures(video: Path, size: tuple[int, int], *, whole: bool) -> Iterator[tuple[float, Image.Image]]:
    """Give the moments of pictures, counted from the first, and the pictures in the size of a tile."""
    with opened(video, formats=VIDEO_KINDS) as (_, container):
        if not container.streams.video:
            raise MediaProblem("unreadable", "there is no picture in it")
        stream = container.streams.video[0]
        if stream.codec_context is not None:
            stream.codec_context.thread_type = "AUTO"
            stream.codec_context.thread_count = DECODERS
            stream.codec_context.skip_frame = "NONREF" if whole else "NONKEY"
        begin: Fraction | None = None
        scale = VideoReformatter()  # one for all: each brings threads of its own, and so would every frame's
        for frame in container.decode(stream):
            at = (frame.pts or 0) * (stream.time_base or Fraction(1))
            begin = at if begin is None else begin
            turned = frame.rotation % 180 != 0
            wide, tall = (size[1], size[0]) if turned else size
            small = scale.reformat(frame, width=max(2, wide), height=max(2, tall), format="rgb24", threads=1)
            picture = upright(Image.fromarray(small.to_ndarray()), frame)
            yield float(at - begin), picture.resize(size) if picture.size != size else picture
