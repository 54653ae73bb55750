"""Joining clips that agree: our join against the plain copy of the same bytes, and against ffmpeg's concatenation."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from assets.media.audio import to_aac
from assets.media.files import atomic_target
from assets.media.mp4 import read_movie
from assets.media.stitch import StitchWishes, stitch
from assets.media.stitch.join import CopiedSong, join
from assets.media.stitch.profile import Profile
from assets.media.stitch.tables import read_clip
from assets.media.stitch.tracks import Piece
from benchmarks._clips import FRAMES, SECONDS, assert_right, ffmpeg, make_clips, make_song
from benchmarks._table import Row, in_turn

Bounds = tuple[float | None, float | None]
SIZES = {"720p": ("1280x720", "4M"), "1080p": ("1920x1080", "9M")}


def measure(*, quick: bool) -> Iterator[Row]:
    """Yield B1, B1b, B2, B4 and B10, the first two also at 1080p and for 3 and 30 clips."""
    rounds = 7 if quick else 15
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        song = make_song(folder / "song.mp3", seconds=240)
        prepared = folder / "song.m4a"
        to_aac(song, prepared, seconds=240)
        for number, label in enumerate(["720p"] if quick else SIZES):
            looks = make_clips(folder, size=SIZES[label][0], bits=SIZES[label][1], looks=2 if quick else 3)
            bench = _Bench(folder, looks, prepared, label)
            yield from bench.against_copy(8, rounds, bounds=number == 0)
            if number == 0:
                yield bench.whole(8, rounds, song)
                yield bench.against_ffmpeg(8, max(5, rounds // 2))
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

    def __init__(self, folder: Path, looks: Sequence[Path], song: Path, label: str) -> None:
        width, height = (int(side) for side in SIZES[label][0].split("x"))
        self.profile = Profile(width, height, Fraction(24))
        self.folder, self.looks, self.song, self.label = folder, looks, song, label

    def clips(self, count: int) -> list[Path]:
        return [self.looks[number % len(self.looks)] for number in range(count)]

    def against_copy(self, count: int, rounds: int, *, bounds: bool) -> Iterator[Row]:
        """B1 and B1b: join / plain copy of the film that came out, both synced."""
        limits = ((1.8, 3.0), (1.5, 2.5)) if bounds else ((None, None), (None, None))
        yield self._against_copy("B1", "prepared song", count, rounds, song=self.song, bounds=limits[0])
        yield self._against_copy("B1b", "own sound", count, rounds, song=None, bounds=limits[1])

    def _against_copy(self, id_: str, words: str, count: int, rounds: int, *, song: Path | None, bounds: Bounds) -> Row:
        clips, film, kept = self.clips(count), self.folder / "film.mp4", self.folder / "kept.mp4"

        def ours() -> None:
            joined(clips, film, profile=self.profile, song=song, own=song is None)

        ours()
        last = (count - 1) * SECONDS + 4.0
        assert_right(film, frames=count * FRAMES, last_flash=last, click=True, copied=clips)
        shutil.copyfile(film, kept)
        found = in_turn(ours, lambda: plain_copy(kept, self.folder / "copy.mp4"), rounds=rounds)
        what = f"join of {count} x {self.label}, {words} / copy of the same bytes"
        return Row(id_, what, found.middle, *bounds, note=found.note)

    def whole(self, count: int, rounds: int, song: Path) -> Row:
        """The whole of `stitch()` with a song, when clips and song are known: look, plan, join, check / plain copy."""
        clips, film = self.clips(count), self.folder / "film.mp4"
        wishes = StitchWishes(audio_overlay=song, suppress_video_audio=True)
        work = self.folder / "work"
        work.mkdir()

        def ours() -> None:
            stitch(
                clips=clips, wishes=wishes, target=film, work_dir=work, progress=_no_matter, shelf=self.folder / "shelf"
            )

        ours()
        assert_right(film, frames=count * FRAMES, last_flash=(count - 1) * 8 + 4.0, click=True, copied=clips)
        kept = self.folder / "kept.mp4"
        shutil.copyfile(film, kept)
        found = in_turn(ours, lambda: plain_copy(kept, self.folder / "copy.mp4"), rounds=rounds)
        what = f"whole stitch of {count} x {self.label} + song, again / copy of the same bytes"
        return Row("B1w", what, found.middle, 2.0, 4.0, found.note)

    def against_ffmpeg(self, count: int, rounds: int) -> Row:
        """B2: join with the clips' own sound / ffmpeg's concat demuxer with codec copy."""
        clips, listed = self.clips(count), self.folder / "list.txt"
        listed.write_text("".join(f"file '{path}'\n" for path in clips), "utf-8")
        theirs = ("-f", "concat", "-safe", "0", "-i", str(listed), "-c", "copy", "-movflags", "+faststart")
        found = in_turn(
            lambda: joined(clips, self.folder / "film.mp4", profile=self.profile, song=None, own=True),
            lambda: ffmpeg(*theirs, str(self.folder / "theirs.mp4")),
            rounds=rounds,
        )
        what = f"join of {count} x {self.label}, own sound / ffmpeg -f concat -c copy"
        return Row("B2", what, found.middle, 0.25, 0.5, found.note)

    def growth(self, rounds: int) -> Iterator[Row]:
        """B4: how time and memory grow with the number of clips."""
        film = self.folder / "film.mp4"
        found = in_turn(
            lambda: joined(self.clips(30), film, profile=self.profile, song=None, own=True),
            lambda: joined(self.clips(8), film, profile=self.profile, song=None, own=True),
            rounds=rounds,
        )
        yield Row("B4", "join of 30 clips / of 8, a clip", found.middle * 8 / 30, 1.2, 1.5, found.note)
        grown = self._peak(30) - self._peak(8)
        yield Row("B4m", "MB more at the peak for 30 clips than for 8", grown, 32.0, 64.0)

    def _peak(self, count: int) -> float:
        """Give the highest memory of a process that joins `count` clips, in MB."""
        script = (
            "import sys; from fractions import Fraction; from pathlib import Path\n"
            "from benchmarks.stitch_copy import joined; from assets.media.stitch.profile import Profile\n"
            "size = Fraction(24); words = [Path(word) for word in sys.argv[1:]]\n"
            f"profile = Profile({self.profile.width}, {self.profile.height}, size)\n"
            "joined(words[1:], words[0], profile=profile, song=None, own=True)\n"
            "peak = [line for line in Path('/proc/self/status').read_text().splitlines() if 'VmHWM' in line]\n"
            "print(peak[0].split()[1])"  # ru_maxrss would be that of whoever started it
        )
        paths = [str(path) for path in (self.folder / "film.mp4", *self.clips(count))]
        done = subprocess.run([sys.executable, "-c", script, *paths], check=True, capture_output=True, text=True)
        return int(done.stdout) / 1024

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
