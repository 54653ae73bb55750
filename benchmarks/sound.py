"""Sound: the clips' own made anew, exact cuts of long songs, loudness, curves and tempo, each by its yardstick."""

import subprocess
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from assets.media.ffmpeg import ffmpeg_path
from assets.media.loudness import loudness
from assets.media.samples import samples
from assets.media.stitch import StitchWishes, stitch
from benchmarks._clips import FRAMES, SECONDS, assert_right, make_clips
from benchmarks._process import memory_row, pairs, rows, run, run_program, stitch_code
from benchmarks._table import Row, in_turn
from benchmarks._yardsticks import bench_python

MINUTES = 60  # of the song that is cut
CUT_AT, CUT_SECONDS, CLICK_IN = 3000, 30, 10  # seconds
HALF_A_PACKET = 1000 * 1152 / 44_100 / 2  # ms
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
OURS_TRIM = (
    "from assets.media.audio import trim; a = int(w[2]) * 1000;"
    "trim(P(w[0]), P(w[1]), start_ms=a, end_ms=a + 1000 * int(w[3]))"
)
THEIRS_TRIM = (
    f"{PYDUB} a = 1000 * int(w[2]);"
    "A.from_mp3(w[0])[a:a + 1000 * int(w[3])].export(w[1], format='mp3', bitrate='192k').close()"
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


def measure(*, quick: bool) -> Iterator[Row]:
    """Yield B7, B8, B9, a cut without loss, and curve and tempo."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        yield from _own_sound(folder, clips=4 if quick else 30, rounds=1 if quick else 3)
        song = _song(folder / "song.mp3", seconds=60 if quick else 240)
        yield _loudness(song, rounds=1 if quick else 3)
        yield from _curve(song, rounds=3)
        yield from _tempo(song, rounds=1 if quick else 3, may_install=not quick)
        long = _song(folder / "long.mp3", seconds=60 * MINUTES, click=CUT_AT + CLICK_IN)
        yield from _cut(folder, long, rounds=1 if quick else 3)
        if not quick:
            yield from _trim(folder, long)


def _own_sound(folder: Path, *, clips: int, rounds: int) -> Iterator[Row]:
    looks = make_clips(looks=2)
    paths = [looks[number % len(looks)] for number in range(clips)]
    listed = folder / "list.txt"
    listed.write_text("".join(f"file '{path}'\n" for path in paths), encoding="utf-8")
    film, shelf = folder / "film.mp4", folder / "shelf"
    words = ["-f", "concat", "-safe", "0", "-i", str(listed), "-c:v", "copy", "-c:a", "aac", "-b:a", "192k"]
    theirs = [ffmpeg_path(), "-v", "error", "-y", *words, "-movflags", "+faststart", str(folder / "theirs.mp4")]
    wishes = StitchWishes(video_audio_volume=0.9)  # so that the sound must be made anew

    def ours() -> None:
        for kept in shelf.glob("*.m4a"):  # only what is known about the clips is kept
            kept.unlink()
        stitch(clips=paths, wishes=wishes, target=film, work_dir=folder, progress=lambda _: None, shelf=shelf)

    found = in_turn(ours, partial(subprocess.run, theirs, check=True), rounds=rounds)
    assert_right(film, frames=clips * FRAMES, last_flash=(clips - 1) * SECONDS + 4.0, click=True)
    what = f"{clips * SECONDS} s of clips, their sound made anew / ffmpeg -c:v copy -c:a aac"
    yield Row("B7", what, found.middle, 0.6, 1.0, found.note)
    mine = run(stitch_code("video_audio_volume=0.9"), [str(film), str(folder / "elsewhere"), "", *map(str, paths)])
    yield memory_row("B7", mine, run_program(theirs))


def _song(path: Path, *, seconds: float, click: float | None = None) -> Path:
    """Write an MP3 with a beat of 110 BPM, or with one loud click in quiet noise."""
    beat = f"0.7*exp(-40*mod(t,60/{BPM}))*sin(2*PI*90*t)+0.05*sin(2*PI*440*t)+0.02*random(0)"
    once = f"0.02*random(0)+0.9*between(t,{click},{click or 0}+0.002)*sin(2*PI*3000*(t-{click or 0}))"
    source = f"aevalsrc='{beat if click is None else once}':s=44100:d={seconds}"
    words = [
        "-f",
        "lavfi",
        "-i",
        source,
        "-ac",
        "2",
        "-c:a",
        "libmp3lame",
        "-b:a",
        "192k",
        "-compression_level",
        "9",
        str(path),
    ]
    subprocess.run([ffmpeg_path(), "-v", "error", "-y", *words], check=True)
    return path


def _loudness(song: Path, *, rounds: int) -> Row:
    words = ["-v", "error", "-i", str(song), "-af", "loudnorm=I=-14:TP=-1:print_format=json", "-f", "null", "-"]
    theirs = partial(subprocess.run, [ffmpeg_path(), *words], check=True, capture_output=True)
    found = in_turn(partial(loudness, song), theirs, rounds=rounds)
    return Row("B9", "loudness measured / loudnorm's measuring pass", found.middle, 0.15, 0.5, found.note)


def _curve(song: Path, *, rounds: int) -> Iterator[Row]:
    what = "curve of 1000 values, whole process / pydub and numpy"
    ours, theirs = pairs(OURS_CURVE, THEIRS_CURVE, [str(song)], rounds=rounds)
    assert abs((ours[0].said or 0) - (theirs[0].said or 0)) < 0.01, "the curves differ"
    yield from rows("W1", what, ours, theirs, time_bounds=(1.0, 2.0), memory_bounds=(0.8, 1.2))


def _tempo(song: Path, *, rounds: int, may_install: bool) -> Iterator[Row]:
    what = "tempo, beats, parts, loudness, whole process / librosa"
    python, why = bench_python(may_install=may_install)
    if python is None:
        yield Row("A1", what, None, note=why)
        return
    if rounds > 1:
        run(THEIRS_TEMPO, [str(song)], python=python)  # the first run ever compiles
    ours, theirs = pairs(OURS_TEMPO, THEIRS_TEMPO, [str(song)], rounds=rounds, python=python)
    yield from rows("A1", what, ours, theirs, time_bounds=(1.0, 2.0), memory_bounds=(0.6, 1.0))
    off, their_off = (abs((ran.said or 0) / BPM - 1) for ran in (ours[0], theirs[0]))
    note = f"of 110 BPM: {ours[0].said:.3f} and {theirs[0].said:.3f}"
    yield Row(
        "A1e", "error of the tempo, in parts of it (bound only)", off, 0.001, 0.005, f"{note}; theirs {their_off:.4f}"
    )


def _cut(folder: Path, song: Path, *, rounds: int) -> Iterator[Row]:
    what = f"{CUT_SECONDS} s at {CUT_AT} s of {MINUTES} min of MP3 to AAC, whole process / pydub"
    target = folder / "cut.m4a"
    words = [str(song), str(target), str(CUT_AT), str(CUT_SECONDS)]
    ours, theirs = pairs(OURS_CUT, THEIRS_CUT, words, rounds=rounds)
    yield from rows("B8", what, ours, theirs, time_bounds=(0.2, 0.4), memory_bounds=(0.1, 0.2))
    run(OURS_CUT, words)
    off = abs(_click(target) - CLICK_IN) * 1000
    yield Row("B8e", "error of the cut in ms (bound only)", off, 1.0, 2.0)


def _trim(folder: Path, song: Path) -> Iterator[Row]:
    kept = folder / "cut.mp3"
    words = [str(song), str(kept), str(CUT_AT), str(CUT_SECONDS)]
    what = f"{CUT_SECONDS} s at {CUT_AT} s of {MINUTES} min of MP3 kept as MP3, process / pydub"
    ours, theirs = pairs(OURS_TRIM, THEIRS_TRIM, words, rounds=3)
    yield from rows("T1", what, ours, theirs, time_bounds=(0.2, 0.4), memory_bounds=(0.1, 0.2))
    run(OURS_TRIM, words)
    off = abs(_click(kept) - CLICK_IN) * 1000
    yield Row("T1e", "error of that cut by whole packets in ms (bound only)", off, HALF_A_PACKET, 2 * HALF_A_PACKET)


def _click(path: Path) -> float:
    rate, position = 48_000, 0
    for piece in samples(path, rate=rate, layout="mono"):
        for place, value in enumerate(piece[0]):
            if abs(value) > 0.3:
                return (position + place) / rate
        position += piece.shape[1]
    raise AssertionError("the click is not in the cut")
