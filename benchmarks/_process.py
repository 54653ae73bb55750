"""What a whole process takes: its seconds, the memory of the largest of its processes, and that of all of them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from assets.media.ffmpeg import ffmpeg_path
from benchmarks._table import Row

Bounds = tuple[float | None, float | None]
NONE: Bounds = (None, None)
LOOK_EVERY = 0.02  # seconds between two looks at the memory of all its processes
MEGABYTE = 1 << 20


WITH_SONG = "audio_overlay=P(w[2]), suppress_video_audio=True"


def stitch_code(wishes: str, *, again: bool = False) -> str:
    """Give the code of a whole stitch; its words: film, folder to work in, song, clips. `again`: things are known."""
    shelf = "P(w[1])" if again else None
    return (
        "from assets.media.stitch import StitchWishes, stitch; P(w[1]).mkdir(exist_ok=True);"
        f"stitch(clips=[P(one) for one in w[3:]], wishes=StitchWishes({wishes}), target=P(w[0]), work_dir=P(w[1]),"
        f"progress=lambda _: None, shelf={shelf})"
    )


@dataclass(frozen=True, slots=True)
class Ran:
    """What a process took: `largest` and `together` in MB, the latter as seen every 20 ms; and what it said."""

    seconds: float
    largest: float
    together: float
    said: float | None = None


def run(code: str, words: Sequence[str], *, python: str = sys.executable) -> Ran:
    """Run Python code, in which `w` are the words; it tells the most memory it and its children had.

    Its own is read from `VmHWM`: `ru_maxrss` of a started program is at least what its starter held.
    """
    whole = (
        "import json, os, re, resource, sys; from pathlib import Path as P; w = sys.argv[1:]; say = None\n"
        f"{code}\nown = int(re.search(r'VmHWM:\\s*(\\d+)', P('/proc/self/status').read_text())[1])\n"
        "m = max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
        "print(json.dumps([m / 1024, say]))"
    )
    seconds, together, out = _watched([python, "-c", whole, *words])
    largest, said = json.loads(out.splitlines()[-1])
    return Ran(seconds, largest, together, said)


def run_program(words: Sequence[str]) -> Ran:
    """Run a program that starts no others; it cannot tell its memory, so what was seen of it counts."""
    seconds, seen, _ = _watched(words)
    return Ran(seconds, seen, seen)


def pairs(
    ours: str, theirs: str, words: Sequence[str], *, rounds: int, python: str = sys.executable
) -> tuple[list[Ran], list[Ran]]:
    """Run two pieces of code in turn."""
    both = [(run(ours, words), run(theirs, words, python=python)) for _ in range(rounds)]
    return [pair[0] for pair in both], [pair[1] for pair in both]


def rows(
    id_: str, what: str, ours: Sequence[Ran], theirs: Sequence[Ran], *, time_bounds: Bounds, memory_bounds: Bounds
) -> Iterator[Row]:
    """Give one row for the time of two kinds of processes that ran in turn, and one for their memory."""
    both = list(zip(ours, theirs, strict=True))
    took = [median(ran.seconds for ran in each) for each in (ours, theirs)]
    held = [median(ran.largest for ran in each) for each in (ours, theirs)]
    ratio = median(mine.seconds / other.seconds for mine, other in both)
    yield Row(id_, what, ratio, *time_bounds, f"{took[0]:.2f} s / {took[1]:.2f} s in {len(both)} rounds")
    note = f"{held[0]:.0f} MB / {held[1]:.0f} MB"
    yield Row(f"{id_}m", "  the same, most memory of one process", held[0] / held[1], *memory_bounds, note)


def memory_row(id_: str, ours: Ran, theirs: Ran, bounds: Bounds = NONE) -> Row:
    """Give the row for the memory that all processes of one side and of the other held at once."""
    note = f"{ours.together:.0f} MB / {theirs.together:.0f} MB"
    return Row(f"{id_}m", "  the same, most memory of all processes", ours.together / theirs.together, *bounds, note)


def _watched(words: Sequence[str]) -> tuple[float, float, str]:
    """Give the seconds of a process, the most MB it and those it started held at once, and what it printed."""
    env = {**os.environ, "PYTHONWARNINGS": "ignore", "FFMPEG": ffmpeg_path()}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed studio does not compile itself at every start
    most, begun = 0.0, time.perf_counter()
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env) as process:
        while True:
            try:
                out, err = process.communicate(timeout=LOOK_EVERY)
                break
            except subprocess.TimeoutExpired:
                most = max(most, _held(process.pid))
    took = time.perf_counter() - begun
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, list(words), out, err)
    return took, most / MEGABYTE, out


def _held(pid: int) -> int:
    """Give the bytes that a process and all it started hold now; one that has just ended holds nothing."""
    here = Path(f"/proc/{pid}")
    try:
        held = int((here / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        children = [child for task in (here / "task").iterdir() for child in (task / "children").read_text().split()]
    except OSError:
        return 0
    return held + sum(_held(int(child)) for child in children)
