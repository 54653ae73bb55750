"""How long a Django command of the studio takes to start, against a bare interpreter: every command pays this."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks._table import Row

ROOT = Path(__file__).resolve().parent.parent
RUNS = 5


def _seconds(runs: int, *words: str) -> float:
    taken = []
    for _ in range(runs):
        started = time.perf_counter()
        subprocess.run([sys.executable, *words], cwd=ROOT, check=True, capture_output=True)
        taken.append(time.perf_counter() - started)
    return median(taken)


def measure(*, quick: bool) -> Iterator[Row]:
    """Yield the figure: median seconds of `manage.py check`, and how many bare starts that is."""
    runs = 2 if quick else RUNS
    bare, command = _seconds(runs, "-c", "pass"), _seconds(runs, "manage.py", "check")
    yield Row("S1", "manage.py check / a bare interpreter", command / bare, note=f"{command:.2f} s")
