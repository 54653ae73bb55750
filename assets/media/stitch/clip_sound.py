"""The clips' own sound as one WAV: each clip's part exactly as long as its picture, blended where pictures blend."""

import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from assets.media.encoding import SAMPLE_RATE
from assets.media.errors import MediaProblem
from assets.media.ffmpeg import Progress
from assets.media.plain import CHANNELS, as_pcm, opened_wav
from assets.media.samples import Samples, gathered, samples_from
from assets.media.stitch.hear import Ear, check_heard

PIECE = 48_000  # samples that are shaped and written at once; packets of 1024 would cost more than their decoding


@dataclass(frozen=True, slots=True)
class ClipSound:
    """Where a clip's sound comes from, and its place: `begin` and `end` in seconds of the film."""

    number: int  # from 0, as asked for
    path: Path | None  # None: the clip has no sound
    begin: Fraction
    end: Fraction
    picture: Fraction  # when the clip's first picture is shown, on the clip's own clock


def write_clip_sound(
    clips: Sequence[ClipSound], target: Path, *, blend: Fraction, overlap: bool, progress: Progress | None = None
) -> list[str]:
    """Write 48 kHz stereo 16 bit to `target`; give a warning for each clip whose sound cannot be read (silence there).

    `blend` is the length in seconds of what happens between two clips: with `overlap` they lie over each other and
    are crossfaded, without it each half is faded out or in. 0 joins them sharply.
    """
    warnings: list[str] = []
    tail = np.zeros((CHANNELS, 0), np.float32)
    with opened_wav(target) as out:
        for number, clip in enumerate(clips):
            length = _at(clip.end) - _at(clip.begin)
            ramp = min(length, _at(blend) if overlap else _at(blend / 2))
            first, last = number == 0, number == len(clips) - 1
            pieces = gathered(_exact(clip, length, warnings), PIECE)
            shaped = _shaped(pieces, length, 0 if first else ramp, 0 if last else ramp)
            kept = tail if overlap else tail[:, :0]
            held = 0 if last or not overlap else length - (_at(clip.end) - _at(clips[number + 1].begin))
            tail = _write(out, shaped, kept, length if last or not overlap else held)
            if progress is not None:
                progress((number + 1) / len(clips))
    return warnings


def check_clip_sound(made: Path, clips: Sequence[ClipSound]) -> None:
    """Compare what was written after the last join with that clip itself. Raises RenderCheckError."""
    last = clips[-1]
    if last.path is None:
        return
    heard, meant = (Ear(last.end, last.begin) for _ in range(2))
    begin = _at(last.begin)
    heard.take(samples_from(made, last.begin, rate=SAMPLE_RATE, layout="stereo", seek=True), begin=begin)
    try:
        meant.take(samples_from(last.path, last.picture, rate=SAMPLE_RATE, layout="stereo"), begin=begin)
    except MediaProblem:  # it breaks off, which was warned of
        return
    check_heard(heard, meant, what="the clips' sound")


def _at(moment: Fraction) -> int:
    """Give the sample that stands at a moment; rounding whole positions, not lengths, keeps 200 clips in step."""
    return round(moment * SAMPLE_RATE)


def _write(out: wave.Wave_write, pieces: Iterator[Samples], tail: Samples, hold_from: int) -> Samples:
    """Write a clip over the `tail` of the one before; give back what lies at and after `hold_from`."""
    position = 0
    held: list[Samples] = []
    for piece in pieces:
        under = tail[:, position : position + piece.shape[1]]
        piece[:, : under.shape[1]] += under
        now = max(0, min(piece.shape[1], hold_from - position))
        out.writeframesraw(as_pcm(piece[:, :now]))
        if now < piece.shape[1]:
            held.append(piece[:, now:])
        position += piece.shape[1]
    return np.concatenate(held, axis=1) if held else np.zeros((CHANNELS, 0), np.float32)


def _exact(clip: ClipSound, length: int, warnings: list[str]) -> Iterator[Samples]:
    """Give exactly `length` samples that begin with the clip's first picture: cut or filled with silence."""
    position = 0
    if clip.path is not None:
        try:
            for piece in samples_from(clip.path, clip.picture, rate=SAMPLE_RATE, layout="stereo"):
                yield piece[:, : length - position]
                position += min(piece.shape[1], length - position)
                if position >= length:
                    break
        except MediaProblem as error:
            warnings.append(
                f"the sound of clip {clip.number + 1} cannot be read ({error.detail}): it is silent from there"
            )
    while position < length:
        silent = min(PIECE, length - position)
        yield np.zeros((CHANNELS, silent), np.float32)
        position += silent


def _shaped(pieces: Iterator[Samples], length: int, fade_in: int, fade_out: int) -> Iterator[Samples]:
    """Fade the first and last samples linearly."""
    position = 0
    for piece in pieces:
        position += piece.shape[1]
        if position - piece.shape[1] >= fade_in and position <= length - fade_out:
            yield piece
            continue
        place = np.arange(position - piece.shape[1], position, dtype=np.float32)
        gain = np.ones_like(place)
        if fade_in:
            gain = np.minimum(gain, (place + 1) / (fade_in + 1))
        if fade_out:
            gain = np.minimum(gain, (length - place) / (fade_out + 1))
        yield piece * gain
