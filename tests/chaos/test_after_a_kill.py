"""The only worker is killed in the middle of its steps: the next one goes on with its jobs in time."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.providers_server.process import standin_process
from tests.support.processes import started, wait_for
from tests.support.workers import order_clips, rows, worker_command

pytestmark = [pytest.mark.long, pytest.mark.timeout(300), pytest.mark.network_loopback]
LEASE, CLIPS = 15.0, 2
HELD = "select id, lease_seq from generation_job where lease_owner != '' order by id"


@pytest.mark.parametrize("where", ["this machine", "another machine"])
def test_the_next_step_starts_within_lease_and_two_seconds(tmp_path: Path, where: str) -> None:
    data_dir, command = tmp_path / "data", worker_command(threads=CLIPS)
    with standin_process(tmp_path / "providers", "--seconds", "1", "2", "--films", "1", "--film-seconds", "2") as there:
        settings = {**there.environment(), "MV_LEASE_SECONDS": str(LEASE)}
        order_clips(data_dir, CLIPS, "waves read-hang-once", **settings)
        with started(data_dir, *command, **settings) as worker:
            wait_for(lambda: len(there.witness.attempts("read")) >= CLIPS, seconds=60, saying="all steps hang")
            os.kill(worker.pid, signal.SIGKILL)
            killed_at = time.monotonic()
            held = rows(data_dir, HELD)
        assert len(held) == CLIPS
        if where == "another machine":  # nobody here can tell that it is dead: only the lease can
            rows(data_dir, "update generation_job set lease_owner = 'elsewhere 1 1'")

        def gone_on() -> bool:
            now = dict(rows(data_dir, "select id, lease_seq from generation_job"))
            return all(now[pk] > seq for pk, seq in held)

        with started(data_dir, *command, **settings):
            wait_for(gone_on, seconds=60, saying="somebody went on with the jobs")
            took = time.monotonic() - killed_at
            done = "select count(*) from generation_job where state = 'succeeded'"
            wait_for(lambda: rows(data_dir, done) == [(CLIPS,)], seconds=60, saying="the clips are done")
        assert took <= LEASE + 2, f"{took:.1f} s"
        assert len(there.witness.creates()) == CLIPS
