"""Real processes in tests: started with a data folder of their own, waited for, counted."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.tree import ROOT


def wait_for(what: Callable[[], bool], *, seconds: float, saying: str) -> None:
    """Wait until `what` is true; fail the test when it takes longer."""
    deadline = time.monotonic() + seconds
    while not what():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {seconds:g} s: {saying}")
        time.sleep(0.05)


def environment(data_dir: Path, **extra: str) -> dict[str, str]:
    """Give this process's environment with another data folder and no settings file."""
    ours = {"MV_DATA_DIR": str(data_dir), "MV_ENV_FILE": os.devnull, "DJANGO_SETTINGS_MODULE": "mvsite.settings"}
    return {**os.environ, **ours, **extra}


def living(data_dir: Path) -> dict[int, str]:
    """Find every process that was started with this data folder or works on files in it: pid → command line.

    The second kind are tools such as ffmpeg, which get a bare environment. Zombies do not count.
    """
    wanted = f"MV_DATA_DIR={data_dir}".encode()
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            line = (folder / "cmdline").read_bytes()
            if str(data_dir).encode() in line or wanted in (folder / "environ").read_bytes().split(b"\0"):
                found[int(folder.name)] = line.replace(b"\0", b" ").decode()
        except (OSError, ValueError):
            continue
    return {pid: line for pid, line in found.items() if line}


def find_one(data_dir: Path, words: str) -> int:
    """Give the first process of this data folder whose command line holds `words`. Raises LookupError."""
    for pid, line in sorted(living(data_dir).items()):
        if words in line:
            return pid
    raise LookupError(words)


def ran(data_dir: Path, *command: str, **extra: str) -> subprocess.CompletedProcess[str]:
    """Run a program of ours to its end; what it said is `stdout` and `stderr`."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment(data_dir, **extra),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@contextmanager
def started(data_dir: Path, *command: str, **extra: str) -> Iterator[subprocess.Popen[str]]:
    """Start a program of ours at the top of the tree; when the block ends everything it started is killed."""
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment(data_dir, **extra),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        for pid in {process.pid, *living(data_dir)}:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()
