"""Several processes on one database: a budget lets through what fits, and kills leave the books in order."""

import json
import random
import sqlite3
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support import needs
from tests.support.money import VEO_8_S
from tests.support.processes import ran, started

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]
FIT, PROCESSES = 7, 8
SUM = "select max(reserved_usd + spent_usd) from generation_budget"


@contextmanager
def database(kind: str, data_dir: Path) -> Iterator[tuple[dict[str, str], Callable[[], Any]]]:
    """Make a database with tables; gives the settings that lead there, and a way to connect to it."""
    if kind == "sqlite":
        ran(data_dir, "manage.py", "migrate", "-v0").check_returncode()
        yield {}, lambda: sqlite3.connect(data_dir / "studio.sqlite3", timeout=20)
        return
    server = needs.postgresql()
    name = f"money_{uuid.uuid4().hex[:8]}"
    url = f"{server.rpartition('/')[0]}/{name}"
    with psycopg.connect(server, autocommit=True) as line:
        line.execute(f"create database {name}")
        try:
            ran(data_dir, "manage.py", "migrate", "-v0", DATABASE_URL=url).check_returncode()
            yield {"DATABASE_URL": url}, lambda: psycopg.connect(url, autocommit=True)
        finally:
            line.execute(f"drop database {name} with (force)")


@contextmanager
def never_above(limit: Decimal, connect: Callable[[], Any]) -> Iterator[list[float]]:
    """Look at the budgets all the time."""
    seen: list[float] = []
    enough = threading.Event()

    def look() -> None:
        line = connect()
        while not enough.wait(0.005):
            seen.append(float(line.execute(SUM).fetchone()[0] or 0))
        line.close()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        enough.set()
        thread.join()
    assert max(seen) <= float(limit) + 1e-9


def spender(folder: Path, settings: dict[str, str], *words: str) -> Any:
    return started(folder, "-m", "tests.support.spender", *words, **settings)


def said(process: subprocess.Popen[str]) -> Any:
    told = process.communicate(timeout=200)[0]
    assert process.returncode == 0, told
    return json.loads(told.splitlines()[-1])


@pytest.fixture
def paid(tmp_path: Path) -> dict[str, str]:
    return {
        "REPLICATE_API_TOKEN": "r8_only-to-have-a-price",
        "MV_CONFIRM_ABOVE_USD": "1000",
        "MV_BUDGET_USER_USD": str(FIT * VEO_8_S),
        "CELERY_BROKER_URL": "memory://",
    }


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_eight_processes_against_a_budget_for_seven(tmp_path: Path, paid: dict[str, str], kind: str) -> None:
    with database(kind, tmp_path) as (where, connect), never_above(FIT * VEO_8_S, connect) as seen, ExitStack() as all_:
        askers = [all_.enter_context(spender(tmp_path, paid | where, "ask", "5")) for _ in range(PROCESSES)]
        answers = [status for asker in askers for status in said(asker)]
        assert sorted(answers) == [202] * FIT + [402] * (PROCESSES * 5 - FIT)
    assert len(seen) > 10
    assert max(seen) == pytest.approx(float(FIT * VEO_8_S))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_after_kills_nothing_stays_held_and_the_ledger_is_the_sum(
    tmp_path: Path, paid: dict[str, str], kind: str
) -> None:
    dice = random.Random(kind)
    limit = Decimal(200)
    paid["MV_BUDGET_USER_USD"] = str(limit)
    with database(kind, tmp_path) as (where, connect), never_above(limit, connect), ExitStack() as all_:
        crew = [
            all_.enter_context(spender(tmp_path, paid | where, "live", "20", str(seed))) for seed in range(PROCESSES)
        ]
        time.sleep(6)
        for victim in crew[:4]:
            time.sleep(dice.uniform(0.5, 2.5))
            victim.kill()
            victim.wait(10)
        assert sum(said(each) for each in crew[4:]) > 20
        with spender(tmp_path, paid | where, "check") as checker:
            told = said(checker)
        assert Decimal(told["held"]) == 0
        assert Decimal(told["spent"]) == Decimal(told["ledger"]) > 0
