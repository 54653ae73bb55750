"""Several renders at once: in order, told and stopped in the thread that asked, and the same bytes every time."""

import threading
import time
from pathlib import Path

import pytest

from assets.media.encoding import TAGS_709
from assets.media.ffmpeg import Progress, run_ffmpeg
from assets.media.stitch.together import Work, all_made
from tests.media.stitch.conftest import Stitcher


def test_results_come_in_order_and_progress_in_this_thread() -> None:
    heard: set[int] = set()

    def make(number: int, progress: Progress) -> int:
        time.sleep(0.02 * (5 - number))
        progress(1.0)
        return number

    works = [
        Work(lambda progress, n=number: make(n, progress), lambda _: heard.add(threading.get_ident()))  # type: ignore[misc]  # a default binds the number
        for number in range(5)
    ]
    assert all_made(works) == [0, 1, 2, 3, 4]
    assert heard == {threading.get_ident()}
    assert all_made([]) == []


def endless(progress: Progress) -> None:
    while True:
        time.sleep(0.01)
        progress(0.5)


def quiet(_: float) -> None:
    """Hear nothing."""


def test_first_error_ends_the_others() -> None:
    def breaks(_: Progress) -> None:
        time.sleep(0.1)
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        all_made([Work(endless, quiet), Work(breaks, quiet), Work(endless, quiet)])
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("render")]


def test_stop_ends_them_all() -> None:
    def stop(share: float) -> None:
        if share > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        all_made([Work(endless, stop), Work(endless, quiet)])
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("render")]


def test_windows_of_noisy_clips_have_the_same_bytes_every_time(tmp_path: Path, made: Stitcher) -> None:
    clips = []
    for number in range(3):
        noisy = f"testsrc2=s=320x180:r=24:d=4,noise=alls=60:allf=t:all_seed={number}"
        words = ["-f", "lavfi", "-i", noisy, "-g", "24", "-b:v", "1M", "-pix_fmt", "yuv420p", *TAGS_709]
        clips.append(tmp_path / f"{number}.mp4")
        run_ffmpeg([*words, str(clips[-1])], timeout=60)
    films = {made(clips, transition="crossfade")[1].read_bytes() for _ in range(3)}
    assert len(films) == 1
