"""Songs and sounds: exact cuts, prepared AAC, and loudness a frame."""

import math
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assets.media.copying import MUXERS, copy_packets
from assets.media.encoding import AUDIO_48K, BITEXACT, SAMPLE_RATE, STEREO, aac_arguments
from assets.media.errors import FFmpegError, FFmpegTimeoutError, MediaProblem
from assets.media.ffmpeg import Input, Progress, run_ffmpeg
from assets.media.files import atomic_target
from assets.media.plain import write_plain
from assets.media.probe import MediaFacts, probe
from assets.media.samples import SOUND_KINDS, sample_rate, samples

SEEK_BEFORE = 0.25  # seconds
CUT_SLACK = 0.1  # seconds that a cut by packets may be longer or shorter than asked
EXACT = 0.0005  # seconds: what is more than rounding
M4A = [*aac_arguments(), *BITEXACT, "-movflags", "+faststart", "-f", "ipod"]


@dataclass(frozen=True, slots=True)
class Cut:
    """A cut that was made: its kind (the source's own, else `m4a`) and the seconds that were asked for."""

    kind: str
    seconds: float


def window(*, duration: float, start_ms: int, end_ms: int | None) -> tuple[float, float]:
    """Give start and end in seconds inside a song of `duration` seconds; the end is clamped.

    Raises MediaProblem `window` when the start lies at or past the end.
    """
    start = start_ms / 1000
    # A length that was rounded to milliseconds means the end, too.
    end = duration if end_ms is None or end_ms / 1000 > duration - 0.001 else end_ms / 1000
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
        if abs(song_seconds(result) - (end - start)) > EXACT:  # a song that changes its form midway
            write_plain(source, result, start=start, seconds=end - start, progress=progress)
    return end - start


def trim(
    source: Path,
    target: Path,
    *,
    start_ms: int = 0,
    end_ms: int | None = None,
    timeout: float = 60.0,
    progress: Progress | None = None,
) -> Cut:
    """Cut a song for keeping, in the same kind of file and without loss; the whole is copied byte for byte.

    WAV, FLAC and M4A start exactly; MP3, AAC, Ogg, Opus and WebM are cut by whole packets (`copy_packets`). What
    cannot be cut so becomes AAC in M4A. `timeout` in seconds of work. Raises MediaProblem, FFmpegError.
    """
    over = time.monotonic() + timeout
    facts = probe(source, formats=SOUND_KINDS)
    if facts.audio is None:
        raise MediaProblem("unreadable", "there is no sound in it")
    start, end = window(duration=float(facts.audio.seconds), start_ms=start_ms, end_ms=end_ms)

    def tick() -> None:
        if time.monotonic() > over:
            raise FFmpegTimeoutError(f"not finished within {timeout:g} s")
        if progress is not None:
            progress(0.5)

    with atomic_target(target) as result:
        if start == 0 and end == float(facts.audio.seconds):
            shutil.copyfile(source, result)
            return Cut(facts.kind, end)
        tick()
        try:
            if facts.kind in MUXERS:
                copy_packets(source, result, start=start, end=end, tick=tick)
            else:
                _cut_without_loss(source, result, facts, start=start, end=end, over=over, progress=progress)
            if abs(song_seconds(result) - (end - start)) <= CUT_SLACK:
                return Cut(facts.kind, end - start)
        except FFmpegTimeoutError:
            raise
        except (MediaProblem, FFmpegError):
            result.unlink(missing_ok=True)  # a codec that this kind of file does not carry by itself
        tick()
        words = _exact(end - start), M4A
        _convert(source, result, *words, start=start, seconds=end - start, over=over, progress=progress)
    return Cut("m4a", end - start)


def _cut_without_loss(
    source: Path, result: Path, facts: MediaFacts, *, start: float, end: float, over: float, progress: Progress | None
) -> None:
    """Cut an M4A by packets with an edit list that begins exactly; write the samples of WAV and FLAC as they are."""
    codec = facts.audio.codec if facts.audio is not None else ""
    if facts.kind in {"wav", "flac"}:
        if facts.kind == "wav" and not codec.startswith("pcm_"):
            raise MediaProblem("type", "not a WAV of plain samples")
        words = ["-c:a", codec, *BITEXACT, "-f", facts.kind]
        shape = f"atrim=end={end - start:.6f}"
        _convert(source, result, shape, words, start=start, seconds=end - start, over=over, progress=progress)
        return
    run_ffmpeg(
        [
            "-map",
            "0:a:0",
            "-t",
            f"{end - start:.6f}",
            "-c",
            "copy",
            *BITEXACT,
            "-f",
            "ipod",
            f"file:{result.absolute()}",
        ],
        inputs=[Input.sniffed(source, "-ss", f"{start:.6f}")],
        timeout=max(0.1, over - time.monotonic()),
        seconds=end - start,
        progress=progress,
    )


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


def to_mp3(source: Path, target: Path, *, seconds: float, progress: Progress | None = None) -> None:
    """Make an MP3 (192 kbit/s, at most 48 kHz stereo) of a file's sound, which lasts `seconds`.

    Raises FFmpegError, MediaProblem.
    """
    words = ["-map", "0:a:0", "-vn", "-t", f"{seconds + 1:.3f}", "-c:a", "libmp3lame", "-b:a", "192k", "-af", STEREO]
    with atomic_target(target) as result:
        run_ffmpeg(
            [*words, *BITEXACT, "-f", "mp3", f"file:{result.absolute()}"],
            inputs=[Input.sniffed(source)],
            timeout=120 + seconds,
            seconds=seconds,
            progress=progress,
        )


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
    round of a looped MP3 leaves a hole of 25 ms in the times it states. At the begin there is no seek: one to 0
    makes ffmpeg leave out 1024 samples of an M4A.
    """
    before = max(0.0, start - SEEK_BEFORE)
    option = ("-ss", f"{before:.6f}") if before else ()
    return option, f"atrim=start={start - before:.6f},asetpts=N/SR/TB"


def _convert(
    source: Path,
    result: Path,
    shape: str,
    words: list[str],
    *,
    start: float,
    seconds: float,
    loop: bool = False,
    over: float | None = None,
    progress: Progress | None = None,
) -> None:
    """Run one conversion; the seek stands before the input, where it is both fast and exact (MEDIA.md 3)."""
    option, begin = seek(start)
    options = (*(("-stream_loop", "-1") if loop else ()), *option)
    run_ffmpeg(
        ["-map", "0:a:0", "-vn", "-af", f"{begin},{shape}", *words, f"file:{result.absolute()}"],
        inputs=[Input.sniffed(source, *options)],
        timeout=120 + seconds if over is None else max(0.1, over - time.monotonic()),
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
