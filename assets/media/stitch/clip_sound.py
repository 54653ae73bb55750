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
from assets.media.samples import Samples, timed_samples

CHANNELS = 2
PIECE = 8_192  # samples of silence written at once


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
    with wave.open(str(target), "wb") as out:
        out.setnchannels(CHANNELS)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE)
        for number, clip in enumerate(clips):
            length = _at(clip.end) - _at(clip.begin)
            ramp = min(length, _at(blend) if overlap else _at(blend / 2))
            first, last = number == 0, number == len(clips) - 1
            shaped = _shaped(_exact(clip, length, warnings), length, 0 if first else ramp, 0 if last else ramp)
            kept = tail if overlap else tail[:, :0]
            held = 0 if last or not overlap else length - (_at(clip.end) - _at(clips[number + 1].begin))
            tail = _write(out, shaped, kept, length if last or not overlap else held)
            if progress is not None:
                progress((number + 1) / len(clips))
    return warnings


def _at(moment: Fraction) -> int:
    """Give the sample that stands at a moment; rounding whole positions, not lengths, keeps 200 clips in step."""
    return round(moment * SAMPLE_RATE)


def _write(out: wave.Wave_write, pieces: Iterator[Samples], tail: Samples, hold_from: int) -> Samples:
    """Write a clip over the `tail` of the one before; give back what lies at and after `hold_from`."""
    position = 0
    held: list[Samples] = []
    for piece in pieces:
        under = tail[:, position : position + piece.shape[1]]
        heard = piece.copy()
        heard[:, : under.shape[1]] += under
        now = max(0, min(heard.shape[1], hold_from - position))
        out.writeframes((np.clip(heard[:, :now], -1, 1).T * 32_767).round().astype("<i2").tobytes())
        if now < heard.shape[1]:
            held.append(heard[:, now:])
        position += piece.shape[1]
    return np.concatenate(held, axis=1) if held else np.zeros((CHANNELS, 0), np.float32)


def _exact(clip: ClipSound, length: int, warnings: list[str]) -> Iterator[Samples]:
    """Give exactly `length` samples that begin with the clip's first picture: cut or filled with silence."""
    position = 0
    if clip.path is not None:
        try:
            for piece in _from_picture(clip.path, clip.picture):
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


def _from_picture(path: Path, picture: Fraction) -> Iterator[Samples]:
    """Give the samples from the moment the first picture is shown; sound that starts later begins with silence."""
    ahead: int | None = None  # samples still to drop (or, below zero, to fill)
    for moment, piece in timed_samples(path, rate=SAMPLE_RATE, layout="stereo"):
        if ahead is None:
            ahead = round((picture - (moment or Fraction(0))) * SAMPLE_RATE)
            while ahead < 0:
                silent = min(PIECE, -ahead)
                yield np.zeros((CHANNELS, silent), np.float32)
                ahead += silent
        if ahead >= piece.shape[1]:
            ahead -= piece.shape[1]
            continue
        yield piece[:, ahead:]
        ahead = 0


def _shaped(pieces: Iterator[Samples], length: int, fade_in: int, fade_out: int) -> Iterator[Samples]:
    """Fade the first and last samples linearly."""
    position = 0
    for piece in pieces:
        place = np.arange(position, position + piece.shape[1], dtype=np.float32)
        gain = np.ones_like(place)
        if fade_in:
            gain = np.minimum(gain, (place + 1) / (fade_in + 1))
        if fade_out:
            gain = np.minimum(gain, (length - place) / (fade_out + 1))
        yield piece * gain
        position += piece.shape[1]
