"""Workers killed with SIGKILL at random moments: the film still comes out, and every scene was made once."""

import os
import random
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from tests.support.film import assert_every_scene_in_order, assert_playable
from tests.support.processes import living, ran, started, wait_for

SCENES = 3
KILLS = 10

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]


def rows(data_dir: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(data_dir / "studio.sqlite3") as database:
        return database.execute(query).fetchall()


def workers(data_dir: Path) -> list[int]:
    return [pid for pid, line in living(data_dir).items() if "celery" in line and " worker " in line]


@pytest.mark.parametrize("seed", [1, 2])
def test_ten_kills_at_random_moments(tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    data_dir, film = tmp_path / "data", tmp_path / "film.mp4"
    assert ran(data_dir, "manage.py", "migrate", "-v0").returncode == 0
    command = ("manage.py", "make_video", "--scenes", str(SCENES), "--seed", str(seed), "--out", str(film))
    idea = ("--idea", "A rowing boat crosses a lake at dusk", "--character", "a woman in a red coat")
    with started(data_dir, *command, *idea, MV_LEASE_SECONDS="10", MV_SWEEP_SECONDS="0.2") as process:
        for _ in range(KILLS):
            wait_for(lambda: bool(workers(data_dir)) or process.poll() is not None, seconds=60, saying="a worker")
            time.sleep(dice.uniform(0.2, 3.0))
            victims = workers(data_dir)
            if process.poll() is not None or not victims:
                continue
            os.kill(dice.choice(victims), signal.SIGKILL)
        code = process.wait(300)
        said = process.stdout.read() if process.stdout else ""
    assert code == 0, said
    assert_playable(film, seconds=SCENES * 8)
    assert_every_scene_in_order(film, scenes=SCENES)
    made = 1 + 4 + 1 + 1 + SCENES + 1  # portraits and its four, the run, the writing, the clips, the stitch
    assert rows(data_dir, "select state, count(*) from generation_job group by state") == [("succeeded", made)]
    assert rows(data_dir, "select count(*), count(distinct scene_id) from generation_take") == [(SCENES, SCENES)]
    bought = rows(
        data_dir,
        "select j.kind, count(distinct j.id), count(*) "
        "from generation_providercall c join generation_job j on j.id = c.job_id "
        "where c.outcome in ('accepted', 'reconciled') group by j.kind order by j.kind",
    )
    assert bought == [("clip", SCENES, SCENES), ("portraits", 4, 4), ("scenes", 1, 1)]
