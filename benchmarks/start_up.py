"""How long a Django command of the studio takes to start, against a bare interpreter: every command pays this."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
RUNS = 5


def _seconds(*words: str) -> float:
    taken = []
    for _ in range(RUNS):
        started = time.perf_counter()
        subprocess.run([sys.executable, *words], cwd=ROOT, check=True, capture_output=True)
        taken.append(time.perf_counter() - started)
    return median(taken)


def measure() -> Iterator[str]:
    """Yield the figure: median seconds of `manage.py check`, and how many bare starts that is."""
    bare, command = _seconds("-c", "pass"), _seconds("manage.py", "check")
    yield f"{command:.2f} s, {command / bare:.0f} times a bare interpreter"
