"""Sound: the clips' own made anew, exact cuts of long songs, loudness, curves and tempo, each by its yardstick."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from assets.media.ffmpeg import ffmpeg_path
from assets.media.loudness import loudness
from assets.media.samples import samples
from assets.media.stitch import StitchWishes, stitch
from benchmarks._clips import FRAMES, SECONDS, assert_right, make_clips
from benchmarks._table import Row, in_turn
from benchmarks._yardsticks import bench_python

CUT_AT, CUT_SECONDS, CLICK_IN = 3000, 30, 10  # seconds
BPM = 110.0
# pydub without ffprobe, which only tells it what it then asks ffmpeg to decode anyway.
PYDUB = (
    "import pydub.audio_segment as d; d.mediainfo_json = lambda *a, **k: {};"
    "A = d.AudioSegment; A.converter = os.environ['FFMPEG'];"
)
OURS_CUT = "from assets.media.audio import to_aac; to_aac(P(w[0]), P(w[1]), start=float(w[2]), seconds=float(w[3]))"
THEIRS_CUT = (
    f"{PYDUB} a = 1000 * float(w[2]);"
    "A.from_mp3(w[0])[a:a + 1000 * float(w[3])].export(w[1], format='ipod', codec='aac', bitrate='192k').close()"
)
OURS_CURVE = "from assets.media.waveform import waveform; say = max(waveform(P(w[0]), buckets=1000))"
THEIRS_CURVE = (
    f"{PYDUB} import numpy as n; s = A.from_mp3(w[0]);"
    "v = n.abs(n.array(s.get_array_of_samples()).reshape(-1, s.channels)).max(axis=1);"
    "say = float(max(part.max() for part in n.array_split(v, 1000)) / 32768)"
)
OURS_TEMPO = "from assets.media.analysis import analyse; say = analyse(P(w[0])).bpm"
THEIRS_TEMPO = (
    "import librosa, numpy as n; y, r = librosa.load(w[0]);"
    "t, b = librosa.beat.beat_track(y=y, sr=r, units='time'); say = float(n.atleast_1d(t)[0])"
)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a whole process took: seconds, the most memory in MB (the larger of it and its children), what it said."""

    seconds: float
    megabytes: float
    said: float | None


