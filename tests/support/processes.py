"""Real processes in tests: started with a data folder of their own, waited for, counted."""

import atexit
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from tests.support.ports import held_port
from tests.support.tree import ROOT

LONGEST_LOOK = 1.0  # seconds between two looks that count
_READY = re.compile(r"MV Studio is ready: (http://\S+?)/?$")


def wait_for(what: Callable[[], bool], *, seconds: float, saying: str) -> None:
    """Wait until `what` is true; fail the test when it takes longer. Time in which the machine stood still is none."""
    waited, looked = 0.0, time.monotonic()
    while not what():
        if waited > seconds:
            pytest.fail(f"not within {seconds:g} s: {saying}")
        time.sleep(0.05)
        before, looked = looked, time.monotonic()
        waited += min(looked - before, LONGEST_LOOK)


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
        timeout=240,  # a busy machine takes its time; only what hangs is stopped
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


@dataclass(slots=True)
class Studio:
    """A whole studio that runs: its origin, `http://127.0.0.1:PORT`, and every line it has said."""

    process: subprocess.Popen[str]
    data_dir: Path
    url: str = ""
    said: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Take in what it says until it ends: a pipe that nobody empties would stop it."""
        for line in self.process.stdout or ():
            self.said.append(line)
            if found := _READY.search(line.rstrip()):
                self.url = found[1]


_PREPARE = """
import django
django.setup()
from mvsite.supervisor.prepare import collect_static_when_changed, migrate
migrate()
collect_static_when_changed()
"""


@cache
def _prepared() -> Path:
    """Give a data folder with tables and static files, made once for this process: that takes as long as a start."""
    folder = Path(tempfile.mkdtemp(prefix="studio-prepared-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    done = ran(folder, "-c", _PREPARE)
    assert done.returncode == 0, done.stderr
    return folder


def prepare(data_dir: Path) -> None:
    """Let a data folder begin with tables and static files that were made before."""
    if not (data_dir / "studio.sqlite3").exists():
        shutil.copy(_prepared() / "studio.sqlite3", data_dir)
    if not (data_dir / "static").exists():
        shutil.copytree(_prepared() / "static", data_dir / "static")
        shutil.copy(_prepared() / "static.stamp", data_dir)


def _short_clips(data_dir: Path) -> Path:
    """Write a folder of flavors whose `default` is the shipped one but for its clips of 4 s: half the rendering."""
    place = data_dir / "flavors"
    if not place.exists():
        shutil.copytree(ROOT / "flavors" / "configs" / "default", place / "default")
        params = place / "default" / "image_params.yaml"
        shipped = params.read_text("utf-8")
        assert "  duration: 8\n" in shipped
        params.write_text(shipped.replace("  duration: 8\n", "  duration: 4\n"), "utf-8")
    return place


@contextmanager
def running_studio(data_dir: Path, *options: str, **extra: str) -> Iterator[Studio]:
    """Run web server, workers and clock on a free port until the block ends; `extra` are settings.

    A new data folder begins with tables and static files that were made before, and with short clips.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    prepare(data_dir)
    with cold_studio(data_dir, *options, **{"MV_FLAVORS_DIR": str(_short_clips(data_dir)), **extra}) as studio:
        yield studio


@contextmanager
def cold_studio(data_dir: Path, *options: str, **extra: str) -> Iterator[Studio]:
    """Do the same with a data folder as it is, which may be empty."""
    with (
        held_port() as port,
        started(data_dir, "manage.py", "runstudio", "--port", str(port), "--no-browser", *options, **extra) as process,
    ):
        studio = Studio(process, data_dir)
        listener = threading.Thread(target=studio.listen, daemon=True)
        listener.start()
        try:
            wait_for(lambda: bool(studio.url) or process.poll() is not None, seconds=300, saying="the studio is ready")
            if not studio.url:
                pytest.fail(f"never ready:\n{''.join(studio.said)}")
            yield studio
        finally:
            process.kill()
            listener.join(10)
