"""The supervisor with small programs in place of the studio's own."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mvsite.supervisor import Supervisor, SupervisorError, logfile, tended
from mvsite.supervisor.marks import is_marked, mark_ready
from mvsite.supervisor.services import STOP_SECONDS, Service
from mvsite.supervisor.tended import Place
from tests.support.processes import environment
from tests.support.tree import ROOT

READY = """
import pathlib, time, os
from mvsite.supervisor.marks import mark_ready
mark_ready(pathlib.Path(os.environ["MV_DATA_DIR"]), "one")
"""
PATIENT = READY + "time.sleep(60)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)" + READY + "time.sleep(60)"
BROKEN = "print('the disk is on fire', flush=True); raise SystemExit(3)"
TALKATIVE = READY + "\nfor n in range(300): print('x' * 99, flush=True)\ntime.sleep(60)"


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tended, "SHORTEST_PAUSE", 0.05)
    monkeypatch.setattr(tended, "LONGEST_PAUSE", 0.1)


@pytest.fixture
def told() -> list[str]:
    return []


@contextmanager
def supervised(
    folder: Path, told: list[str], program: str, *, stop_seconds: float = STOP_SECONDS
) -> Iterator[Supervisor]:
    place = Place(data_dir=folder, cwd=ROOT, env=environment(folder), host_name="127.0.0.1")
    service = Service("one", (sys.executable, "-c", program), stop_seconds=stop_seconds)
    supervisor = Supervisor([service], place, tell=told.append)
    supervisor.start()
    try:
        yield supervisor
    finally:
        supervisor.stop(at_once=lambda: True)


def within(seconds: float, what: Callable[[], bool]) -> Callable[[], bool]:
    deadline = time.monotonic() + seconds

    def done() -> bool:
        assert time.monotonic() < deadline, "took too long"
        return what()

    return done


def marked_pid(folder: Path) -> int:
    path = folder / "run" / "one.pid"
    return int(path.read_text()) if path.exists() else 0


def test_supervisor_starts_again_what_was_killed_however_often(tmp_path: Path, told: list[str]) -> None:
    with supervised(tmp_path, told, PATIENT) as supervisor:
        for _ in range(tended.START_TRIES + 1):
            supervisor.run(until=within(60, lambda: supervisor.ready))
            os.kill(marked_pid(tmp_path), signal.SIGKILL)
            supervisor.run(until=within(60, lambda: not supervisor.ready))
        supervisor.run(until=within(60, lambda: supervisor.ready))
    assert len(told) == tended.START_TRIES + 1
    assert "one was killed by SIGKILL; it starts again" in told[0]


def test_supervisor_gives_up_on_what_never_started_and_says_why(tmp_path: Path, told: list[str]) -> None:
    with supervised(tmp_path, told, BROKEN) as supervisor, pytest.raises(SupervisorError) as caught:
        supervisor.run(until=within(60, lambda: False))
    assert "one could not be started" in str(caught.value)
    assert str(caught.value).count("the disk is on fire") == 1, "only the last life's words"
    assert len(told) == tended.START_TRIES - 1


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_supervisor_kills_what_does_not_want_to_stop(tmp_path: Path, told: list[str]) -> None:
    with supervised(tmp_path, told, DEAF, stop_seconds=0.3) as supervisor:
        supervisor.run(until=within(60, lambda: supervisor.ready))
        pid = marked_pid(tmp_path)
        supervisor.stop()
        assert not is_there(pid)
    assert marked_pid(tmp_path) == 0
    assert told == []


def test_supervisor_waits_for_what_may_take_its_time_until_it_is_told_not_to(tmp_path: Path, told: list[str]) -> None:
    asked = iter([False] * 20 + [True])
    with supervised(tmp_path, told, DEAF, stop_seconds=3600) as supervisor:
        supervisor.run(until=within(60, lambda: supervisor.ready))
        pid = marked_pid(tmp_path)
        there = []

        def at_once() -> bool:
            there.append(is_there(pid))
            return next(asked)

        supervisor.stop(at_once=at_once)
        assert there == [True] * 21
        assert not is_there(pid)


def test_supervisor_does_not_believe_an_earlier_process(tmp_path: Path, told: list[str]) -> None:
    mark_ready(tmp_path, "one", pid=os.getpid())
    with supervised(tmp_path, told, "import time; time.sleep(60)") as supervisor:
        supervisor.look()
        assert not supervisor.ready
        assert supervisor.waiting_for == ["one"]
        assert not is_marked(tmp_path, "one", pid=os.getpid())


def test_supervisor_keeps_logs_small(tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logfile, "LARGEST", 20_000)
    monkeypatch.setattr("mvsite.supervisor.supervisor.LOGS_EVERY", 0.0)
    log = tmp_path / "logs" / "one.log"
    older = tmp_path / "logs" / "one.log.1"
    with supervised(tmp_path, told, TALKATIVE) as supervisor:
        supervisor.run(until=within(60, older.exists))
        supervisor.run(until=within(60, lambda: log.stat().st_size < 20_000))
    assert set(older.read_text()) == {"x", "\n"}


def test_supervisor_outlives_a_disk_without_room(tmp_path: Path, told: list[str]) -> None:
    logs, aside = tmp_path / "logs", tmp_path / "aside"
    with supervised(tmp_path, told, PATIENT) as supervisor:
        supervisor.run(until=within(60, lambda: supervisor.ready))
        logs.rename(aside)
        logs.write_text("a file where the folder of logs should be")
        os.kill(marked_pid(tmp_path), signal.SIGKILL)
        supervisor.run(until=within(60, lambda: any("cannot be started" in text for text in told)))
        logs.unlink()
        supervisor.run(until=within(60, lambda: supervisor.ready))


def test_a_log_that_cannot_be_kept_is_still_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logfile, "LARGEST", 10)
    log = tmp_path / "one.log"
    log.write_text("x" * 100)
    (tmp_path / "one.log.1" / "in the way").mkdir(parents=True)
    logfile.cut_when_large(log)
    assert log.read_text() == ""
