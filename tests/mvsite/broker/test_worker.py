"""A real worker on the embedded broker."""

import signal
from pathlib import Path

from tests.support.processes import ran, started, wait_for

MESSAGES = 300
RING = f"""
from tests.support.bell import ring
for number in range({MESSAGES}):
    ring.apply_async(args=[number], queue="provider" if number % 3 else "default")
"""
WORKER = (
    "-m",
    "celery",
    "--quiet",
    "-A",
    "tests.support.bell",
    "worker",
    "-n",
    "provider@%h",
    "-Q",
    "provider,default",
)
THREADS = ("-P", "threads", "-c", "8", "--without-gossip", "--without-mingle", "--without-heartbeat")


def test_worker_runs_every_message_once_and_writes_nothing_else(tmp_path: Path) -> None:
    rung = tmp_path / "rung"
    rung.mkdir()
    assert ran(tmp_path, "-c", RING).stderr == ""
    with started(tmp_path, *WORKER, *THREADS, PYTHONPATH=".") as worker:
        wait_for(lambda: len(list(rung.iterdir())) == MESSAGES, seconds=120, saying="every message was worked on")
        assert (tmp_path / "run" / "provider.pid").read_text() == str(worker.pid)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(60) == 0
    assert {path.read_text() for path in rung.iterdir()} == {"x"}
    left = [path.name for path in (tmp_path / "broker").rglob("*") if path.is_file()]
    assert [name for name in left if "pidbox" in name or "celeryev" in name or name.endswith(".msg")] == []


RING_FROM_DJANGO = """
import django, threading
django.setup()
from generation.jobs.wake import ring
import uuid
other = threading.Thread(target=ring, args=(uuid.uuid4(), "render"))  # web servers answer in threads
other.start(); other.join()
"""


def test_every_django_process_rings_our_own_queues(tmp_path: Path) -> None:
    done = ran(tmp_path, "-c", RING_FROM_DJANGO)
    assert (done.returncode, done.stderr) == (0, "")
    assert [path.name.partition(".")[2] for path in (tmp_path / "broker" / "in").iterdir()] == ["render.msg"]
