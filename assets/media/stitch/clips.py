"""The clips of a stitch: looked at once, each decoded to its end, and remembered for the next stitch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assets.media.decode import decode_check
from assets.media.errors import ClipProblem, MediaProblem
from assets.media.mp4 import BoxError
from assets.media.probe import MediaFacts, VideoFacts, probe
from assets.media.samples import SOUND_KINDS
from assets.media.sniff import VIDEO_KINDS
from assets.media.stitch.shelf import Shelf, content_of
from assets.media.stitch.tables import ClipTables, read_clip


@dataclass(frozen=True, slots=True)
class Clip:
    """One clip: its number as asked for (from 0), its facts, and its tables or why its frames cannot be copied."""

    number: int
    path: Path
    content: str
    facts: MediaFacts
    tables: ClipTables | None
    refused: str = ""

    @property
    def video(self) -> VideoFacts:
        """Give the facts of its picture. Raises ClipProblem when there is none."""
        if self.facts.video is None:
            raise ClipProblem(self.number, "unreadable", "there is no picture in it")
        return self.facts.video


@dataclass(frozen=True, slots=True)
class Song:
    """The song of a film: what is in its file, and its length in seconds."""

    path: Path
    content: str
    seconds: float


def look_at_song(path: Path, shelf: Shelf) -> Song:
    """Measure a song, once as long as its file does not change. Raises MediaProblem when there is no sound in it."""
    known = shelf.facts(path)
    content, facts = known[:2] if known is not None else ("", probe(path, formats=SOUND_KINDS))
    if facts.audio is None:
        raise MediaProblem("unreadable", "there is no sound in it")
    if known is None:
        content = content_of(path)
        if facts.video is None:  # a film's picture is proven where it is a clip
            shelf.keep_facts(path, content, facts, sound=True)
    return Song(path, content, float(facts.audio.seconds))


def look_at(
    paths: Sequence[Path], *, shelf: Shelf, skip: bool, tick: Callable[[float], None]
) -> tuple[list[Clip], list[str]]:
    """Look at all clips; with `skip` a broken one is left out with a warning, unless nothing would be left.

    What is known from an earlier stitch is believed as long as the file has not changed. `tick` hears 0..1 and may
    raise. Raises ClipProblem.
    """
    found: dict[Path, Clip] = {}
    clips: list[Clip] = []
    warnings: list[str] = []
    broken: ClipProblem | None = None
    for number, path in enumerate(paths):
        tick(number / len(paths))
        try:
            if path not in found:
                found[path] = _look(number, path, shelf, _part(tick, number, len(paths)))
        except ClipProblem as problem:
            broken = broken or problem
            if not skip:
                raise
            warnings.append(f"clip {number + 1} was left out: {problem.detail.partition(': ')[2]}")
        else:
            clips.append(replace(found[path], number=number))
    if broken is not None and not clips:
        raise broken
    return clips, warnings


def _part(tick: Callable[[float], None], number: int, count: int) -> Callable[[float], None]:
    """Give the progress of one clip of several."""
    return lambda done: tick((number + done) / count)


def _look(number: int, path: Path, shelf: Shelf, tick: Callable[[float], None]) -> Clip:
    known = shelf.facts(path)
    try:
        content, facts, sound = known or _prove(path, tick)
    except (MediaProblem, OSError) as error:
        if isinstance(error, MediaProblem):
            raise ClipProblem(number, error.reason, error.detail) from error
        raise
    if known is None:
        shelf.keep_facts(path, content, facts, sound=sound)
    try:
        tables = _tables(path, facts)
    except BoxError as error:
        return Clip(number, path, content, facts, None, str(error))
    return Clip(number, path, content, facts, tables if sound else replace(tables, sound=None))


def _prove(path: Path, tick: Callable[[float], None]) -> tuple[str, MediaFacts, bool]:
    """Read a clip's facts and decode it to its end; the sound may be broken, the picture not. Raises MediaProblem."""
    facts = probe(path, formats=VIDEO_KINDS)
    if facts.video is None:
        raise MediaProblem("unreadable", "there is no picture in it")
    frames = facts.video.frames
    decoded = decode_check(
        path, formats=VIDEO_KINDS, forgive_sound=True, tick=lambda done: tick(min(1.0, done / frames))
    )
    return content_of(path), facts, decoded.sound_whole


def _tables(path: Path, facts: MediaFacts) -> ClipTables:
    """Read the tables of a clip, if both ways of reading agree on how many pictures it has. Raises BoxError."""
    if facts.video is None or facts.video.codec != "h264":
        raise BoxError("no H.264")
    tables = read_clip(path)
    if tables.frames != facts.video.frames:
        raise BoxError("frames that are not shown")
    late = facts.video.start != 0 or (facts.audio is not None and abs(facts.audio.start) * 1000 > 1)
    return replace(tables, sound=None) if late else tables
