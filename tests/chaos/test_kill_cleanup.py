"""`cleanup` killed at random on a large tree: what is used stays, and a run that is let alone finishes."""

import hashlib
import json
import os
import random
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from tests.support.processes import ran, started

FILES, KILLS = 5000, 20
pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]


def test_twenty_kills_lose_nothing_that_is_used(tmp_path: Path) -> None:
    data_dir, told, dice = tmp_path / "data", tmp_path / "stays.json", random.Random(5000)
    assert ran(data_dir, "manage.py", "migrate", "-v0").returncode == 0
    planted = ran(data_dir, "-m", "tests.support.plant_songs", str(FILES), str(told))
    assert planted.returncode == 0, planted.stderr
    stays: dict[str, str] = json.loads(told.read_text(encoding="ascii"))
    assert FILES / 3 < len(stays) < FILES / 2
    killed = sum(killed_after(data_dir, dice.uniform(0.0, 0.5)) for _ in range(KILLS) if all_whole(data_dir, stays))
    assert killed == KILLS  # none of them came to its end
    assert finished(data_dir) == 0
    assert ran(data_dir, "manage.py", "cleanup").stdout == "nothing; 0.0 MB\n"
    assert all_whole(data_dir, stays)
    assert files(data_dir) == rows(data_dir) == set(stays)


def killed_after(data_dir: Path, seconds: float) -> bool:
    """Start it, wait until it has done something and a little longer, and kill it; says whether that was in time."""
    with started(data_dir, "manage.py", "cleanup", PYTHONUNBUFFERED="1") as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        time.sleep(seconds)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        return process.wait(10) == -signal.SIGKILL


def finished(data_dir: Path) -> int:
    with started(data_dir, "manage.py", "cleanup") as process:
        assert process.stdout is not None
        process.stdout.read()
        return process.wait(300)


def all_whole(data_dir: Path, stays: dict[str, str]) -> bool:
    found = {key: hashlib.sha256((data_dir / "media" / key).read_bytes()).hexdigest() for key in stays}
    return found == stays


def files(data_dir: Path) -> set[str]:
    media = data_dir / "media"
    return {str(path.relative_to(media)) for path in media.rglob("*.mp3") if ".trash" not in path.parts}


def rows(data_dir: Path) -> set[str]:
    with sqlite3.connect(data_dir / "studio.sqlite3") as database:
        return {key for (key,) in database.execute("select key from assets_audio")}
