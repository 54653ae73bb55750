"""Clips in many odd shapes in one film: every counter in order, none lost or doubled, sound and picture in step."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from assets.media.probe import probe
from tests.media.stitch.conftest import Stitcher
from tests.support.clips import click_wav, clicks, flashes
from tests.support.counted import FRAMES, ODD, counted_clip, frames_of, odd_clip

SAME_RATE = set(ODD) - {"thirty a second", "uneven"}
COPIED = {"mute", "other clock", "quicktime"}


@pytest.fixture(scope="module")
def plain(shelf: Path) -> Path:
    """A plain clip of two seconds with sound, labelled `odd`."""
    return counted_clip(shelf / "plain.mp4", "odd", audio=click_wav(shelf / "two.wav", seconds=2, at=1))


@pytest.fixture(scope="module")
def between(shelf: Path) -> Path:
    """A plain clip that stands around the odd ones."""
    return counted_clip(shelf / "between.mp4", "between", audio=click_wav(shelf / "three.wav", seconds=2, at=1))


@pytest.mark.parametrize("kind", sorted(ODD))
def test_odd_clip_keeps_every_frame_in_its_place(
    plain: Path, between: Path, tmp_path: Path, made: Stitcher, kind: str
) -> None:
    odd = odd_clip(plain, kind, tmp_path)
    result, film = made([between, odd, between])
    assert (result.frames, bool(result.plan.steps[1].reasons)) == (3 * FRAMES, kind not in COPIED)
    assert (result.width, result.height) == (640, 360)
    for number in (0, 2):
        assert frames_of(film, "between", begin=number * FRAMES, count=FRAMES) == list(range(FRAMES))
    seen = frames_of(film, "odd", begin=FRAMES, count=FRAMES)
    steady = [number for number in seen if number is not None]
    assert len(steady) == FRAMES, f"{seen}"
    if kind in SAME_RATE:
        assert steady == list(range(FRAMES))
    else:
        assert all(0 <= after - before <= 2 for before, after in pairwise(steady))
        assert (steady[0], steady[-1] >= FRAMES - 3) == (0, True)
    video = probe(film).video
    assert video is not None
    assert (video.matrix, video.primaries, video.transfer) == (1, 1, 1)
    assert clicks(film)[0] == pytest.approx(1.0, abs=0.001)
    assert clicks(film)[-1] == pytest.approx(5.0, abs=0.001)


def test_what_the_box_reader_refuses_is_encoded_and_says_why(
    plain: Path, between: Path, tmp_path: Path, made: Stitcher
) -> None:
    result, _ = made([between, odd_clip(plain, "in fragments", tmp_path), between])
    assert (result.plan.strategy, result.plan.steps[1].reasons) == ("P6", ("it comes in fragments",))
    assert result.plan.copied_frames == 2 * FRAMES


def test_truncated_clip_is_left_out_when_asked(plain: Path, between: Path, tmp_path: Path, made: Stitcher) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(plain.read_bytes()[: plain.stat().st_size * 2 // 3])
    result, film = made([between, cut, between], skip_broken=True)
    assert (result.frames, result.left_out) == (2 * FRAMES, (1,))
    assert "clip 2 was left out: " in result.warnings[0]
    assert frames_of(film, "between", begin=FRAMES, count=FRAMES) == list(range(FRAMES))


@pytest.mark.parametrize("way", ["copied", "mixed", "blended"])
@pytest.mark.long
def test_thirty_clips_end_with_sound_and_picture_together(clips: list[Path], made: Stitcher, way: str) -> None:
    ways: dict[str, dict[str, Any]] = {"mixed": {"video_audio_volume": 0.9}, "blended": {"transition": "fade_black"}}
    result, film = made([clips[number % 3] for number in range(30)], **ways.get(way, {}))
    assert (result.frames, result.duration) == (30 * 192, 240.0)
    assert result.plan.copy_sound == (way == "copied")
    marks = [4.0 + 8 * number for number in range(30)]
    assert [float(moment) for moment in flashes(film)] == marks
    heard = clicks(film)
    assert len(heard) == 30
    assert max(abs(a - b) for a, b in zip(heard, marks, strict=True)) <= 0.001


@pytest.mark.parametrize("aspect", ["9:16", "1:1", "4:5"])
@pytest.mark.parametrize("fit", ["pad", "crop", "blur"])
def test_film_takes_the_wished_shape(plain: Path, made: Stitcher, aspect: str, fit: str) -> None:
    result, film = made([plain], aspect_ratio=aspect, aspect_fit=fit, suppress_video_audio=True)
    size = {"9:16": (360, 640), "1:1": (360, 360), "4:5": (360, 450)}[aspect]
    assert (result.width, result.height, result.frames) == (*size, FRAMES)
    edges = corner_and_middle(film)
    assert (edges[0] < 20) == (fit == "pad")
    assert edges[1] > 40


def corner_and_middle(film: Path) -> tuple[float, float]:
    """Give the brightness near the upper edge and in the middle of a picture."""
    with av.open(str(film)) as read:
        picture = next(iter(read.decode(video=0))).to_ndarray(format="gray")
    high, wide = picture.shape
    return float(picture[high // 40, wide // 4 : wide // 2].mean()), float(picture[high // 2].mean())
