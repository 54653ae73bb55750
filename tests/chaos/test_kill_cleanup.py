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

FILES = 5000
EARLY, MIDWAY, LATE = 6, 9, 5  # kills: before anything is said, among files, among projects and scenes
LONG_SET_ASIDE = ".trash/2020-"
EMPTIED = ("deleted project: ", "deleted scene: ")
pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]


def test_twenty_kills_lose_nothing_that_is_used(tmp_path: Path) -> None:
    data_dir, told, dice = tmp_path / "data", tmp_path / "told.json", random.Random(5000)
    assert ran(data_dir, "manage.py", "migrate", "-v0").returncode == 0
    planted = ran(data_dir, "-m", "tests.support.plant_library", str(FILES), str(told))
    assert planted.returncode == 0, planted.stderr
    plan = json.loads(told.read_text(encoding="ascii"))
    stays: dict[str, str] = plan["files"]
    assert FILES / 3 < len(stays) < FILES
    assert all(sum(key.startswith(kind) for key in stays) > 100 for kind in ("audio/", "mv/jobs/", "mv/characters/"))
    before, in_trash = projects_and_scenes(data_dir), films_in_trash(data_dir)
    until_first, steps = rehearsed(data_dir)
    emptied = sum(step.startswith(EMPTIED) for step in steps)
    assert emptied > 100
    assert all(sum(step.startswith(kind) for step in steps) > 20 for kind in EMPTIED)

    moments = [(0, "", dice.uniform(0, until_first)) for _ in range(EARLY)]
    most = (len(steps) - emptied) // (MIDWAY + 3)
    moments += [(dice.randint(1, most), "", dice.uniform(0, 0.1)) for _ in range(MIDWAY)]
    dice.shuffle(moments)
    moments += [(dice.randint(1, emptied // (2 * LATE)), "deleted ", dice.uniform(0, 0.02)) for _ in range(LATE)]
    assert len(moments) == 20
    for lines, of, seconds in moments:
        assert killed(data_dir, lines=lines, of=of, seconds=seconds)  # and it had not come to its end
        assert all_whole(data_dir, stays)
        assert rows(data_dir) <= files(data_dir)
    assert 0 < len(before - projects_and_scenes(data_dir)) < len(plan["gone"])

    assert finished(data_dir) == 0
    assert finished(data_dir) == 0  # files whose last use went with a project
    assert ran(data_dir, "manage.py", "cleanup").stdout == "nothing; 0.0 MB\n"
    assert all_whole(data_dir, stays)
    assert files(data_dir) == set(stays)
    assert rows(data_dir) == {key for key in stays if not key.startswith(".trash/")}
    assert projects_and_scenes(data_dir) == before - set(plan["gone"])
    assert films_in_trash(data_dir) == (in_trash & set(stays)) | set(plan["thrown"])


def rehearsed(data_dir: Path) -> tuple[float, list[str]]:
    """Let it say what it would do; give the seconds until its first line, and its lines."""
    begun = time.monotonic()
    with started(data_dir, "manage.py", "cleanup", "--dry-run", PYTHONUNBUFFERED="1") as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        seconds = time.monotonic() - begun
        lines = [first, *process.stdout]
        assert process.wait(300) == 0
    return seconds, lines[:-1]


def killed(data_dir: Path, *, lines: int, of: str, seconds: float) -> bool:
    """Start it, wait until it has said so many lines of a kind (the first of `deleted ` end the files) and a little
    longer, and kill it; says whether that was in time.
    """
    with started(data_dir, "manage.py", "cleanup", PYTHONUNBUFFERED="1") as process:
        assert process.stdout is not None
        while lines and (line := process.stdout.readline()):
            lines -= line.startswith(of)
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
    """Name all that lies in the media folder, but what `cleanup` has set aside."""
    media = data_dir / "media"
    found = {str(path.relative_to(media)) for path in media.rglob("*") if path.is_file()}
    return {name for name in found if not name.startswith(".trash/2") or name.startswith(LONG_SET_ASIDE)}


def rows(data_dir: Path) -> set[str]:
    names = {"assets_audio": ["key"], "assets_characterreference": ["key"], "assets_video": ["key", "poster_key"]}
    return {
        key for table, columns in names.items() for column in columns
        for key in asked(data_dir, f"select {column} from {table}")  # noqa: S608 - names of ours
    }  # fmt: skip


def projects_and_scenes(data_dir: Path) -> set[str]:
    return asked(data_dir, "select id from generation_project union select id from generation_scene")


def films_in_trash(data_dir: Path) -> set[str]:
    return asked(data_dir, "select key from assets_video where trashed_at is not null")


def asked(data_dir: Path, question: str) -> set[str]:
    with sqlite3.connect(data_dir / "studio.sqlite3") as database:
        return {found for (found,) in database.execute(question)}
