"""Composes moving pictures with MoviePy: sample clips and slates; `ffmpeg.py` encodes the frames."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from assets.media.errors import MediaProblem
from assets.media.ffmpeg import FrameEncoder

FPS = 24
Paint = Callable[[int], Image.Image]
Tick = Callable[[float], None]
Frame = NDArray[np.uint8]


def render(
    *, paint: Paint, seconds: float, size: tuple[int, int], target: Path, tick: Tick, fps: int = FPS,
    audio: Path | None = None,
) -> int:  # fmt: skip
    """Encode what `paint(frame_number)` gives (RGB pictures of `size`) to an MP4 at `target`; returns the frames.

    `tick` gets 0..1 before every frame; when it raises, neither a child process nor a file is left.
    Raises FFmpegError.
    """
    from moviepy import VideoClip  # starts ffmpeg twice while it is imported: not for every process

    painted: dict[int, Frame] = {}

    def frame(at: float) -> Frame:
        # MoviePy asks for the first frame twice; a source that only runs forward must not notice.
        number = round(at * fps)
        if number not in painted:
            painted.clear()
            painted[number] = np.asarray(paint(number))
        return painted[number]

    return _encode(VideoClip(frame, duration=seconds), target, tick, fps, audio)


def slate(
    *, lines: Sequence[str], frames: int, size: tuple[int, int], target: Path, tick: Tick, fps: int | Fraction = FPS
) -> None:
    """Encode a quiet dark card with `lines` of text (the first one large), `frames` long, without sound."""
    card = _card(lines, size).tobytes()
    with FrameEncoder(target, width=size[0], height=size[1], fps=fps) as out:
        for number in range(frames):
            tick(number / frames)
            out.write(card)


def _card(lines: Sequence[str], size: tuple[int, int]) -> Image.Image:
    picture = Image.new("RGB", size, (24, 22, 21))
    pen = ImageDraw.Draw(picture)
    least = min(size)
    top = size[1] / 2 - least * 0.055 * len(lines) / 2
    for number, line in enumerate(lines):
        font = ImageFont.load_default(least * (0.06 if number == 0 else 0.036))
        tone = (232, 224, 210) if number == 0 else (150, 144, 134)
        pen.text((size[0] / 2, top + number * least * 0.075), line, font=font, fill=tone, anchor="mm")
    pen.rectangle((size[0] * 0.44, size[1] * 0.3, size[0] * 0.56, size[1] * 0.3 + 2), fill=(214, 158, 66))
    return picture


def _encode(clip: Any, target: Path, tick: Tick, fps: int, audio: Path | None) -> int:
    total: int = round(clip.duration * fps)
    with FrameEncoder(target, width=clip.w, height=clip.h, fps=fps, audio=audio) as out:
        for number in range(total):
            tick(number / total)
            frame: Frame = clip.get_frame(number / fps)
            out.write(np.ascontiguousarray(frame).data.cast("B"))
    tick(1.0)
    return total


class VideoFrames:
    """Reads a video frame by frame, in order: `size`, `fps` (whole), `count` are known before the first one.

    Raises MediaProblem `unreadable` for what is no video or breaks off.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._container = av.open(str(path))
        except (av.error.FFmpegError, OSError) as error:
            raise MediaProblem("unreadable", "it is no video") from error
        if not self._container.streams.video:
            self._container.close()
            raise MediaProblem("unreadable", "there is no picture in it")
        stream = self._container.streams.video[0]
        stream.thread_type = "AUTO"
        self.fps = round(stream.average_rate or stream.base_rate or 24)
        self.size = (stream.codec_context.width // 2 * 2, stream.codec_context.height // 2 * 2)
        self.count = stream.frames or _count_packets(path)
        self._frames = self._container.decode(stream)
        self._last: Image.Image | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._container.close()

    def next(self) -> Image.Image:
        """Give the next frame in RGB; past the end, a copy of the last one. Raises MediaProblem when it is damaged."""
        try:
            frame = next(self._frames, None)
        except av.error.FFmpegError as error:
            raise MediaProblem("unreadable", "the picture breaks off") from error
        if frame is not None:
            pixels = frame.reformat(width=self.size[0], height=self.size[1], format="rgb24").to_ndarray()
            self._last = Image.fromarray(pixels)
        if self._last is None:
            raise MediaProblem("unreadable", "there is no picture in it")
        return self._last.copy()


def _count_packets(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for packet in container.demux(video=0) if packet.size)
