"""The same stitch by MoviePy: three clips and a song, whole processes."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from assets.media.audio import to_aac
from benchmarks._clips import FRAMES, SECONDS, assert_right, make_clips, make_song
from benchmarks._process import NONE, WITH_SONG, Bounds, Ran, memory_row, run, stitch_code
from benchmarks._table import Row, paired

JOIN = (
    "from fractions import Fraction; from benchmarks.stitch_copy import joined;"
    "from assets.media.stitch.profile import Profile;"
    "joined([P(one) for one in w[3:]], P(w[0]), profile=Profile(1280, 720, Fraction(24)), song=P(w[2]))"
)
THEIRS = """
from moviepy import AudioFileClip, VideoFileClip, concatenate_videoclips
film = concatenate_videoclips([VideoFileClip(path) for path in w[3:]], method="chain")
film = film.with_audio(AudioFileClip(w[2]).subclipped(0, film.duration))
film.write_videofile(w[1], codec="libx264", audio_codec="aac", logger=None)
"""


def measure(*, quick: bool) -> Iterator[Row]:
    """Yield B3 (join, whole stitch again, whole stitch for the first time), and in the long run for eight clips too."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        looks = make_clips(looks=2 if quick else 3)
        song = make_song(folder / "song.mp3", seconds=80)
        prepared = folder / "song.m4a"
        to_aac(song, prepared, seconds=80)
        for count, rounds in ((3, 1),) if quick else ((3, 3), (8, 1)):
            clips = [looks[number % len(looks)] for number in range(count)]
            yield from _compared(folder, clips, song, prepared, rounds=rounds, only=1 if quick else None)


def _compared(
    folder: Path, clips: Sequence[Path], song: Path, prepared: Path, *, rounds: int, only: int | None
) -> Iterator[Row]:
    film = folder / "film.mp4"
    ways = {
        ("B3", "join, prepared song"): (JOIN, folder / "unused", prepared),
        ("B3w", "whole stitch again"): (stitch_code(WITH_SONG, again=True), folder / "known", song),
        ("B3n", "whole stitch, nothing known"): (stitch_code(WITH_SONG), folder / "new", song),
    }
    ways = dict(list(ways.items())[:only])
    orders = [(code, [str(path) for path in (film, room, sound, *clips)]) for code, room, sound in ways.values()]
    for code, words in orders:  # also to know what is known again, and to prove that what comes out is right
        run(code, words)
        last = (len(clips) - 1) * SECONDS + 4.0
        assert_right(film, frames=len(clips) * FRAMES, last_flash=last, click=True, copied=clips)
    theirs = (THEIRS, [str(path) for path in (film, folder / "theirs.mp4", song, *clips)])
    every: list[list[Ran]] = [[run(code, words) for code, words in (*orders, theirs)] for _ in range(rounds)]
    *ours, others = zip(*every, strict=True)
    for (id_, does), mine in zip(ways, ours, strict=True):
        found = paired([one.seconds for one in mine], [one.seconds for one in others])
        bounds: Bounds = (0.006, 0.02) if id_ == "B3" else NONE
        what = f"{len(clips)} x 720p + song, {does}, process / MoviePy's"
        yield Row(id_, what, found.middle, *bounds, found.note)
        yield memory_row(id_, mine[0], others[0])
