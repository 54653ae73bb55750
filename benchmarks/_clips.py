"""The clips that stitches are measured with, and the proof that what came out of them is right.

8 s at 24 frames a second, noisy pictures, closed GOPs of 2 s, AAC beside them; one white frame and one click,
both at exactly 4.000 s of each clip.
"""

import subprocess
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from hashlib import sha256
from pathlib import Path

import av
import numpy as np

from assets.media.encoding import AS_709, TAGS_709
from assets.media.ffmpeg import ffmpeg_path
from assets.media.mp4 import index_is_first
from assets.media.samples import timed_samples

LOOKS = ("testsrc2=s={0}:r=24", "mandelbrot=s={0}:r=24", "gradients=s={0}:r=24:seed=1")
SIZES = {"720p": ("1280x720", "4M"), "1080p": ("1920x1080", "9M")}
SECONDS, FPS, FRAMES, MARK = 8, 24, 192, 4.0
RATE = 48_000


def ffmpeg(*words: str) -> None:
    """Run the ffmpeg of the wheel."""
    subprocess.run([ffmpeg_path(), "-nostdin", "-loglevel", "error", "-y", *words], check=True)


def make_clips(*, size: str = "1280x720", bits: str = "4M", looks: int = len(LOOKS)) -> list[Path]:
    """Give one clip of each look; they are made once and kept until this program ends."""
    return [_clip(size, bits, number) for number in range(looks)]


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="benchmark-clips-")


@cache
def _clip(size: str, bits: str, number: int) -> Path:
    click = f"0.02*sin(2*PI*440*t)+0.9*between(t,{MARK},{MARK + 0.002})*sin(2*PI*3000*(t-{MARK}))"
    picture = f"{LOOKS[number].format(size)},noise=alls=12:allf=t:all_seed=1"
    marked = f"drawbox=t=fill:c=white:enable='eq(n,{round(MARK * FPS)})',{AS_709}"
    target = Path(_folder().name) / f"{size}-{number}.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", f"aevalsrc='{click}|{click}':s={RATE}:d={SECONDS}"),
        *("-t", str(SECONDS), "-vf", marked, "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high"),
        *("-pix_fmt", "yuv420p", "-b:v", bits, "-maxrate", bits, "-bufsize", bits, "-bf", "2", "-g", "48"),
        *("-keyint_min", "48", "-flags", "+cgop", "-sc_threshold", "0", "-video_track_timescale", "12288"),
        *(*TAGS_709, "-c:a", "aac", "-b:a", "128k", "-movflags", "+faststart", str(target)),
    )
    return target


def make_song(path: Path, *, seconds: int) -> Path:
    """Make a song as MP3, 192 kbit/s, with a click at 4.000 s of every 8."""
    click = f"0.1*sin(2*PI*330*t)+0.8*between(mod(t,8),{MARK},{MARK + 0.002})*sin(2*PI*3000*(mod(t,8)-{MARK}))"
    ffmpeg("-f", "lavfi", "-i", f"aevalsrc='{click}|{click}':s={RATE}:d={seconds}", "-b:a", "192k", str(path))
    return path


def pictures(path: Path) -> list[str]:
    """Give a digest of each packet of the picture, in decoding order."""
    with av.open(str(path)) as film:
        return [sha256(bytes(packet)).hexdigest() for packet in film.demux(video=0) if packet.size]


def pictures_of(clips: Sequence[Path]) -> list[str]:
    """Give the digests of the pictures of clips behind each other."""
    each = {clip: pictures(clip) for clip in set(clips)}
    return [digest for clip in clips for digest in each[clip]]


def assert_right(film: Path, *, frames: int, last_flash: float, click: bool, copied: Sequence[Path] = ()) -> None:
    """Fail unless the film has its frames on an exact grid, its index in front, and flash and click where they belong.

    With `copied` also unless its packets are those of the clips, bit for bit.
    """
    assert index_is_first(film), "the index is not in front"
    with av.open(str(film)) as read:
        stream = read.streams.video[0]
        base = stream.time_base or Fraction(1)
        shown = sorted(packet.pts * base for packet in read.demux(stream) if packet.size and packet.pts is not None)
        assert shown == [Fraction(number, FPS) for number in range(frames)], "pictures out of step"
        read.seek(int((last_flash - 2) / base), stream=stream)
        white = [
            float((frame.pts or 0) * base)
            for frame in read.decode(stream)
            if (frame.pts or 0) * base >= last_flash - 0.5 and frame.to_ndarray(format="gray").mean() > 200
        ]
    assert white == [last_flash], f"the last flash is at {white} instead of {last_flash}"
    if click:
        heard = last_click(film)
        assert abs(heard - last_flash) <= 0.001, f"the last click is {heard - last_flash:+.4f} s off"
    if copied:
        assert pictures(film) == pictures_of(copied), "pictures changed"


def last_click(film: Path) -> float:
    """Give when the last click begins, in seconds."""
    found, position, last = -1.0, 0.0, -1.0
    for moment, piece in timed_samples(film, rate=RATE, layout="mono"):
        position = float(moment) if moment is not None else position
        for sample in np.flatnonzero(np.abs(piece[0]) > 0.35):
            when = position + float(sample) / RATE
            if when - last > 0.5:
                found = when
            last = when
        position += piece.shape[1] / RATE
    return found
