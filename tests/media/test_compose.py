"""Composing: exact lengths, order of frames, and nothing left when it is stopped."""

from pathlib import Path

import pytest
from PIL import Image

from assets.media import counter
from assets.media.compose import VideoFrames, render, slate


def quiet(progress: float) -> None:
    assert 0.0 <= progress <= 1.0


@pytest.mark.parametrize(("frames", "fps"), [(24, 24), (61, 25), (1, 24)])
def test_slate_lasts_as_long_as_asked(tmp_path: Path, frames: int, fps: int) -> None:
    target = tmp_path / "slate.mp4"
    slate(lines=["Scene 3", "not made"], frames=frames, fps=fps, size=(640, 360), target=target, tick=quiet)
    with VideoFrames(target) as source:
        assert (source.count, source.fps, source.size) == (frames, fps, (640, 360))
        assert max(source.next().convert("L").tobytes()) > 180


def test_frames_are_asked_for_once_and_in_order(tmp_path: Path) -> None:
    asked: list[int] = []

    def paint(number: int) -> Image.Image:
        asked.append(number)
        picture = Image.new("RGB", (640, 360), (120, 90, 60))
        counter.draw(picture, "x", number)
        return picture

    target = tmp_path / "clip.mp4"
    assert render(paint=paint, seconds=2, size=(640, 360), target=target, tick=quiet) == 48
    assert asked == list(range(48))
    assert [found[1] for found in counter.read_video(target) if found] == list(range(48))
