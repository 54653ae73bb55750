"""A studio that is stopped or killed in the middle of a render leaves nothing running, and goes on where it was."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.film import assert_playable
from tests.support.processes import living, started, wait_for

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]
STUDIO = ("manage.py", "runstudio", "--port", "0", "--no-browser")
FILM = ("--idea", "A rowing boat crosses a lake at dusk", "--character", "a woman in a red coat", "--scenes", "2")


def is_rendering(data_dir: Path) -> bool:
    # MoviePy asks ffmpeg for its version when it is imported: that is no render
    return any("ffmpeg" in line and "-version" not in line for line in living(data_dir).values())


def wait_until_ready(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if "MV Studio is ready" in line:
            return
    pytest.fail(said)


@pytest.mark.parametrize(("number", "seconds"), [(signal.SIGTERM, 5), (signal.SIGKILL, 3)])
def test_stopping_in_the_middle_of_a_render(tmp_path: Path, number: signal.Signals, seconds: float) -> None:
    data_dir, film = tmp_path / "data", tmp_path / "film.mp4"
    with started(data_dir, *STUDIO) as studio:
        wait_until_ready(studio)
        with started(data_dir, "manage.py", "make_video", *FILM, "--out", str(film)) as customer:
            wait_for(lambda: is_rendering(data_dir), seconds=120, saying="a clip is rendered")
            asked = time.monotonic()
            studio.send_signal(number)
            wait_for(lambda: set(living(data_dir)) <= {customer.pid}, seconds=seconds, saying="all are gone")
            studio.wait(seconds)
            assert time.monotonic() - asked < seconds + 0.5
            with started(data_dir, *STUDIO) as again:
                wait_until_ready(again)
                assert customer.wait(300) == 0
                os.kill(again.pid, signal.SIGTERM)
                again.wait(6)
    assert_playable(film, seconds=16)
