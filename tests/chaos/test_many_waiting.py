"""Five hundred clips wait at a provider at once, and one worker with two threads looks after all of them."""

import sys
import time
from collections import defaultdict
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.providers_server.process import StandinProcess, standin_process
from tests.support.processes import started, wait_for
from tests.support.usage import megabytes, share_of_a_core
from tests.support.workers import order_clips, rows, worker_command

pytestmark = [pytest.mark.long, pytest.mark.timeout(1200), pytest.mark.network_loopback]
CLIPS, WATCHED = 500, 60.0
LONGEST_UNSEEN = 90.0  # seconds: no clip may be forgotten; 500 clips at 15 looks a second take 33 s, jittered 47 s


ORDERED = "select count(*) from generation_providercall where provider_id is not null"
WAITING = "select count(*) from generation_job where state = 'waiting'"
DONE = "select count(*) from generation_job where state = 'succeeded'"


def looks(providers: StandinProcess, *, since: float) -> dict[str, list[float]]:
    """Give for each prediction the times at which it was looked at."""
    seen: dict[str, list[float]] = defaultdict(list)
    for look in providers.witness.attempts("read"):
        if moment(look) >= since:
            seen[look["id"]].append(moment(look))
    return seen


def moment(line: dict[str, Any]) -> float:
    return datetime.fromisoformat(line["at"]).timestamp()


def longest_unseen(seen: dict[str, list[float]], start: float, end: float) -> float:
    """Return for how many seconds the clip that was looked at the least was left alone."""
    known = ([start, *(at for at in times if at < end), end] for times in seen.values())
    return max(after - before for times in known for before, after in pairwise(times))


def test_one_worker_with_two_threads_holds_500_waiting_clips(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    words = ("--seconds", "300", "320", "--films", "1", "--film-seconds", "2")
    with standin_process(tmp_path / "providers", *words) as providers:
        settings = providers.environment()
        order_clips(data_dir, CLIPS, "waves", **settings)
        with started(data_dir, *worker_command(threads=2), **settings) as worker:
            wait_for(lambda: rows(data_dir, ORDERED) == [(CLIPS,)], seconds=300, saying="all clips are at the provider")
            time.sleep(10)
            start = time.time()
            core = share_of_a_core([worker.pid], seconds=WATCHED)
            end = time.time()
            memory = megabytes(worker.pid)
            assert rows(data_dir, WAITING) == [(CLIPS,)]
            wait_for(lambda: rows(data_dir, DONE) == [(CLIPS,)], seconds=700, saying="all clips are done")
        seen = looks(providers, since=start)
        a_second = sum(start <= at < end for times in seen.values() for at in times) / (end - start)
        unseen = longest_unseen(seen, start, moment(providers.witness.lines("end")[0]))
        report = f"{memory:.0f} MB, {core:.1%} of a core, {a_second:.1f} looks a second, longest unseen {unseen:.0f} s"
        sys.stderr.write(f"{CLIPS} clips waiting: {report}\n")
        assert len(providers.witness.creates(makes="clip")) == CLIPS
        assert len(seen) == CLIPS, report
        assert unseen < LONGEST_UNSEEN, report
        assert a_second < 20, report
        assert memory < 300, report
        assert core < 0.6, report
