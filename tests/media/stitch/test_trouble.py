"""Broken clips are named, a stop leaves nothing behind, and a bad render is never given out."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assets.media.errors import ClipProblem, MediaProblem
from assets.media.ffmpeg import run_ffmpeg
from assets.media.mp4 import BoxError
from assets.media.mp4.avc import parameter_sets
from assets.media.stitch import StitchWishes, stitch
from tests.media.stitch.conftest import Stitcher
from tests.support.clips import marker_clip


class StoppedError(ValueError):
    """A kind of error that reading files knows too: it must come out as what it is."""


def children() -> set[str]:
    return set(Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split())


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def text(path: Path) -> None:
    path.write_text("this is no film")


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    start = data.index(b"mdat")
    for place in range(start + 500, len(data) - 500, 61):
        data[place] ^= 0xA5
    path.write_bytes(data)


@pytest.mark.parametrize("breaks", [truncate, empty, text, damage])
def test_broken_clip_is_named(clips: list[Path], room: Path, tmp_path: Path, breaks: Callable[[Path], None]) -> None:
    broken = tmp_path / "broken.mp4"
    shutil.copyfile(clips[1], broken)
    breaks(broken)
    with pytest.raises(ClipProblem) as caught:
        stitch(
            clips=[clips[0], clips[2], broken],
            wishes=StitchWishes(suppress_video_audio=True),
            target=tmp_path / "film.mp4",
            work_dir=room,
            progress=lambda _: None,
        )
    assert caught.value.index == 2
    assert "clip 3" in str(caught.value)
    assert list(room.iterdir()) == []
    assert not (tmp_path / "film.mp4").exists()


def test_sound_without_picture_is_no_clip(clips: list[Path], tmp_path: Path, made: Stitcher) -> None:
    run_ffmpeg(["-i", str(clips[1]), "-vn", "-c:a", "copy", str(tmp_path / "sound.mp4")], timeout=30)
    with pytest.raises(ClipProblem, match="clip 2"):
        made([clips[0], tmp_path / "sound.mp4"])


@pytest.mark.parametrize("moment", [0.0, 0.1, 0.4, 0.6, 0.8, 0.95, 1.0])
def test_stop_at_any_moment_leaves_nothing(clips: list[Path], room: Path, tmp_path: Path, moment: float) -> None:
    odd = marker_clip(tmp_path / "odd.mp4", size=(480, 270))
    target = tmp_path / "out" / "film.mp4"
    target.parent.mkdir()
    before = children()

    def stop(done: float) -> None:
        if done >= moment:
            raise StoppedError

    with pytest.raises(StoppedError):
        stitch(
            clips=[*clips, odd],
            wishes=StitchWishes(transition="crossfade"),
            target=target,
            work_dir=room,
            progress=stop,
        )
    assert list(room.iterdir()) == []
    assert list(target.parent.iterdir()) == []
    assert children() <= before


def test_old_film_stays_when_a_new_one_fails(clips: list[Path], room: Path, tmp_path: Path) -> None:
    target = tmp_path / "film.mp4"
    target.write_bytes(b"the film of yesterday")
    empty(tmp_path / "empty.mp4")
    with pytest.raises(ClipProblem):
        stitch(
            clips=[clips[0], tmp_path / "empty.mp4"],
            wishes=StitchWishes(),
            target=target,
            work_dir=room,
            progress=lambda _: None,
        )
    assert target.read_bytes() == b"the film of yesterday"


def test_wishes_that_cannot_be_read_are_refused(clips: list[Path], made: Stitcher) -> None:
    for wishes in ({"aspect_ratio": "wide"}, {"resolution": "huge"}, {"aspect_ratio": "16:0"}):
        with pytest.raises(MediaProblem):
            made(clips, **wishes)


@pytest.mark.parametrize("avcc", [b"", b"\x01", b"\x01dd\x0c\xff\xe1\x00", b"\x01dd\x0c\xff\xe1\xff\xffabc"])
def test_hostile_decoder_setup_is_refused(avcc: bytes) -> None:
    with pytest.raises(BoxError):
        parameter_sets(avcc)
