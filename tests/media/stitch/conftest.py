"""Clips every stitch test cuts with: made once, 320x180, 8 s, a flash and a click at 4.000 s."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from assets.media.errors import RenderCheckError
from assets.media.stitch import StitchResult, StitchWishes, stitch, tracks
from tests.support.clips import click_wav, marker_clip

COLOURS = ((194, 63, 5), (113, 0, 233), (20, 160, 90))
Stitcher = Callable[..., tuple[StitchResult, Path]]
Refusal = Callable[..., str]


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


@pytest.fixture
def refused(room: Path, tmp_path: Path) -> Refusal:
    """Stitch, expect the check to fail, and give what it says; nothing may be left, and no film."""

    def make(clips: list[Path], **wishes: Any) -> str:
        with pytest.raises(RenderCheckError) as caught:
            stitch(
                clips=clips,
                wishes=StitchWishes(**wishes),
                target=tmp_path / "film.mp4",
                work_dir=room,
                progress=lambda _: None,
                shelf=tmp_path / "kept",
            )
        assert list(room.iterdir()) == []
        assert not (tmp_path / "film.mp4").exists()
        assert not list((tmp_path / "kept").glob("*.m*"))  # what is wrong is not kept either
        return str(caught.value)

    return make


def shifted(monkeypatch: pytest.MonkeyPatch, name: str, change: Callable[[Any], None]) -> None:
    """Let a track of the film be wrong."""
    real = getattr(tracks, name)

    def wrong(*words: Any, **more: Any) -> Any:
        track = real(*words, **more)
        change(track)
        return track

    monkeypatch.setattr(f"assets.media.stitch.join.{name}", wrong)
