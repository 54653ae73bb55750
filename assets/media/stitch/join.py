"""Putting clips of one profile behind each other without touching a frame, on one exact grid, over one sound track."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from assets.media.ffmpeg import Progress
from assets.media.mp4 import OutTrack, read_movie, write_movie
from assets.media.stitch.profile import Profile
from assets.media.stitch.tables import sound_of
from assets.media.stitch.tracks import Grid, Piece, own_track, picture_track, song_track


@dataclass(frozen=True, slots=True)
class CopiedSong:
    """AAC in an M4A that is copied as the film's sound, from `start` seconds of it."""

    path: Path
    start: Fraction = Fraction(0)


def join(
    pieces: Sequence[Piece],
    *,
    profile: Profile,
    sound: CopiedSong | None,
    own_sound: bool = False,
    tagged: bool = True,
    target: Path,
    progress: Progress | None = None,
) -> None:
    """Write `target`: all pictures of all pieces, bit for bit, and AAC copied beside them.

    The sound is `sound`, or with `own_sound` that of the pieces, which are whole clips then. `tagged`: the colours
    are said to be BT.709. Raises BoxError, and OSError when the disk is full.
    """
    grid = Grid.of(profile.fps)
    picture = picture_track(pieces, grid=grid, width=profile.width, height=profile.height, tagged=tagged)
    sources = [piece.path for piece in pieces]
    tracks: list[OutTrack] = [picture]
    if own_sound:
        sounds = [piece.tables.sound for piece in pieces]
        tracks.append(
            own_track([sound for sound in sounds if sound is not None], [piece.frames for piece in pieces], grid=grid)
        )
    elif sound is not None:
        ticks = sum(piece.frames for piece in pieces) * grid.tick
        copied = sound_of(read_movie(sound.path))
        tracks.append(song_track(copied, source=len(sources), start=sound.start, ticks=ticks, grid=grid))
        sources.append(sound.path)
    write_movie(target, tracks, time_scale=grid.scale, sources=sources, progress=progress)
