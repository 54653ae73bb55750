"""Running ffmpeg: the wheel's own binary, white lists before every input, time limits, progress, frames to encode."""

import errno
import os
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import imageio_ffmpeg

from assets.media.channels import one_channel
from assets.media.encoding import (
    AS_709,
    ENCODER_THREADS,
    SAMPLE_RATE,
    TO_709,
    aac_arguments,
    exact_audio,
    mp4_arguments,
    x264_arguments,
)
from assets.media.errors import FFmpegError, FFmpegTimeoutError, MediaProblem
from assets.media.files import atomic_target
from assets.media.sniff import DEMUXERS, sniff
from mvsite.common.process import Limits, Piped, ProcessFailed, ProcessTimeout, run

PROGRESS_SECONDS = 0.5
GIB = 1 << 30

Progress = Callable[[float], None]


@cache
def ffmpeg_path() -> str:
    """Give the binary inside the imageio-ffmpeg wheel; never the system's, whose version nobody chose."""
    folder = Path(imageio_ffmpeg.__file__).parent / "binaries"
    found = sorted(folder.glob("ffmpeg-*"))
    if not found:
        raise FFmpegError(f"the imageio-ffmpeg wheel brought no binary to {folder}")
    return str(found[0])


@dataclass(frozen=True, slots=True)
class Input:
    """One input file: its path, the one demuxer that may open it, and options such as `("-ss", "1.5")`."""

    path: Path
    demuxer: str
    options: tuple[str, ...] = ()

    @classmethod
    def sniffed(cls, path: Path, *options: str) -> "Input":
        """Make an input of a file whose first bytes say what it is. Raises MediaProblem for unknown kinds.

        A channel that is alone is mono, also where the file says that it is front left: filters would make two of it
        as of half a pair, and take 3 dB.
        """
        kind = sniff(path)
        if kind is None:
            raise MediaProblem("type", "not a kind of file that is taken")
        alone = ("-channel_layout:a:0", "mono") if one_channel(path, kind) else ()
        return cls(path, DEMUXERS[kind], (*alone, *options))

    def arguments(self) -> list[str]:
        """Give the words for the command line: only local files, only this demuxer."""
        allowed = ["-protocol_whitelist", "file", "-format_whitelist", self.demuxer, "-f", self.demuxer]
        return [*allowed, *self.options, "-i", f"file:{self.path.absolute()}"]


def head() -> list[str]:
    """Give the start of every command line: no questions, no banner, errors only."""
    return [ffmpeg_path(), "-nostdin", "-hide_banner", "-loglevel", "error", "-max_alloc", str(GIB), "-y"]


def limits_for(timeout: float) -> Limits:
    """Give what ffmpeg may use within `timeout` seconds."""
    return Limits(memory=4 * GIB, cpu_seconds=int(timeout * ENCODER_THREADS) + 1, file_size=16 * GIB, open_files=512)


def part_of(progress: Progress | None, begin: float, end: float) -> Progress:
    """Give the progress of one part of some work, told from `begin` to `end` of the whole."""
    return lambda done: progress(begin + (end - begin) * done) if progress is not None else None


def run_ffmpeg(
    arguments: Sequence[str],
    *,
    inputs: Sequence[Input] = (),
    timeout: float,
    seconds: float = 0.0,
    progress: Progress | None = None,
) -> None:
    """Run ffmpeg with `inputs`, then `arguments` (filters, codecs, the output path).

    `progress` gets 0..1 of `seconds` of output, about twice a second; what it raises kills ffmpeg and leaves.
    Raises FFmpegError, FFmpegTimeoutError, and OSError ENOSPC when the disk is full.
    """
    words = [word for source in inputs for word in source.arguments()]
    meter = _Meter(seconds, progress)
    with _our_errors():
        run(
            [*head(), "-progress", "pipe:1", "-stats_period", str(PROGRESS_SECONDS), *words, *arguments],
            timeout=timeout,
            on_line=meter.line,
            tick=meter.tick,
            limits=limits_for(timeout),
        )


@contextmanager
def _our_errors() -> Iterator[None]:
    try:
        yield
    except ProcessFailed as error:
        if os.strerror(errno.ENOSPC) in error.stderr:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise FFmpegError(str(error)) from error
    except ProcessTimeout as error:
        raise FFmpegTimeoutError(str(error)) from error


