"""Clips in many odd shapes in one film: every counter in order, none lost or doubled, sound and picture in step."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from assets.media.decode import decode_check
from assets.media.errors import ClipProblem, MediaProblem
from assets.media.ffmpeg import run_ffmpeg
from assets.media.probe import probe
from tests.media.stitch.conftest import Stitcher
from tests.support.clips import click_wav, clicks, flashes
from tests.support.counted import FAST, FRAMES, HIDDEN, ODD, counted_clip, frames_of, odd_clip

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
    if kind in HIDDEN:
        assert clicks(film) == [pytest.approx(second, abs=0.001) for second in (1.0, 3.0, 5.0)]


@pytest.mark.parametrize("kind", sorted(HIDDEN))
@pytest.mark.parametrize("keep", [0.3, 0.6])
def test_clip_with_hidden_pictures_that_ends_too_early_is_named(
    plain: Path, tmp_path: Path, made: Stitcher, kind: str, keep: float
) -> None:
    cut = odd_clip(plain, kind, tmp_path)
    assert decode_check(cut).frames == FRAMES
    cut.write_bytes(cut.read_bytes()[: round(cut.stat().st_size * keep)])
    with pytest.raises(ClipProblem, match="clip 2: "):
        made([plain, cut])
    with pytest.raises(MediaProblem):
        decode_check(cut)


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


@pytest.mark.parametrize(
    ("wishes", "size"),
    [
        ({"aspect_ratio": "16:9"}, (848, 480)),
        ({"aspect_ratio": "16:9", "resolution": "480p"}, (848, 480)),
        ({"aspect_ratio": "16:9", "resolution": "240p"}, (428, 240)),
        ({"aspect_ratio": "7:4"}, (848, 480)),
        ({"aspect_ratio": "5:3"}, (800, 480)),
        ({"resolution": "480p"}, (848, 480)),
    ],
)
def test_clips_that_have_the_wished_shape_are_copied(
    plain: Path, tmp_path: Path, made: Stitcher, wishes: dict[str, str], size: tuple[int, int]
) -> None:
    clip = tmp_path / "usual.mp4"
    run_ffmpeg(["-i", str(plain), "-vf", "scale=848:480,setsar=1", "-preset", "ultrafast", str(clip)], timeout=60)
    result, _ = made([clip], suppress_video_audio=True, **wishes)
    assert (result.width, result.height) == size
    assert result.plan.copied_frames == (FRAMES if size == (848, 480) else 0)


def test_upright_clip_becomes_a_wide_film(plain: Path, tmp_path: Path, made: Stitcher) -> None:
    upright = tmp_path / "upright.mp4"
    run_ffmpeg(["-i", str(plain), "-vf", "crop=200:356", str(upright)], timeout=60)
    result, film = made([upright], aspect_ratio="16:9", aspect_fit="blur", suppress_video_audio=True)
    assert (result.width, result.height) == (356, 200)
    assert corner_and_middle(film)[0] > 20


def corner_and_middle(film: Path) -> tuple[float, float]:
    """Give the brightness near the upper edge and in the middle of a picture."""
    with av.open(str(film)) as read:
        picture = next(iter(read.decode(video=0))).to_ndarray(format="gray")
    high, wide = picture.shape
    return float(picture[high // 40, wide // 4 : wide // 2].mean()), float(picture[high // 2].mean())


@pytest.mark.parametrize("curve", ["smpte2084", "arib-std-b67"])
def test_hdr_clip_is_as_bright_as_its_plain_original(
    plain: Path, between: Path, tmp_path: Path, made: Stitcher, curve: str
) -> None:
    hdr = tmp_path / "hdr.mp4"
    light = f"zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt2020:t={curve}:m=bt2020nc:r=tv:npl=203"
    words = ["-vf", f"{light},format=yuv420p10le", "-c:v", "libx265", "-tag:v", "hvc1", *FAST]
    run_ffmpeg(["-i", str(plain), *words, "-x265-params", "log-level=error", str(hdr)], timeout=60)
    facts = probe(hdr).video
    assert facts is not None
    assert facts.transfer == {"smpte2084": 16, "arib-std-b67": 18}[curve]
    result, film = made([between, hdr, between])
    assert "other colours than BT.709" in result.plan.steps[1].reasons
    want, dark, seen = (np.array(levels) for levels in (luma_means(plain), luma_means(hdr), luma_means(film)))
    seen = seen[FRAMES : 2 * FRAMES]
    assert np.abs(dark - want).max() > 12  # the curve matters here
    assert np.abs(seen - want).max() < 4
    assert frames_of(film, "odd", begin=FRAMES, count=FRAMES) == list(range(FRAMES))


@pytest.mark.parametrize("wide", ["bt2020", "smpte432"])
def test_colours_of_wider_primaries_stay_what_they_are(
    clips: list[Path], tmp_path: Path, made: Stitcher, wide: str
) -> None:
    odd = tmp_path / "wide.mp4"
    matrix = {"bt2020": "bt2020nc", "smpte432": "bt709"}[wide]
    words = ["-vf", f"zscale=p={wide}:m={matrix}:r=tv", "-t", "2", "-color_primaries", wide, "-colorspace", matrix]
    run_ffmpeg(["-i", str(clips[2]), *words, "-pix_fmt", "yuv420p", *FAST, str(odd)], timeout=60)
    facts = probe(odd).video
    assert facts is not None
    assert facts.primaries == {"bt2020": 9, "smpte432": 12}[wide]
    result, film = made([clips[0], odd, clips[0]], suppress_video_audio=True)
    assert result.plan.steps[1].reasons == ("other colours than BT.709",)
    want, before, seen = (
        np.array(middle(path, number)) for path, number in ((clips[2], 10), (odd, 10), (film, 8 * 24 + 10))
    )
    assert np.abs(before - want).max() > 8  # the primaries matter here
    assert np.abs(seen - want).max() <= 3
    video = probe(film).video
    assert video is not None
    assert (video.matrix, video.primaries, video.transfer) == (1, 1, 1)


def middle(film: Path, number: int) -> list[int]:
    """Give the three numbers, luma and both chromas, that stand in the file for the middle of a picture."""
    with av.open(str(film)) as read:
        picture = next(frame for place, frame in enumerate(read.decode(video=0)) if place == number)
    planes = [np.frombuffer(bytes(plane), np.uint8).reshape(-1, plane.line_size) for plane in picture.planes]
    return [int(plane[plane.shape[0] // 2, plane.shape[1] // 4]) for plane in planes]


def luma_means(film: Path) -> list[float]:
    """Give the mean of the luma numbers of every picture, in eight bits, as they stand in the file."""
    with av.open(str(film)) as read:
        return [
            float(np.frombuffer(bytes(frame.planes[0]), f"<u{step}").mean()) / (4 if step == 2 else 1)
            for frame in read.decode(video=0)
            for step in [2 if "10" in frame.format.name else 1]
        ]
