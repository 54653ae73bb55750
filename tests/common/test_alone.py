"""Work of which one may be under way: on one host, on several, and after whoever did it was killed."""

import os
import signal
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from mvsite.common.alone import alone
from tests.support import needs
from tests.support.processes import ran, started

ASK = """
import django, sys, time
django.setup()
from mvsite.common.alone import alone
with alone(sys.argv[1]) as mine:
    print(mine, flush=True)
    time.sleep(float(sys.argv[2]))
"""


def asked(data_dir: Path, name: str, **settings: str) -> str:
    """Ask in a process of its own, which lets go at once."""
    return ran(data_dir, "-c", ASK, name, "0", **settings).stdout.strip()


@pytest.mark.django_db
@pytest.mark.usefixtures("data_dir")
def test_one_at_a_time_and_then_the_next() -> None:
    for _ in range(2):
        with alone("x") as first, alone("x") as second, alone("y") as other:
            assert (first, second, other) == (True, False, True)


def test_who_is_killed_lets_go(tmp_path: Path) -> None:
    with started(tmp_path, "-c", ASK, "x", "60") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        assert asked(tmp_path, "x") == "False"
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
        assert asked(tmp_path, "x") == "True"


@pytest.mark.network_loopback
def test_hosts_that_share_a_database_and_no_disk_wait_for_each_other(tmp_path: Path) -> None:
    url, name = needs.postgresql(), uuid4().hex
    with psycopg.connect(url, autocommit=True) as other_host:
        other_host.execute("SELECT pg_advisory_lock(hashtext(%s))", [f"mv-studio-{name}"])
        assert asked(tmp_path, name, DATABASE_URL=url) == "False"
    assert asked(tmp_path, name, DATABASE_URL=url) == "True"
