"""The check after every join: what was copied is what the sources hold, at its moment; else there is no video.

What was encoded on the way has been decoded and looked at before (`look`, `hear`), so here tables are compared, and
a few samples of each piece: a join stays at about the cost of copying.
"""

import os
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

import av
import numpy as np

from assets.media.encoding import SAMPLE_RATE
from assets.media.errors import MediaProblem, RenderCheckError
from assets.media.mp4 import BoxError, Movie, Track, index_is_first, read_movie
from assets.media.mp4.entries import FRAME
from assets.media.probe import opened
from assets.media.stitch.join import CopiedSong
from assets.media.stitch.tables import OwnSound, sound_of
from assets.media.stitch.tracks import Grid, Piece, one_setup

AAC_FRAME = Fraction(FRAME, SAMPLE_RATE)
NEAR = 47  # packets, about a second: how far sound is looked for on both sides of its place
AHEAD = 8 * NEAR
IN_STEP = Fraction(1, 1000)  # seconds


def check_joined(
    path: Path, pieces: Sequence[Piece], *, grid: Grid, song: CopiedSong | None = None, own_sound: bool = False
) -> None:
    """Check a film whose pieces are known to decode: that its tables say what they should, and where the pieces meet.

    Frame count, the moment of every picture, the length of picture and sound, the index in front, every sample
    inside the file; that samples of each piece are those of its file, bit for bit; that the sound at the last join is
    the one that belongs there; and, when the pieces bring different decoder set-ups, that the first picture of each
    decodes. The sound is `song`, or with `own_sound` the pieces' own. Raises RenderCheckError with all that is wrong.
    """
    try:
        movie = read_movie(path)
        wrong = _wrong_tables(movie, pieces, grid=grid, sound=own_sound or song is not None)
        if not index_is_first(path):
            wrong.append("the index is not at the front")
        if not wrong:
            wrong += _wrong_copies(path, movie, pieces)
            wrong += _wrong_sound(path, movie, pieces, grid=grid, song=song, own_sound=own_sound)
        sets = one_setup(pieces)
        if sets is None or any(piece.tables.sets != sets for piece in pieces):
            wrong += _wrong_starts(path, pieces, grid)
    except (BoxError, MediaProblem) as error:
        raise RenderCheckError(f"the finished file cannot be read: {error}") from error
    if wrong:
        raise RenderCheckError("; ".join(wrong))


def _wrong_tables(movie: Movie, pieces: Sequence[Piece], *, grid: Grid, sound: bool) -> list[str]:
    picture = movie.one("picture")
    frames = sum(piece.frames for piece in pieces)
    length = frames * grid.tick
    heard = [track for track in movie.tracks if track.kind == "sound"]
    if picture.sizes.size != frames:
        return [f"{picture.sizes.size} frames instead of {frames}"]
    checks = {
        "pictures out of step": not np.array_equal(np.sort(picture.shown) - picture.begin, _steps(frames, grid)),
        "another clock": picture.time_scale != grid.scale or movie.time_scale != grid.scale,
        f"the picture lasts {_length(picture)} ticks instead of {length}": _length(picture) != length,
        f"{len(heard)} sound tracks": len(heard) != int(sound),
    }
    for track in heard:
        apart = Fraction(abs(_length(track) - length), grid.scale)
        checks[f"sound and picture end {float(apart):.4f} s apart"] = apart > AAC_FRAME
    return [fault for fault, holds in checks.items() if holds]


def _steps(frames: int, grid: Grid) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
    return np.arange(frames, dtype=np.int64) * grid.tick


def _length(track: Track) -> int:
    return sum(length for length, _ in track.edits)


