"""Songs and sounds: exact cuts, prepared AAC, and loudness a frame."""

import math
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assets.media.encoding import AUDIO_48K, BITEXACT, SAMPLE_RATE, aac_arguments
from assets.media.errors import MediaProblem
from assets.media.ffmpeg import Input, Progress, run_ffmpeg
from assets.media.files import atomic_target
from assets.media.probe import probe
from assets.media.samples import SOUND_KINDS, sample_rate, samples
from assets.media.sniff import sniff

SEEK_BEFORE = 0.25  # seconds
M4A = [*aac_arguments(), *BITEXACT, "-movflags", "+faststart", "-f", "ipod"]


@dataclass(frozen=True, slots=True)
class Cut:
    """A cut that was made: its kind (`wav`, `m4a`, or the source's own for a whole copy) and its length in seconds."""

    kind: str
    seconds: float


def window(*, duration: float, start_ms: int, end_ms: int | None) -> tuple[float, float]:
    """Give start and end in seconds inside a song of `duration` seconds; the end is clamped.

    Raises MediaProblem `window` when the start lies at or past the end.
    """
    start = start_ms / 1000
    end = duration if end_ms is None else min(end_ms / 1000, duration)
    if start < 0 or start >= duration or end <= start:
        raise MediaProblem("window", f"{start:g} s to {end:g} s of a song of {duration:.3f} s")
    return start, end


def song_seconds(path: Path) -> float:
    """Give the length of the first sound track in seconds. Raises MediaProblem when there is none."""
    facts = probe(path, formats=SOUND_KINDS)
    if facts.audio is None:
        raise MediaProblem("unreadable", "there is no sound in it")
    return float(facts.audio.seconds)


def cut(
    source: Path,
    target: Path,
    *,
    start_ms: int,
    end_ms: int | None = None,
    progress: Progress | None = None,
) -> float:
    """Cut a window, exact to the sample, into a WAV (48 kHz stereo, 16 bit); give its seconds.

    Raises MediaProblem (`window` when it starts past the end), FFmpegError.
    """
    start, end = window(duration=song_seconds(source), start_ms=start_ms, end_ms=end_ms)
    with atomic_target(target) as result:
        words = ["-c:a", "pcm_s16le", *BITEXACT, "-f", "wav"]
        _convert(source, result, _exact(end - start), words, start=start, seconds=end - start, progress=progress)
    return end - start


def trim(
    source: Path,
    target: Path,
    *,
    start_ms: int = 0,
    end_ms: int | None = None,
    progress: Progress | None = None,
) -> Cut:
    """Cut a song for keeping: the whole is copied byte for byte, a WAV stays one, the rest becomes AAC in M4A.

    Packets of MP3 or AAC are not copied into a cut: they miss the moment by up to 37 ms (MEDIA.md 3), and the
    stitch wants AAC anyway. Raises MediaProblem, FFmpegError.
    """
    duration = song_seconds(source)
    start, end = window(duration=duration, start_ms=start_ms, end_ms=end_ms)
    kind = sniff(source) or ""
    with atomic_target(target) as result:
        if start == 0 and end == duration:
            shutil.copyfile(source, result)
            return Cut(kind, duration)
        if kind == "wav":
            shape, words = f"atrim=end={end - start:.6f}", [*BITEXACT, "-f", "wav"]
        else:
            shape, words = _exact(end - start), M4A
        _convert(source, result, shape, words, start=start, seconds=end - start, progress=progress)
    return Cut("wav" if kind == "wav" else "m4a", end - start)


def to_aac(
    source: Path,
    target: Path,
    *,
    start: float = 0.0,
    seconds: float,
    gain_db: float = 0.0,
    fade_in: float = 0.0,
    fade_out: float = 0.0,
    loop: bool = False,
    progress: Progress | None = None,
) -> None:
    """Prepare a song as AAC in M4A, exactly `seconds` long from `start`; all times in seconds.

    A song that ends earlier is followed by silence, or starts again with `loop`. Raises FFmpegError, MediaProblem.
    """
    shape = f"{AUDIO_48K},{shaped(gain_db=gain_db, fade_in=fade_in, fade_out=fade_out, seconds=seconds)}"
    shape = f"{shape},apad,atrim=end_sample={round(seconds * SAMPLE_RATE)}"
    with atomic_target(target) as result:
        _convert(source, result, shape, M4A, start=start, seconds=seconds, loop=loop, progress=progress)


def shaped(*, gain_db: float, fade_in: float, fade_out: float, seconds: float) -> str:
    """Give the filter for gain in dB and fades in seconds of a sound of `seconds`."""
    steps = [f"volume={gain_db:.4f}dB"]
    if fade_in > 0:
        steps.append(f"afade=t=in:d={min(fade_in, seconds):.6f}")
    if fade_out > 0:
        length = min(fade_out, seconds)
        steps.append(f"afade=t=out:st={seconds - length:.6f}:d={length:.6f}")
    return ",".join(steps)


def _exact(seconds: float) -> str:
    return f"{AUDIO_48K},atrim=end_sample={round(seconds * SAMPLE_RATE)}"


def seek(start: float) -> tuple[tuple[str, ...], str]:
    """Give the input option and the filter that together begin exactly at `start` seconds.

    The seek goes a little before and the filter cuts by time: right after a seek the decoder swallows a
    packet of AAC again (its priming), and MP3 lacks its bit reservoir. From there samples are counted: each
    round of a looped MP3 leaves a hole of 25 ms in the times it states.
    """
    before = max(0.0, start - SEEK_BEFORE)
    return ("-ss", f"{before:.6f}"), f"atrim=start={start - before:.6f},asetpts=N/SR/TB"


def _convert(
    source: Path,
    result: Path,
    shape: str,
    words: list[str],
    *,
    start: float,
    seconds: float,
    loop: bool = False,
    progress: Progress | None = None,
) -> None:
    """Run one conversion; the seek stands before the input, where it is both fast and exact (MEDIA.md 3)."""
    option, begin = seek(start)
    options = (*(("-stream_loop", "-1") if loop else ()), *option)
    run_ffmpeg(
        ["-map", "0:a:0", "-vn", "-af", f"{begin},{shape}", *words, f"file:{result.absolute()}"],
        inputs=[Input.sniffed(source, *options)],
        timeout=120 + seconds,
        seconds=seconds,
        progress=progress,
    )


def envelope(path: Path, *, fps: int = 24) -> list[float]:
    """Give the loudness of each video frame: RMS over all channels, 0..1. Raises MediaProblem."""
    rate = sample_rate(path)
    sums: list[float] = []
    counts: list[int] = []
    position = 0
    for piece in samples(path, rate=rate):
        power = np.square(piece, dtype=np.float64).mean(axis=0)
        frames = (np.arange(position, position + power.size) * fps) // rate
        first, last = int(frames[0]), int(frames[-1])
        sums.extend([0.0] * (last + 1 - len(sums)))
        counts.extend([0] * (last + 1 - len(counts)))
        for number, part in enumerate(np.bincount(frames - first, weights=power)):
            sums[first + number] += float(part)
        for number, count in enumerate(np.bincount(frames - first)):
            counts[first + number] += int(count)
        position += power.size
    return [min(1.0, math.sqrt(total / count)) if count else 0.0 for total, count in zip(sums, counts, strict=True)]
