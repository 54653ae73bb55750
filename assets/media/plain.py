"""Sound written out plainly, 48 kHz stereo 16 bit: for what changes its form midway, where ffmpeg starts anew."""

import wave
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import numpy as np

from assets.media.encoding import SAMPLE_RATE
from assets.media.ffmpeg import Progress
from assets.media.samples import Samples, first_moment, gathered, samples_from

CHANNELS = 2
PIECE = SAMPLE_RATE  # samples that are written at once


def opened_wav(path: Path) -> wave.Wave_write:
    """Begin a WAV of 48 kHz stereo 16 bit."""
    out = wave.open(str(path), "wb")  # noqa: SIM115  the caller closes it
    out.setnchannels(CHANNELS)
    out.setsampwidth(2)
    out.setframerate(SAMPLE_RATE)
    return out


def as_pcm(piece: Samples) -> bytes:
    """Give samples of shape (channels, n), -1..1, as 16 bit little-endian, interleaved; what is beyond is clipped."""
    return (np.clip(piece, -1, 1).T * 32_767).round().astype("<i2").tobytes()


def write_plain(
    source: Path, target: Path, *, start: float = 0.0, seconds: float | None = None, progress: Progress | None = None
) -> float:
    """Decode from `start` (seconds) for `seconds` (None: to the end), exact to the sample; give the seconds written.

    Everything before `start` is decoded too: only so is the place sure in a file that changes its form.
    Raises MediaProblem.
    """
    wanted = None if seconds is None else round(seconds * SAMPLE_RATE)
    begin = first_moment(source) + Fraction(start)
    pieces = samples_from(source, begin, rate=SAMPLE_RATE, layout="stereo")
    with opened_wav(target) as out:
        written = _write(out, gathered(pieces, PIECE), wanted, progress)
    return written / SAMPLE_RATE


def _write(out: wave.Wave_write, pieces: Iterable[Samples], wanted: int | None, progress: Progress | None) -> int:
    written = 0
    for piece in pieces:
        now = piece.shape[1] if wanted is None else min(piece.shape[1], wanted - written)
        out.writeframesraw(as_pcm(piece[:, :now]))
        written += now
        if progress is not None:
            progress(min(1.0, written / wanted) if wanted else 0.0)
        if written == wanted:
            break
    return written
