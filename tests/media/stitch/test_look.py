"""Looking at what was made: small bright things in the dark are seen alike in a film and in what it is made of."""

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path
from unittest.mock import MagicMock

import numpy as np
import pytest

from assets.media.decode import decode_check
from assets.media.errors import RenderCheckError
from assets.media.ffmpeg import FrameEncoder, Progress, run_ffmpeg
from assets.media.probe import VideoFacts, opened, probe
from assets.media.stitch import look
from assets.media.stitch.conform import conform
from assets.media.stitch.look import BARS, BLACK, MOVED, Look, Span, check_encoded, look_at, looks_of_source, luma_of
from assets.media.stitch.profile import Profile
from tests.media.stitch.conftest import Stitcher

HDR = Profile(320, 180, Fraction(24))
PQ, HLG = "smpte2084", "arib-std-b67"


def hdr(path: Path, picture: str, curve: str) -> VideoFacts:
    """Make an HDR clip of one second, of a source of ffmpeg whose numbers (ten bits) are on the curve already."""
    said = f"setparams=colorspace=bt2020nc:color_primaries=bt2020:color_trc={curve}:range=tv"
    words = [
        "-c:v",
        "libx265",
        "-tag:v",
        "hvc1",
        "-crf",
        "8",
        "-preset",
        "ultrafast",
        "-x265-params",
        "log-level=error",
    ]
    run_ffmpeg(["-f", "lavfi", "-i", f"{picture},format=yuv420p10le,{said}", *words, str(path)], timeout=60)
    video = probe(path).video
    assert video is not None
    return video


def flat(level: str) -> str:
    """Give a source of grey pictures whose luma (ten bits) is an expression of the moment T in seconds."""
    return f"color=black:s=320x180:r=24:d=1,format=yuv420p10le,geq=lum='{level}':cb=512:cr=512"


def meant_by(
    path: Path, video: VideoFacts, spans: Sequence[Span], progress: Progress = lambda _: None
) -> list[list[Look]]:
    return looks_of_source(path, spans, video=video, profile=HDR, fit="pad", progress=progress)


def looks_of(film: Path) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    looks = []
    decode_check(film, see=lambda frame: looks.append(look_at(luma_of(frame.reformat(format="yuv420p")))))
    return np.array(looks)


def dark(path: Path, size: tuple[int, int], light: tuple[slice, slice]) -> Path:
    """Make half a second of black with one bright thing in it."""
    shown = np.zeros((size[1], size[0], 3), np.uint8)
    shown[light] = 255
    with FrameEncoder(path, width=size[0], height=size[1], fps=Fraction(24), preset="ultrafast") as out:
        for _ in range(12):
            out.write(shown.tobytes())
    return path


@pytest.mark.parametrize("fit", ["pad", "crop", "blur"])
@pytest.mark.parametrize("aspect", ["9:16", "4:5", "1:1"])
def test_thin_line_on_black_is_no_fault(tmp_path: Path, made: Stitcher, aspect: str, fit: str) -> None:
    clip = dark(tmp_path / "line.mp4", (1280, 720), (slice(403, 413), slice(None)))
    result, _ = made([clip], aspect_ratio=aspect, aspect_fit=fit)
    assert result.plan.steps[0].reasons


def test_thin_line_among_upright_clips_is_no_fault(tmp_path: Path, made: Stitcher) -> None:
    line = dark(tmp_path / "line.mp4", (1280, 720), (slice(355, 365), slice(None)))
    upright = dark(tmp_path / "upright.mp4", (720, 1280), (slice(300, 900), slice(100, 600)))
    result, _ = made([upright, line, upright])
    assert [bool(step.reasons) for step in result.plan.steps] == [False, True, False]


def test_lamp_at_night_is_no_fault(tmp_path: Path, made: Stitcher) -> None:
    clip = dark(tmp_path / "lamp.mp4", (1920, 804), (slice(304, 338), slice(900, 934)))
    assert made([clip], aspect_ratio="9:16")[0].plan.steps[0].reasons


def test_lamp_of_a_turned_clip_is_no_fault(tmp_path: Path, made: Stitcher) -> None:
    lamp, turned = dark(tmp_path / "lamp.mp4", (640, 360), (slice(3, 9), slice(None))), tmp_path / "turned.mp4"
    run_ffmpeg(["-display_rotation", "90", "-i", str(lamp), "-c", "copy", str(turned)], timeout=30)
    assert "turned by 90 degrees" in made([turned], aspect_ratio="16:9")[0].plan.steps[0].reasons