def measure(*, quick: bool) -> Iterator[Row]:
    """Yield B7, B8, B9, and curve and tempo."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        yield _own_sound(folder, clips=8 if quick else 30, rounds=3)
        song = _song(folder / "song.mp3", seconds=60 if quick else 240)
        yield _loudness(song, rounds=3)
        yield from _curve(song, rounds=3)
        yield from _tempo(song, rounds=1 if quick else 3, may_install=not quick)
        yield from _cut(folder, minutes=52 if quick else 60, rounds=1 if quick else 3)


def _own_sound(folder: Path, *, clips: int, rounds: int) -> Row:
    looks = make_clips(folder, looks=2)
    paths = [looks[number % len(looks)] for number in range(clips)]
    listed = folder / "list.txt"
    listed.write_text("".join(f"file '{path}'\n" for path in paths), encoding="utf-8")
    film, shelf = folder / "film.mp4", folder / "shelf"
    words = ["-f", "concat", "-safe", "0", "-i", str(listed), "-c:v", "copy", "-c:a", "aac", "-b:a", "192k"]
    theirs = [ffmpeg_path(), "-v", "error", "-y", *words, "-movflags", "+faststart", str(folder / "theirs.mp4")]
    wishes = StitchWishes(video_audio_volume=0.9)  # so that the sound must be made anew
    ours = partial(
        stitch, clips=paths, wishes=wishes, target=film, work_dir=folder, progress=lambda _: None, shelf=shelf
    )
    found = in_turn(ours, partial(subprocess.run, theirs, check=True), rounds=rounds)
    assert_right(film, frames=clips * FRAMES, last_flash=(clips - 1) * SECONDS + 4.0, click=True)
    what = f"{clips * SECONDS} s of clips, their sound made anew / ffmpeg -c:v copy -c:a aac"
    return Row("B7", what, found.middle, 0.6, 1.0, found.note)


def _song(path: Path, *, seconds: float, click: float | None = None) -> Path:
    """Write an MP3 with a beat of 110 BPM, or with one loud click in quiet noise."""
    beat = f"0.7*exp(-40*mod(t,60/{BPM}))*sin(2*PI*90*t)+0.05*sin(2*PI*440*t)+0.02*random(0)"
    once = f"0.02*random(0)+0.9*between(t,{click},{click or 0}+0.002)*sin(2*PI*3000*(t-{click or 0}))"
    source = f"aevalsrc='{beat if click is None else once}':s=44100:d={seconds}"
    words = ["-f", "lavfi", "-i", source, "-ac", "2", "-c:a", "libmp3lame", "-b:a", "192k", str(path)]
    subprocess.run([ffmpeg_path(), "-v", "error", "-y", *words], check=True)
    return path


def _loudness(song: Path, *, rounds: int) -> Row:
    words = ["-v", "error", "-i", str(song), "-af", "loudnorm=I=-14:TP=-1:print_format=json", "-f", "null", "-"]
    theirs = partial(subprocess.run, [ffmpeg_path(), *words], check=True, capture_output=True)
    found = in_turn(partial(loudness, song), theirs, rounds=rounds)
    return Row("B9", "loudness measured / loudnorm's measuring pass", found.middle, 0.15, 0.5, found.note)


def _curve(song: Path, *, rounds: int) -> Iterator[Row]:
    what = "curve of 1000 values, whole process / pydub and numpy"
    ours, theirs = _pairs(OURS_CURVE, THEIRS_CURVE, [str(song)], rounds=rounds)
    assert abs((ours[0].said or 0) - (theirs[0].said or 0)) < 0.01, "the curves differ"
    yield from _rows("W1", what, ours, theirs, time_bounds=(1.0, 2.0), memory_bounds=(0.8, 1.2))


def _tempo(song: Path, *, rounds: int, may_install: bool) -> Iterator[Row]:
    what = "tempo, beats, parts, loudness, whole process / librosa"
    python, why = bench_python(may_install=may_install)
    if python is None:
        yield Row("A1", what, None, note=why)
        return
    _run(THEIRS_TEMPO, [str(song)], python=python)  # the first run ever compiles
    ours, theirs = _pairs(OURS_TEMPO, THEIRS_TEMPO, [str(song)], rounds=rounds, python=python)
    yield from _rows("A1", what, ours, theirs, time_bounds=(1.0, 2.0), memory_bounds=(0.6, 1.0))
    off, their_off = (abs((ran.said or 0) / BPM - 1) for ran in (ours[0], theirs[0]))
    note = f"of 110 BPM: {ours[0].said:.3f} and {theirs[0].said:.3f}"
    yield Row(
        "A1e", "error of the tempo, in parts of it (bound only)", off, 0.001, 0.005, f"{note}; theirs {their_off:.4f}"
    )


def _cut(folder: Path, *, minutes: int, rounds: int) -> Iterator[Row]:
    what = f"{CUT_SECONDS} s at {CUT_AT} s of {minutes} min of MP3 to AAC, whole process / pydub"
    song = _song(folder / "long.mp3", seconds=minutes * 60, click=CUT_AT + CLICK_IN)
    target = folder / "cut.m4a"
    words = [str(song), str(target), str(CUT_AT), str(CUT_SECONDS)]
    ours, theirs = _pairs(OURS_CUT, THEIRS_CUT, words, rounds=rounds)
    yield from _rows("B8", what, ours, theirs, time_bounds=(0.2, 0.4), memory_bounds=(0.1, 0.2))
    _run(OURS_CUT, words)
    off = abs(_click(target) - CLICK_IN) * 1000
    yield Row("B8e", "error of the cut in ms (bound only)", off, 1.0, 2.0)


def _click(path: Path) -> float:
    rate, position = 48_000, 0
    for piece in samples(path, rate=rate, layout="mono"):
        for place, value in enumerate(piece[0]):
            if abs(value) > 0.3:
                return (position + place) / rate
        position += piece.shape[1]
    raise AssertionError("the click is not in the cut")


def _pairs(
    ours: str, theirs: str, words: Sequence[str], *, rounds: int, python: str = sys.executable
) -> tuple[list[Ran], list[Ran]]:
    pairs = [(_run(ours, words), _run(theirs, words, python=python)) for _ in range(rounds)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _run(code: str, words: Sequence[str], *, python: str = sys.executable) -> Ran:
    """Run a whole process; it tells the most memory it and its children had."""
    whole = (
        "import json, os, resource, sys; from pathlib import Path as P; w = sys.argv[1:]; say = None\n"
        f"{code}\nwhose = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN\n"
        "m = max(resource.getrusage(who).ru_maxrss for who in whose)\n"
        "print(json.dumps([m / 1024, say]))"
    )
    begun = time.perf_counter()
    env = {**os.environ, "PYTHONWARNINGS": "ignore", "FFMPEG": ffmpeg_path()}
    done = subprocess.run([python, "-c", whole, *words], check=True, capture_output=True, text=True, env=env)
    megabytes, said = json.loads(done.stdout.splitlines()[-1])
    return Ran(time.perf_counter() - begun, megabytes, said)


def _rows(
    row: str, what: str, ours: Sequence[Ran], theirs: Sequence[Ran], *, time_bounds: tuple[float, float],
    memory_bounds: tuple[float, float],
) -> Iterator[Row]:  # fmt: skip
    """Give one row for the time of two kinds of processes that ran in turn, and one for their memory."""
    pairs = list(zip(ours, theirs, strict=True))
    took = [median(ran.seconds for ran in each) for each in (ours, theirs)]
    held = [median(ran.megabytes for ran in each) for each in (ours, theirs)]
    ratio = median(mine.seconds / other.seconds for mine, other in pairs)
    yield Row(row, what, ratio, *time_bounds, f"{took[0]:.2f} s / {took[1]:.2f} s in {len(pairs)} rounds")
    note = f"{held[0]:.0f} MB / {held[1]:.0f} MB"
    yield Row(f"{row}m", "  the same, most memory of one process", held[0] / held[1], *memory_bounds, note)