class _Meter:
    """Turns ffmpeg's `key=value` lines into a fraction that never falls."""

    def __init__(self, seconds: float, progress: Progress | None) -> None:
        self.seconds = seconds
        self.progress = progress
        self.fraction = 0.0
        self.told = 0.0

    def line(self, text: str) -> None:
        key, _, value = text.partition("=")
        if key == "out_time_us" and value.lstrip("-").isdigit() and self.seconds > 0:
            self.fraction = max(self.fraction, min(1.0, int(value) / 1e6 / self.seconds))

    def tick(self) -> None:
        now = time.monotonic()
        if self.progress is not None and now - self.told >= PROGRESS_SECONDS:
            self.told = now
            self.progress(self.fraction)


class FrameEncoder:
    """Encodes frames to an MP4 that appears whole at `path`, or not at all.

    `with FrameEncoder(path, width=1280, height=720) as out: out.write(rgb24)`; each frame is
    `width * height * 3` bytes of RGB, row by row from the top (or, with `pixels="yuv420p"`, planar BT.709 video
    levels in `width * height * 3 / 2` bytes). The film lasts exactly frames / fps; `audio` (any
    kind of sound file we know) is cut or padded to that. The same frames give the same bytes on every machine.
    Raises FFmpegError, and ValueError for odd sizes and for frames of a wrong length.
    """

    def __init__(
        self,
        path: Path,
        *,
        width: int,
        height: int,
        fps: int | Fraction = 24,
        pixels: Literal["rgb24", "yuv420p"] = "rgb24",
        audio: Path | None = None,
        crf: int = 20,
        preset: str = "veryfast",
        max_bitrate: int | None = None,
        sps_id: int = 0,
        timeout: float = 3600,
    ) -> None:
        if width % 2 or height % 2 or min(width, height) < 16:
            raise ValueError(f"{width}x{height}: both sides must be even and at least 16")
        self.path = path
        self.audio = audio
        self.fps = Fraction(fps)
        self.timeout = timeout
        self.frames = 0
        rgb = pixels == "rgb24"
        self._frame_bytes = width * height * 3 // (1 if rgb else 2)
        raw = ["-protocol_whitelist", "pipe", "-f", "rawvideo", "-pix_fmt", pixels, "-video_size", f"{width}x{height}"]
        codec = x264_arguments(fps=self.fps, crf=crf, preset=preset, max_bitrate=max_bitrate, sps_id=sps_id)
        self._words = [*head(), *raw, "-framerate", str(fps), "-i", "pipe:0", "-vf", TO_709 if rgb else AS_709, *codec]
        self._sink: Piped | None = None
        self._session: AbstractContextManager[None] = self._open()

    def __enter__(self) -> Self:
        self._session.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.__exit__(kind, error, trace)

    def write(self, pixels: bytes | memoryview) -> None:
        """Add one frame; waits while the encoder is busy."""
        if self._sink is None:
            raise ValueError("the encoder is not open")
        if len(pixels) != self._frame_bytes:
            raise ValueError(f"a frame has {self._frame_bytes} bytes, not {len(pixels)}")
        self._sink.write(pixels)
        self.frames += 1

    @contextmanager
    def _open(self) -> Iterator[None]:
        with atomic_target(self.path) as result, _our_errors():
            picture = result if self.audio is None else result.with_name(f".{uuid.uuid4().hex}.picture.mp4")
            try:
                words = [*self._words, *mp4_arguments(self.fps), f"file:{picture.absolute()}"]
                with Piped(words, timeout=self.timeout, limits=limits_for(self.timeout)) as self._sink:
                    yield
                if self.frames == 0:
                    raise FFmpegError("no frame was written")
                if self.audio is not None:
                    self._add_sound(picture, self.audio, result)
            finally:
                self._sink = None
                if picture != result:
                    picture.unlink(missing_ok=True)

    def _add_sound(self, picture: Path, audio: Path, result: Path) -> None:
        """Put the sound under the finished picture; its exact length is known only now."""
        seconds = self.frames / self.fps
        sound = ["-af", exact_audio(round(seconds * SAMPLE_RATE)), *aac_arguments()]
        run_ffmpeg(
            [
                "-map",
                "0:v:0",
                "-map",
                "1:a:0",
                "-c:v",
                "copy",
                *sound,
                *mp4_arguments(self.fps),
                f"file:{result.absolute()}",
            ],
            inputs=[Input(picture, "mov"), Input.sniffed(audio)],
            timeout=60 + 4 * float(seconds),
        )
