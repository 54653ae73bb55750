"""`./studio test` and `./studio check`: the tests on all cores, and every gate that a change must pass.

`python -m tests.support.suite test|check [words]`, in the environment that the launcher has made.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.support.tree import ROOT

BIN = Path(sys.executable).parent
NO_TESTS = 5  # how pytest ends when it found none
Gate = tuple[str, list[str], dict[str, str]]


def for_tests(folder: str) -> dict[str, str]:
    """Return an environment that neither reads this installation's settings nor touches its data.

    Bytecode is kept for the run, whatever Python is told elsewhere: tests start some hundred processes.
    """
    bytecode = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(Path(folder) / "bytecode")}
    return {"MV_ENV_FILE": os.devnull, "MV_DATA_DIR": folder, **bytecode}


def test(words: list[str]) -> int:
    """Run the tests on all cores; of the long ones, those that measure time afterwards, with nothing beside them."""
    marks = ["not alone", "alone"] if "--long" in words else ["not long"]
    words = [word for word in words if word != "--long"]
    if any(word.startswith("-m") for word in words):
        marks = marks[:1]  # the later mark counts for pytest: whoever chooses by one has chosen
    # One file stays in one process: what a file has started for its tests, a whole studio often, is started once.
    # Nearly half of the long tests' time is waiting for somebody else's clock.
    workers = (os.cpu_count() or 2) + len(marks) - 1
    spread = ["-n", str(workers), "--dist", "loadfile", "--no-loadscope-reorder"]
    codes = []
    with tempfile.TemporaryDirectory(prefix="studio-") as folder:
        for mark in marks:
            how = ["-n", "0"] if mark == "alone" else spread
            command = [sys.executable, "-m", "pytest", *how, "-m", mark, *words]
            env = {**os.environ, **for_tests(folder)}
            codes.append(subprocess.run(command, cwd=ROOT, env=env, check=False).returncode)
    failed = [code for code in codes if code not in {0, NO_TESTS}]  # below 0 where a signal has ended it
    return failed[0] if failed else 0 if 0 in codes else NO_TESTS


def gates(folder: str) -> list[Gate]:
    """Return every gate: its name, its command and what it needs in the environment."""
    manage, tests = [sys.executable, "manage.py"], for_tests(folder)
    deployed = {**tests, "MV_AUTH": "required", "MV_BEHIND_HTTPS": "true", "ALLOWED_HOSTS": "studio.example"}
    deployed["SECRET_KEY"] = hashlib.sha512(folder.encode()).hexdigest()
    return [
        ("format", [str(BIN / "ruff"), "format", "--check", "-q", "."], {}),
        ("lint", [str(BIN / "ruff"), "check", "-q", "."], {}),
        ("types", [str(BIN / "mypy")], tests),
        ("imports", [str(BIN / "lint-imports"), "--no-cache"], tests),
        ("migrations", [*manage, "makemigrations", "--check", "--dry-run"], tests),
        ("deploy", [*manage, "check", "--deploy", "--fail-level", "WARNING"], deployed),
        ("architecture", [sys.executable, "-m", "pytest", "-q", "-n", "2", "tests/architecture"], tests),
    ]


def passes(name: str, command: list[str], env: dict[str, str]) -> bool:
    """Run one gate, print its line, and its output when it fails."""
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True, check=False)
    ok = done.returncode == 0
    print(f"{'ok' if ok else 'FAILED':7} {name:13} {time.monotonic() - started:5.1f} s", flush=True)
    if not ok:
        print((done.stdout + done.stderr).strip(), flush=True)
    return ok


def check(words: list[str]) -> int:
    """Run every gate (or those named); give 0 when all of them pass."""
    with tempfile.TemporaryDirectory(prefix="studio-") as folder:
        every = gates(folder)
        names = [name for name, _, _ in every]
        if not set(words) <= set(names):
            print("the gates are: " + " ".join(names), file=sys.stderr)
            return 1
        results = [passes(*gate) for gate in every if not words or gate[0] in words]
    return 0 if all(results) else 1


if __name__ == "__main__":
    try:
        sys.exit({"test": test, "check": check}[sys.argv[1]](sys.argv[2:]))
    except KeyboardInterrupt:
        sys.exit(130)