def _wrong_copies(path: Path, movie: Movie, pieces: Sequence[Piece]) -> list[str]:
    """Compare the first, the middle and the last picture of each piece with those of its file."""
    film, wrong, begin = movie.one("picture"), [], 0
    for number, piece in enumerate(pieces):
        source = piece.tables.track
        for place in sorted({0, piece.frames // 2, piece.frames - 1}):
            wanted = _sample(piece.path, source, piece.first + place)
            if not _sample(path, film, begin + place).endswith(wanted):  # its sets may stand before it
                wrong.append(f"frame {begin + place} is not that of piece {number + 1}")
        begin += piece.frames
    return wrong


def _sample(path: Path, track: Track, number: int) -> bytes:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.pread(descriptor, int(track.sizes[number]), int(track.offsets[number]))
    finally:
        os.close(descriptor)


def _wrong_sound(
    path: Path, movie: Movie, pieces: Sequence[Piece], *, grid: Grid, song: CopiedSong | None, own_sound: bool
) -> list[str]:
    """Find the packet that sounds at the last join: it must be the one that stands there in what was copied."""
    join = sum(piece.frames for piece in pieces[:-1]) * grid.tick
    if song is not None:
        source, sound = song.path, sound_of(read_movie(song.path))
        wanted = sound.begin + round(song.start * sound.aac.rate) + join * sound.aac.rate // grid.scale
    elif own_sound and pieces[-1].tables.sound is not None:
        source, sound = pieces[-1].path, pieces[-1].tables.sound
        wanted = sound.begin
    else:
        return []
    apart = _apart(path, movie.one("sound"), source, sound, join=join, wanted=wanted, grid=grid)
    if apart is None:
        return ["another sound at the last join"]
    if abs(apart) > IN_STEP:
        return [f"picture and sound are {float(apart * 1000):.1f} ms apart at the last join"]
    return []


def _apart(
    path: Path, film: Track, source: Path, sound: OwnSound, *, join: int, wanted: int, grid: Grid
) -> Fraction | None:
    """Give by how many seconds the film's sound is ahead at `join`; None when the packet is nowhere near it.

    `wanted` counts samples of the source's packets. The packet that is looked for is the richest of those that
    follow, because silence looks alike everywhere; equal ones leave the least.
    """
    heard = _sample_at(film, join, grid)
    if heard is None:
        return None
    first = min(wanted // FRAME, sound.track.sizes.size - 1)
    richest = int(sound.track.sizes[first : first + max(1, min(AHEAD, film.sizes.size - heard // FRAME))].argmax())
    packet = _sample(source, sound.track, first + richest)
    wanted, heard = wanted + richest * FRAME, heard + richest * FRAME
    at = heard // FRAME
    near = range(max(0, at - NEAR), min(film.sizes.size, at + NEAR + 1))
    found = [number for number in near if _sample(path, film, number) == packet]
    apart = [heard - number * FRAME - wanted % FRAME for number in found]
    return Fraction(min(apart, key=abs), film.time_scale) if apart else None


def _sample_at(track: Track, tick: int, grid: Grid) -> int | None:
    """Give the sample of a track that sounds at a tick of the film; None where there is nothing."""
    for length, begin in track.edits:
        if tick < length:
            return None if begin < 0 else begin + tick * track.time_scale // grid.scale
        tick -= length
    return None


def _wrong_starts(path: Path, pieces: Sequence[Piece], grid: Grid) -> list[str]:
    """Seek to the first picture of each piece and decode it, as a player would."""
    starts = [0, *accumulate(piece.frames for piece in pieces)][:-1]
    wrong = []
    with opened(path, formats={"mp4"}) as (_, film):
        stream = film.streams.video[0]
        for number, start in enumerate(starts):
            film.seek(start * grid.tick, stream=stream)
            try:
                frame = next(iter(film.decode(stream)))
            except (av.FFmpegError, StopIteration):
                wrong.append(f"piece {number + 1} does not decode")
                continue
            if frame.is_corrupt or frame.pts != start * grid.tick:
                wrong.append(f"piece {number + 1} begins at tick {frame.pts} instead of {start * grid.tick}")
    return wrong
