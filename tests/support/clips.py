"""Small real clips and songs for the tests: colour, a running number of frames, a flash and a click to measure by."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from assets.media.ffmpeg import FrameEncoder, run_ffmpeg
from assets.media.samples import timed_samples

WIDTH, HEIGHT, FPS = 320, 180, 24
MARK = 4.0  # seconds: where the white frame and the click are
RATE = 48_000


def click_wav(path: Path, *, seconds: float = 8.0, at: float = MARK) -> Path:
    """Write silence with a 2 ms click that starts at exactly `at` seconds."""
    sound = f"aevalsrc='0.9*between(t,{at},{at + 0.002})*sin(2*PI*3000*(t-{at}))|0':s={RATE}:d={seconds}"
    run_ffmpeg(
        ["-f", "lavfi", "-i", sound, "-af", "pan=stereo|c0=c0|c1=c0", "-c:a", "pcm_s16le", str(path)], timeout=30
    )
    return path


def tone(path: Path, *, seconds: float, hertz: int = 440, channels: int = 2, rate: int = RATE) -> Path:
    """Write a sine of 1/8 full scale; the suffix says the format."""
    words = ["-f", "lavfi", "-i", f"sine=f={hertz}:d={seconds}:r={rate}", "-ac", str(channels), str(path)]
    run_ffmpeg(words, timeout=30)
    return path


def marker_clip(
    path: Path,
    *,
    seconds: float = 8.0,
    colour: tuple[int, int, int] = (40, 90, 160),
    audio: Path | None = None,
    size: tuple[int, int] = (WIDTH, HEIGHT),
    fps: int = FPS,
) -> Path:
    """Make a clip of one colour whose frame at 4.000 s is white."""
    plain = np.full((size[1], size[0], 3), colour, np.uint8).tobytes()
    white = bytes([255]) * len(plain)
    with FrameEncoder(path, width=size[0], height=size[1], fps=fps, audio=audio, preset="ultrafast") as out:
        for number in range(round(seconds * fps)):
            out.write(white if number == round(MARK * fps) else plain)
    return path


def flashes(path: Path) -> list[Fraction]:
    """Give the moments in seconds of all white frames."""
    with av.open(str(path)) as film:
        return [
            frame.pts * frame.time_base
            for frame in film.decode(video=0)
            if frame.pts is not None and frame.time_base is not None and frame.to_ndarray(format="gray").mean() > 225
        ]


def clicks(path: Path) -> list[float]:
    """Give the moments in seconds at which a click starts."""
    found: list[float] = []
    position = 0.0
    for moment, piece in timed_samples(path, rate=RATE, layout="mono"):
        position = float(moment) if moment is not None else position
        for index in np.flatnonzero(np.abs(piece[0]) > 0.25):
            when = position + float(index) / RATE
            if not found or when - found[-1] > 0.5:
                found.append(when)
        position += piece.shape[1] / RATE
    return found


def first_colour(path: Path, frame_number: int = 0) -> tuple[int, ...]:
    """Give the RGB in the middle of one frame."""
    with av.open(str(path)) as film:
        for number, frame in enumerate(film.decode(video=0)):
            if number == frame_number:
                picture = frame.to_ndarray(format="rgb24")
                return tuple(int(level) for level in picture[picture.shape[0] // 2, picture.shape[1] // 2])
    raise AssertionError(f"{path.name} has no frame {frame_number}")