@pytest.mark.parametrize("curve", [PQ, HLG])
@pytest.mark.parametrize("picture", ["testsrc2", "smptehdbars"])
def test_hdr_clip_is_measured_as_the_film_shows_it(tmp_path: Path, curve: str, picture: str) -> None:
    plain = "scale=out_color_matrix=bt709:out_range=tv,format=yuv444p,setparams=colorspace=bt709:color_primaries=bt709"
    light = f"{plain}:color_trc=bt709:range=tv,zscale=t=linear:npl=203,format=gbrpf32le"
    light += f",zscale=p=bt2020:t={curve}:m=bt2020nc:r=tv:npl=203"
    video = hdr(tmp_path / "clip.mp4", f"{picture}=size=320x180:rate=24:duration=0.5,{light}", curve)
    conform(tmp_path / "clip.mp4", tmp_path / "film.mp4", video=video, profile=HDR, frames=12, crf=8)
    (meant,) = meant_by(tmp_path / "clip.mp4", video, [(0, 12)])
    assert np.abs(np.array(meant) - looks_of(tmp_path / "film.mp4")).max() < 1.5
    assert np.abs(np.array(meant) - looks_of(tmp_path / "clip.mp4")).max() > 10  # its own numbers are others


@pytest.mark.parametrize(("curve", "level"), [(PQ, 90), (HLG, 80)])
def test_very_dark_hdr_clip_is_no_fault(tmp_path: Path, made: Stitcher, curve: str, level: int) -> None:
    hdr(tmp_path / "clip.mp4", flat(f"{level}+4*sin(8*T)"), curve)
    result, film = made([tmp_path / "clip.mp4"])
    assert result.plan.steps[0].reasons
    assert np.median(looks_of(film)) <= BLACK
    assert np.median(looks_of(film)) > 18  # dark, but no black


def test_light_that_changes_beyond_what_the_film_can_show_is_no_fault(tmp_path: Path, made: Stitcher) -> None:
    hdr(tmp_path / "clip.mp4", flat("780+70*T"), PQ)
    result, film = made([tmp_path / "clip.mp4"])
    assert result.plan.steps[0].reasons
    assert np.ptp(looks_of(film)) < np.ptp(looks_of(tmp_path / "clip.mp4")) / 4
    assert np.ptp(looks_of(tmp_path / "clip.mp4")) > 2 * MOVED


@pytest.mark.parametrize(("curve", "level"), [(PQ, 220), (HLG, 190)])
def test_black_film_of_a_dark_hdr_clip_is_found(tmp_path: Path, curve: str, level: int) -> None:
    video = hdr(tmp_path / "clip.mp4", flat(str(level)), curve)
    black = dark(tmp_path / "black.mp4", (320, 180), (slice(0), slice(0)))

    meant = partial(meant_by, tmp_path / "clip.mp4", video)
    with pytest.raises(RenderCheckError, match=r"black from 0\.00 s to 0\.50 s"):
        check_encoded(black, frames=12, fps=HDR.fps, meant=meant, progress=lambda _: None)


def test_source_is_read_once_looked_at_where_asked_and_left_when_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = hdr(tmp_path / "clip.mp4", "testsrc2=size=320x180:rate=24:duration=2", PQ)
    looked = MagicMock(wraps=look._shown)
    monkeypatch.setattr(look, "_shown", looked)
    (every,) = meant_by(tmp_path / "clip.mp4", video, [(0, 48)])
    assert looked.call_count == 48
    looked.reset_mock()
    openings = MagicMock(wraps=opened)
    monkeypatch.setattr(look, "opened", openings)
    one, other, again = meant_by(tmp_path / "clip.mp4", video, [(40, 44), (10, 13), (11, 14)])
    assert (looked.call_count, openings.call_count) == (8, 1)
    for found, span in ((one, every[40:44]), (other, every[10:13]), (again, every[11:14])):
        assert np.array_equal(np.array(found), np.array(span))

    def stopped(_done: float) -> None:
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        meant_by(tmp_path / "clip.mp4", video, [(0, 2)], stopped)


def test_look_is_the_mean_of_all_pixels_of_a_part() -> None:
    luma = np.random.default_rng(1).integers(16, 236, (90, 160), np.uint8)
    means = luma.reshape(9, 10, 16, 10).mean(axis=(1, 3))
    assert np.allclose(look_at(luma), means, atol=0.01)
    framed = look_at(luma, (-90, 180, 0, 160))
    assert np.allclose(framed[[0, 1, 2, 6, 7, 8]], BARS, atol=0.01)
    assert np.allclose(framed[3:6], luma.reshape(3, 30, 16, 10).mean(axis=(1, 3)), atol=0.01)


def test_look_at_a_picture_with_fewer_pixels_than_parts() -> None:
    luma = np.array([[16, 236]], np.uint8)
    assert np.allclose(look_at(luma)[:, :8], 16, atol=0.01)
    assert np.allclose(look_at(luma)[:, 8:], 236, atol=0.01)
