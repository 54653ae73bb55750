"""The same stitch by MoviePy: three clips and a song, whole processes."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from assets.media.audio import to_aac
from benchmarks._clips import FRAMES, SECONDS, assert_right, make_clips, make_song
from benchmarks._table import Row, in_turn

OURS = """
import sys; from fractions import Fraction; from pathlib import Path
from benchmarks.stitch_copy import joined; from assets.media.stitch.profile import Profile
paths = [Path(word) for word in sys.argv[1:]]
joined(paths[2:], paths[0], profile=Profile(1280, 720, Fraction(24)), song=paths[1])
"""
THEIRS = """
import sys
from moviepy import AudioFileClip, VideoFileClip, concatenate_videoclips
clips = [VideoFileClip(path) for path in sys.argv[3:]]
film = concatenate_videoclips(clips, method="chain")
film = film.with_audio(AudioFileClip(sys.argv[2]).subclipped(0, film.duration))
film.write_videofile(sys.argv[1], codec="libx264", audio_codec="aac", logger=None)
"""


def measure(*, quick: bool) -> Iterator[Row]:
    """Yield B3, and in the long run the same for eight clips."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        looks = make_clips(folder, looks=2 if quick else 3)
        song = make_song(folder / "song.mp3", seconds=80)
        prepared = folder / "song.m4a"
        to_aac(song, prepared, seconds=80)
        for count, rounds in ((3, 1),) if quick else ((3, 3), (8, 1)):
            clips = [str(looks[number % len(looks)]) for number in range(count)]
            ours = [sys.executable, "-c", OURS, str(folder / "film.mp4"), str(prepared), *clips]
            theirs = [sys.executable, "-c", THEIRS, str(folder / "theirs.mp4"), str(song), *clips]
            subprocess.run(ours, check=True)
            assert_right(folder / "film.mp4", frames=count * FRAMES, last_flash=(count - 1) * SECONDS + 4.0, click=True)
            found = in_turn(partial(_run, ours), partial(_run, theirs), rounds=rounds, warm_up=False)
            what = f"{count} x 720p + song, whole process / MoviePy concatenate_videoclips"
            yield Row("B3", what, found.middle, 0.006, 0.02, found.note)


def _run(words: Sequence[str]) -> None:
    subprocess.run(words, check=True, capture_output=True)
