"""What copying a clip needs to know: where its samples lie, where it may be cut, and where decoding may begin."""

import os
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assets.media.mp4 import BoxError, Movie, Track, read_movie
from assets.media.mp4.avc import KeyLook, ParameterSets, agree, look_at_key, sets_of
from assets.media.mp4.boxes import Numbers
from assets.media.mp4.entries import FRAME, Aac, aac_of

ROUNDING = 2  # samples by which a table of AAC may stray and come back: every packet has 1024
SHORT = 1_000  # a part of a second that may lack: the last packet holds it, as silence
HEAD = 4_096  # bytes of a key sample that are looked at


@dataclass(frozen=True, slots=True)
class OwnSound:
    """A clip's AAC, as far as it can be copied: whole packets, of which `begin` samples come before the clip."""

    track: Track
    aac: Aac
    begin: int
    samples: int  # after `begin`

    @property
    def copied(self) -> int:
        """Give how many samples its packets give after `begin`: up to a millisecond more than it says it has."""
        return min(int(self.track.sizes.size) * FRAME - self.begin, self.samples + self.aac.rate // SHORT)


@dataclass(frozen=True, slots=True)
class ClipTables:
    """A clip whose pictures can be copied; places count samples in decoding order."""

    track: Track
    ranks: Numbers
    sets: ParameterSets
    foreign_sets: bool  # other parameter sets than these stand inside the samples
    closed: tuple[int, ...]  # places k whose first k samples are exactly the first k pictures
    resumes: tuple[int, ...]  # such places where decoding can begin anew
    sound: OwnSound | None

    @property
    def frames(self) -> int:
        """Give the number of pictures."""
        return int(self.ranks.size)

    @property
    def delay(self) -> int:
        """Give how many pictures decoding runs ahead of showing."""
        return int((np.arange(self.frames) - self.ranks).max())

    def last_cut(self, most: int) -> int:
        """Give the latest place at or before `most` at which the clip may end."""
        return self.closed[bisect_right(self.closed, most) - 1]

    def first_resume(self, least: int) -> int | None:
        """Give the earliest place at or after `least` at which the clip may begin."""
        at = bisect_left(self.resumes, least)
        return self.resumes[at] if at < len(self.resumes) else None


def read_clip(path: Path) -> ClipTables:
    """Read the tables of a clip. Raises BoxError, in a person's words, when its pictures cannot be copied."""
    movie = read_movie(path)
    track = movie.one("picture")
    ranks = track.ranks
    if track.begin > int(track.shown.min()):
        raise BoxError("it hides its first pictures")
    sets = sets_of(track.entry)
    looks = _looks(path, track)
    closed = np.flatnonzero(np.maximum.accumulate(ranks) == np.arange(ranks.size)) + 1
    places = (0, *closed.tolist())
    resets = [int(key) for key, look in zip(track.keys, looks, strict=True) if look.resets]
    whole = set(places)
    resumes = tuple(key for key in resets if key in whole)
    if resumes[:1] != (0,):
        raise BoxError("it does not begin with a key frame")
    return ClipTables(track, ranks, sets, not agree(sets, looks), places, resumes, _own_sound(movie))


def _looks(path: Path, track: Track) -> list[KeyLook]:
    """Look at the first bytes of each key sample."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return [
            look_at_key(os.pread(descriptor, min(HEAD, size), offset), size)
            for offset, size in zip(track.offsets[track.keys].tolist(), track.sizes[track.keys].tolist(), strict=True)
        ]
    finally:
        os.close(descriptor)


def _own_sound(movie: Movie) -> OwnSound | None:
    """Give the sound when its packets can be copied: AAC-LC on its own clock, in whole packets."""
    try:
        return sound_of(movie)
    except BoxError:
        return None


def is_clip(path: Path, frames: int) -> bool:
    """Say whether a file has tables of `frames` pictures that can be copied."""
    try:
        return read_clip(path).frames == frames
    except BoxError:
        return False


def is_sound(path: Path) -> bool:
    """Say whether a file has AAC that can be copied."""
    try:
        sound_of(read_movie(path))
    except BoxError:
        return False
    return True


def sound_of(movie: Movie) -> OwnSound:
    """Read the AAC of a file. Raises BoxError when its packets cannot be copied."""
    track = movie.one("sound")
    aac = aac_of(track.entry)
    ends = np.cumsum(track.durations)
    drift = np.abs(ends - FRAME * np.arange(1, ends.size + 1))
    if track.time_scale != aac.rate or np.any(drift[:-1] > ROUNDING) or ends[-1] > FRAME * ends.size + ROUNDING:
        raise BoxError("sound on another clock")
    return OwnSound(track, aac, track.begin, min(int(ends[-1]) - track.begin, _heard(track, movie.time_scale)))


def _heard(track: Track, clock: int) -> int:
    """Give how many samples the edit list lets hear at most; a film's clock is coarse, so a tick more is granted."""
    if not track.edits:
        return int(track.durations.sum())
    return -(-(track.edits[0][0] + 1) * track.time_scale // clock)
