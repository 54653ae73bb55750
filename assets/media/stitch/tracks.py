"""The tracks of a film that is joined by its tables: pictures on one exact grid, and AAC that is copied."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from assets.media.encoding import time_scale
from assets.media.mp4 import BoxError, OutTrack, rows_of
from assets.media.mp4.avc import ParameterSets, as_avcc, merged
from assets.media.mp4.entries import FRAME, avc_entry
from assets.media.stitch.tables import ClipTables, OwnSound

PREROLL = 2  # packets before the first that is heard


@dataclass(frozen=True, slots=True)
class Piece:
    """Pictures `first` to `last` (not included) of a file, copied; both are places where it may be cut."""

    path: Path
    tables: ClipTables
    first: int
    last: int

    @property
    def frames(self) -> int:
        """Give the number of pictures."""
        return self.last - self.first


@dataclass(frozen=True, slots=True)
class Grid:
    """The film's clock: `scale` ticks a second, `tick` ticks a picture."""

    scale: int
    tick: int

    @classmethod
    def of(cls, fps: Fraction) -> "Grid":
        """Give the grid of a frame rate."""
        return cls(time_scale(fps), int(time_scale(fps) / fps))


def one_setup(pieces: Sequence[Piece]) -> ParameterSets | None:
    """Give the parameter sets of all pieces in one, or None when they contradict each other."""
    if any(piece.tables.foreign_sets for piece in pieces):
        return None
    return merged(piece.tables.sets for piece in pieces)


def picture_track(pieces: Sequence[Piece], *, grid: Grid, width: int, height: int, tagged: bool) -> OutTrack:
    """Put the pictures of all pieces behind each other: number k is shown at exactly k ticks of the grid.

    Sets of several clips go into one entry. Where two clips use one id for different sets, each clip's own stand
    in front of each of its key frames instead, so that a seek finds the right ones. The pieces are sources 0, 1, ….
    """
    together = one_setup(pieces)
    prefixes = [b""] if together is not None else [b"", *(piece.tables.sets.prefix() for piece in pieces)]
    rows, late, keys = [], [], []
    delay = max(piece.tables.delay for piece in pieces)
    done = 0
    for number, piece in enumerate(pieces):
        tables, part = piece.tables, slice(piece.first, piece.last)
        ranks = tables.ranks[part] - piece.first
        if piece.first not in tables.resumes or piece.last not in tables.closed:
            raise BoxError("a piece that cannot stand alone")
        mine = tables.track.keys[(tables.track.keys >= piece.first) & (tables.track.keys < piece.last)] - piece.first
        before = np.zeros(piece.frames, np.int64)
        if together is None:
            before[mine] = number + 1
        rows.append(rows_of(number, tables.track.offsets[part], tables.track.sizes[part], before))
        late.append((ranks - np.arange(piece.frames) + delay) * grid.tick)
        keys.append(mine + done)
        done += piece.frames
    richest = max((piece.tables.sets for piece in pieces), key=lambda sets: as_avcc(sets)[3])
    return OutTrack(
        kind="picture",
        time_scale=grid.scale,
        entry=avc_entry(width=width, height=height, avcc=as_avcc(together or richest), tagged=tagged),
        rows=np.concatenate(rows),
        durations=np.full(done, grid.tick, np.int64),
        lateness=np.concatenate(late),
        keys=np.concatenate(keys),
        edits=((done * grid.tick, delay * grid.tick),),
        frame=(width, height),
        prefixes=tuple(prefixes),
    )


def song_track(sound: OwnSound, *, source: int, start: Fraction, ticks: int, grid: Grid) -> OutTrack:
    """Copy the packets of one AAC file that are heard in `ticks` of the film, from `start` seconds of it, exactly.

    Raises BoxError when it is shorter than that.
    """
    rate = sound.aac.rate
    first_sample = sound.begin + round(start * rate)
    need = -(-ticks * rate // grid.scale)
    if first_sample - sound.begin + need > sound.samples:
        raise BoxError("the sound is too short")
    first = max(0, first_sample // FRAME - PREROLL)
    last = min(sound.track.sizes.size, -(-(first_sample + need) // FRAME))
    return OutTrack(
        kind="sound",
        time_scale=rate,
        entry=sound.aac.entry(),
        rows=rows_of(source, sound.track.offsets[first:last], sound.track.sizes[first:last]),
        durations=np.full(last - first, FRAME, np.int64),
        edits=((ticks, first_sample - first * FRAME),),
    )


def own_sound_fits(sounds: Sequence[OwnSound | None], frames: Sequence[int], fps: Fraction) -> bool:
    """Say whether the clips' own AAC can be copied, one edit a clip.

    All of one kind, as long as their pictures (`frames`) but for a millisecond, and every edit on the bounds of
    packets: then also a reader that takes whole packets only stays in step, whatever the number of clips. Where sound
    lacks, an empty edit would have to stand, and there ffmpeg plays the beginning of the track again.
    """
    first = sounds[0] if sounds else None
    if first is None:
        return False
    for number, (sound, count) in enumerate(zip(sounds, frames, strict=True)):
        if sound is None or sound.aac != first.aac or sound.begin % FRAME or sound.samples < FRAME:
            return False
        picture = count / fps * sound.aac.rate
        if sound.copied < picture or (number < len(frames) - 1 and picture % FRAME):
            return False
    return True


def own_track(sounds: Sequence[OwnSound], frames: Sequence[int], *, grid: Grid) -> OutTrack:
    """Copy the AAC of each clip (sources 0, 1, …), as long as its picture. Raises BoxError when it is shorter."""
    rows, edits, passed = [], [], 0
    rate = sounds[0].aac.rate
    for number, (sound, count) in enumerate(zip(sounds, frames, strict=True)):
        ticks = count * grid.tick
        need = -(-ticks * rate // grid.scale)
        if need > sound.copied:
            raise BoxError("the sound is too short")
        last = min(sound.track.sizes.size, -(-(sound.begin + need) // FRAME))
        rows.append(rows_of(number, sound.track.offsets[:last], sound.track.sizes[:last]))
        edits.append((ticks, passed + sound.begin))
        passed += last * FRAME
    every = np.concatenate(rows)
    return OutTrack(
        kind="sound",
        time_scale=rate,
        entry=sounds[0].aac.entry(),
        rows=every,
        durations=np.full(every.size, FRAME, np.int64),
        edits=tuple(edits),
    )
