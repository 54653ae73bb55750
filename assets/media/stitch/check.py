"""The check after every render: a file that fails it is an error, not a video."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

import av
import numpy as np

from assets.media.encoding import SAMPLE_RATE
from assets.media.errors import MediaProblem, RenderCheckError
from assets.media.mp4 import BoxError, Movie, Track, index_is_first, read_movie
from assets.media.probe import BT709, UNSPECIFIED, MediaFacts, decode_check, opened, probe
from assets.media.stitch.tracks import Grid, Piece, one_setup

AAC_FRAME = Fraction(1_024, SAMPLE_RATE)


def check_film(
    path: Path,
    *,
    frames: int,
    fps: Fraction,
    sound: bool,
    untagged: bool = False,
    tick: Callable[[float], None] | None = None,
) -> MediaFacts:
    """Check index, frame count, length, colour tags, that picture and sound end together, and that all of it decodes.

    `untagged`: copied clips that do not name their colours are allowed. `tick` hears 0..1 and may raise.
    Raises RenderCheckError with everything that is wrong.
    """
    try:
        facts = probe(path, formats={"mp4"})
        decoded = decode_check(path, formats={"mp4"}, tick=None if tick is None else lambda done: tick(done / frames))
    except MediaProblem as error:
        raise RenderCheckError(f"the finished file cannot be read: {error.detail}") from error
    wrong = faults(facts, frames=frames, fps=fps, sound=sound, untagged=untagged)
    if decoded.frames != frames:
        wrong.append(f"{decoded.frames} frames decode instead of {frames}")
    if wrong:
        raise RenderCheckError("; ".join(wrong))
    return facts


def faults(facts: MediaFacts, *, frames: int, fps: Fraction, sound: bool, untagged: bool) -> list[str]:
    """List what is wrong with a finished file's facts."""
    video, audio = facts.video, facts.audio
    if video is None:
        return ["there is no picture"]
    colours = {video.matrix, video.primaries, video.transfer}
    length = frames / fps
    checks = {
        "the index is not at the front": not facts.index_first,
        f"{video.frames} frames instead of {frames}": video.frames != frames,
        f"{float(video.seconds):.4f} s instead of {float(length):.4f} s": abs(video.seconds - length) > 1 / fps,
        f"the picture starts at {float(video.start):.4f} s": video.start != 0,
        f"{float(video.fps):g} fps instead of {float(fps):g}": frames > 1 and video.fps != fps,
        "frames of unequal length": not video.constant_fps,
        f"pixel format {video.pix_fmt}": video.pix_fmt != "yuv420p",
        "its colours are not tagged BT.709": not colours <= ({BT709, UNSPECIFIED} if untagged else {BT709}),
        "there is no sound": sound and audio is None,
        "there is sound that nobody asked for": not sound and audio is not None,
    }
    if audio is not None:
        apart = abs(audio.start + audio.seconds - video.seconds)
        checks[f"sound and picture end {float(apart):.4f} s apart"] = apart > AAC_FRAME
        checks[f"the sound starts at {float(audio.start):.4f} s"] = abs(audio.start) > Fraction(1, 1000)
    return [fault for fault, holds in checks.items() if holds]


def check_joined(path: Path, pieces: Sequence[Piece], *, grid: Grid, sound: bool) -> None:
    """Check a film whose pieces are known to decode: that its tables say what they should, and where the pieces meet.

    Frame count, the moment of every picture, the length of picture and sound, the index in front, every sample
    inside the file; and, when the pieces bring different decoder set-ups, that the first picture of each decodes.
    Raises RenderCheckError with everything that is wrong.
    """
    try:
        movie = read_movie(path)
        wrong = _wrong_tables(movie, pieces, grid=grid, sound=sound)
        if not index_is_first(path):
            wrong.append("the index is not at the front")
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
