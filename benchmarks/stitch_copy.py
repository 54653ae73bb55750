"""Joining clips that agree: our join against the plain copy of the same bytes, and against ffmpeg's concatenation."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from assets.media.audio import to_aac
from assets.media.files import atomic_target
from assets.media.mp4 import read_movie
from assets.media.stitch import StitchResult, StitchWishes, stitch
from assets.media.stitch.join import CopiedSong, join
from assets.media.stitch.profile import Profile
from assets.media.stitch.tables import read_clip
from assets.media.stitch.tracks import Piece
from benchmarks._clips import FRAMES, SECONDS, SIZES, assert_right, ffmpeg, make_clips, make_song
from benchmarks._process import NONE, WITH_SONG, Bounds, run, stitch_code
from benchmarks._table import Row, in_turn

JOIN = (
    "from fractions import Fraction; from benchmarks.stitch_copy import joined;"
    "from assets.media.stitch.profile import Profile;"
    "joined([P(one) for one in w[1:]], P(w[0]), profile=Profile({}, Fraction(24)), song=None, own=True)"
)


def measure(*, quick: bool) -> Iterator[Row]:
    """Yield B1, B1b, B2, B4 and B10, the first two also at 1080p and for 3 and 30 clips.

    A `w` behind the name: the whole `stitch()` instead of the bare join.
    """
    rounds = 7 if quick else 15
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        seconds = 80 if quick else 240
        song = make_song(folder / "song.mp3", seconds=seconds)
        prepared = folder / "song.m4a"
        to_aac(song, prepared, seconds=seconds)
        for number, label in enumerate(["720p"] if quick else SIZES):
            looks = make_clips(size=SIZES[label][0], bits=SIZES[label][1], looks=2 if quick else 3)
            bench = _Bench(folder, looks, song, prepared, label)
            yield from bench.against_copy(8, rounds, bounds=number == 0)
            if number == 0:
                if not quick:
                    yield bench.memory(8)
                yield from bench.against_ffmpeg(8, max(5, rounds // 2))
                yield from bench.growth(rounds)
                yield from bench.probing(rounds)
            if not quick:
                for count in (3, 30):
                    yield from bench.against_copy(count, rounds, bounds=False)


def joined(clips: Sequence[Path], target: Path, *, profile: Profile, song: Path | None, own: bool = False) -> None:
    """Read the tables of all clips and write the film: the join as a stitch does it, synced to the disk."""
    with atomic_target(target) as result:
        tables = {path: read_clip(path) for path in set(clips)}
        pieces = [Piece(path, tables[path], 0, tables[path].frames) for path in clips]
        sound = CopiedSong(song) if song is not None else None
        join(pieces, profile=profile, sound=sound, own_sound=own, target=result)


def plain_copy(source: Path, target: Path) -> None:
    """Copy a file as fast as the system can, and sync it."""
    with atomic_target(target) as result, source.open("rb") as read, result.open("wb") as write:
        left = source.stat().st_size
        while left:
            left -= os.copy_file_range(read.fileno(), write.fileno(), left)


class _Bench:
    """Clips of one size, and what is done with them."""

    def __init__(self, folder: Path, looks: Sequence[Path], song: Path, prepared: Path, label: str) -> None:
        width, height = (int(side) for side in SIZES[label][0].split("x"))
        self.profile = Profile(width, height, Fraction(24))
        self.folder, self.looks, self.label = folder, looks, label
        self.song, self.prepared = song, prepared
        self.film = folder / "film.mp4"

    def clips(self, count: int) -> list[Path]:
        return [self.looks[number % len(self.looks)] for number in range(count)]

    def right(self, count: int) -> None:
        """Assert that the film is that of `count` clips, each picture copied."""
        last = (count - 1) * SECONDS + 4.0
        assert_right(self.film, frames=count * FRAMES, last_flash=last, click=True, copied=self.clips(count))

    def join(self, count: int, *, song: bool = False) -> Callable[[], None]:
        """Give the bare join, beside a prepared song or the clips' own sound; what it makes is right."""
        clips, sound = self.clips(count), self.prepared if song else None

        def work() -> None:
            joined(clips, self.film, profile=self.profile, song=sound, own=not song)

        work()
        self.right(count)
        return work

    def whole(self, count: int, *, song: bool = False) -> Callable[[], object]:
        """Give the whole of `stitch()`, when clips and song are known: look, plan, join, check; it is right, too."""
        clips, work_dir = self.clips(count), self.folder / "work"
        work_dir.mkdir(exist_ok=True)
        wishes = StitchWishes(audio_overlay=self.song, suppress_video_audio=True) if song else StitchWishes()

        def work() -> StitchResult:
            shelf = self.folder / "shelf"
            return stitch(
                clips=clips, wishes=wishes, target=self.film, work_dir=work_dir, progress=_no_matter, shelf=shelf
            )

        assert work().plan.strategy == ("P0" if song else "P1")
        self.right(count)
        return work

    def against_copy(self, count: int, rounds: int, *, bounds: bool) -> Iterator[Row]:
        """B1, B1b: join / plain copy of the film that came out, both synced; and the whole stitch / that copy."""
        kept = self.folder / "kept.mp4"
        for id_, words, song, limit in (
            ("B1", "prepared song", True, (1.8, 3.0)),
            ("B1b", "own sound", False, (1.5, 2.5)),
        ):
            for sign, does, make, limits in (
                ("", "join", self.join, limit),
                ("w", "whole stitch", self.whole, (1.8, 2.0)),  # "in at most twice the time" is promised
            ):
                ours = make(count, song=song)
                held: Bounds = limits if bounds else NONE
                shutil.copyfile(self.film, kept)
                found = in_turn(ours, lambda: plain_copy(kept, self.folder / "copy.mp4"), rounds=rounds)
                what = f"{does} of {count} x {self.label}, {words} / copy of the same bytes"
                yield Row(f"{id_}{sign}", what, found.middle, *held, found.note)

    def against_ffmpeg(self, count: int, rounds: int) -> Iterator[Row]:
        """B2: join with the clips' own sound / ffmpeg's concat demuxer with codec copy."""
        listed = self.folder / "list.txt"
        listed.write_text("".join(f"file '{path}'\n" for path in self.clips(count)), "utf-8")
        theirs = ("-f", "concat", "-safe", "0", "-i", str(listed), "-c", "copy", "-movflags", "+faststart")
        for id_, does, make in (("B2", "join", self.join), ("B2w", "whole stitch", self.whole)):
            found = in_turn(make(count), lambda: ffmpeg(*theirs, str(self.folder / "theirs.mp4")), rounds=rounds)
            what = f"{does} of {count} x {self.label}, own sound / ffmpeg -f concat -c copy"
            yield Row(id_, what, found.middle, 0.25, 0.5, found.note)

    def growth(self, rounds: int) -> Iterator[Row]:
        """B4: how time and memory grow with the number of clips."""
        for id_, does, make in (("B4", "join", self.join), ("B4w", "whole stitch", self.whole)):
            found = in_turn(make(30), make(8), rounds=rounds)
            yield Row(id_, f"{does} of 30 clips / of 8, a clip", found.middle * 8 / 30, 1.2, 1.5, found.note)
        grown = self._peak(30) - self._peak(8)
        yield Row("B4m", "MB more at the peak for 30 clips than for 8", grown, 32.0, 64.0)

    def memory(self, count: int) -> Row:
        """B1m: what a process holds that stitches clips and song for the first time, when nothing is known."""
        words = [str(path) for path in (self.film, self.folder / "elsewhere", self.song, *self.clips(count))]
        ran = run(stitch_code(WITH_SONG), words)
        note = f"{ran.largest:.0f} MB the largest; with the song's encoding"
        return Row(
            "B1m", f"MB of all processes, first stitch of {count} x {self.label} + song", ran.together, note=note
        )

    def _peak(self, count: int) -> float:
        """Give the highest memory of a process that joins `count` clips, in MB."""
        size = f"{self.profile.width}, {self.profile.height}"
        return run(JOIN.format(size), [str(path) for path in (self.film, *self.clips(count))]).largest

    def probing(self, rounds: int) -> Iterator[Row]:
        """B10: reading a clip's tables / ffprobe."""
        program = shutil.which("ffprobe")
        what = "reading the tables of a clip / ffprobe"
        if program is None:
            yield Row("B10", what, None, 0.01, 0.1, "ffprobe is not installed")
        else:
            words = [program, "-v", "error", "-show_streams", "-show_format", str(self.looks[0])]
            found = in_turn(
                lambda: read_movie(self.looks[0]),
                lambda: subprocess.run(words, check=True, capture_output=True),
                rounds=rounds,
            )
            yield Row("B10", what, found.middle, 0.01, 0.1, found.note)
        found = in_turn(
            lambda: read_movie(self.looks[0]),
            lambda: subprocess.run([sys.executable, "-c", "pass"], check=True),
            rounds=rounds,
        )
        yield Row("B10s", "reading the tables of a clip / starting Python", found.middle, 0.1, None, found.note)


def _no_matter(_done: float) -> None:
    """Hear of progress and go on."""
