"""The studio as one command, with real processes: ready when it says so, kept alive, gone when it is told to go."""

import http.client
import os
import signal
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from tests.support.processes import Studio, cold_studio, find_one, living, ran, wait_for
from tests.support.threads import running_time

RUNSTUDIO = ("manage.py", "runstudio", "--port", "0", "--no-browser")
RENDER_1, WEB = "-n render-1@", "-m granian"


def answers(running: Studio) -> bool:
    address = urlsplit(running.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=2)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def has_new(running: Studio, words: str, old: int) -> bool:
    """Say whether a process other than `old` has taken its place and said that it takes work."""
    name = {RENDER_1: "render-1", WEB: "web"}[words]
    mark = running.data_dir / "run" / f"{name}.pid"
    return mark.is_file() and int(mark.read_text()) != old and int(mark.read_text()) in living(running.data_dir)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give one data folder to all of them: what the first has migrated and collected the next need not."""
    return tmp_path_factory.mktemp("studio")


def test_runstudio_keeps_its_processes_alive_and_stops_within_five_seconds(folder: Path) -> None:
    with cold_studio(folder, MV_RENDER_WORKERS="1") as running:
        assert answers(running), "ready was said before it answered"
        second = ran(folder, *RUNSTUDIO)
        assert (second.returncode, "A studio already runs on" in second.stderr) == (1, True)
        assert running.url in second.stderr
        worker = find_one(folder, RENDER_1)
        web = find_one(folder, WEB)
        os.kill(worker, signal.SIGKILL)
        os.kill(web, signal.SIGKILL)
        wait_for(lambda: has_new(running, RENDER_1, worker), seconds=60, saying="the killed worker runs again")
        wait_for(lambda: has_new(running, WEB, web) and answers(running), seconds=60, saying="the web answers again")
        with running_time() as seconds:
            running.process.send_signal(signal.SIGTERM)
            assert running.process.wait(60) == 0
            assert seconds() < 5
        assert living(folder) == {}


def test_runstudio_leaves_nothing_behind_when_it_is_killed(folder: Path) -> None:
    with cold_studio(folder, "--port", "0", MV_RENDER_WORKERS="1") as running:
        before = living(folder)
        assert len([line for line in before.values() if WEB in line]) == 2, "granian and its worker"
        running.process.kill()
        running.process.wait(10)
        wait_for(lambda: living(folder) == {}, seconds=3, saying="every process has gone with the supervisor")


def test_runstudio_refuses_an_address_others_can_reach() -> None:
    with pytest.raises(CommandError, match="has no log-in"):
        call_command("runstudio", host="192.0.2.1", port=0)


def test_runstudio_says_when_the_port_is_taken(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} on 127.0.0.1 cannot be used"):
            call_command("runstudio", port=port)
    assert not settings.MV_DATA_DIR.joinpath("studio.lock").exists()


@pytest.mark.parametrize("words", [["--data", "here"], ["--data=here"]])
def test_runstudio_touches_no_other_folder_than_the_one_it_is_given(tmp_path: Path, words: list[str]) -> None:
    words = [word.replace("here", str(tmp_path / "here")) for word in words]
    done = ran(tmp_path / "default", "manage.py", "runstudio", "--host", "192.0.2.1", *words)
    assert "has no log-in" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["here"]
