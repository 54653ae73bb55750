"""Clips every stitch test cuts with: made once, 320x180, 8 s, a flash and a click at 4.000 s."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from assets.media.stitch import StitchResult, StitchWishes, stitch
from tests.support.clips import click_wav, marker_clip

COLOURS = ((194, 63, 5), (113, 0, 233), (20, 160, 90))
Stitcher = Callable[..., tuple[StitchResult, Path]]


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for media that several tests share."""
    return tmp_path_factory.mktemp("shelf")


@pytest.fixture(scope="session")
def click(shelf: Path) -> Path:
    """Eight seconds with a click at 4.000 s."""
    return click_wav(shelf / "click.wav")


@pytest.fixture(scope="session")
def clips(shelf: Path, click: Path) -> list[Path]:
    """Three clips of different colours with flash and click."""
    return [
        marker_clip(shelf / f"clip-{number}.mp4", colour=colour, audio=click) for number, colour in enumerate(COLOURS)
    ]


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """An empty folder to work in."""
    folder = tmp_path / "room"
    folder.mkdir()
    return folder


@pytest.fixture
def made(room: Path, tmp_path: Path) -> Stitcher:
    """Stitch clips and give the result and the film; nothing else may be left in the room."""

    def make(clips: Sequence[Path], **wishes: Any) -> tuple[StitchResult, Path]:
        target = tmp_path / "film.mp4"
        shown: list[float] = []
        result = stitch(
            clips=clips,
            wishes=StitchWishes(**wishes),
            target=target,
            work_dir=room,
            progress=shown.append,
        )
        assert list(room.iterdir()) == []
        assert shown == sorted(shown)
        assert shown[-1] == 1.0
        return result, target

    return make
