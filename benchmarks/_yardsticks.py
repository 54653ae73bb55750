"""The environment of what is only measured against: nothing of the studio needs it, and it is large."""

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements-bench.lock"
ROOM = ROOT / ".venv" / "bench"  # beside what it is compared with, and gone with it
STAMP = ROOM / "installed.sha256"


def bench_python(*, may_install: bool) -> tuple[str | None, str]:
    """Give the interpreter that has the yardsticks, made now when allowed; or None, and why there is none."""
    python = ROOM / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    known = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if STAMP.is_file() and STAMP.read_text(encoding="ascii") == known:
        return str(python), ""
    if not may_install:
        return None, "librosa is not installed; a run without --quick installs it (about 500 MB)"
    print("Installing the yardsticks (about 500 MB) …", file=sys.stderr, flush=True)
    pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(ROOM)], check=True, capture_output=True)
        subprocess.run([*pip, "-r", str(LOCK)], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        why = (getattr(error, "stderr", "") or str(error)).strip().splitlines()[-1:]
        return None, f"librosa could not be installed: {' '.join(map(str, why))[:120]}"
    STAMP.write_text(known, encoding="ascii")
    return str(python), ""
