"""The check after a render: every kind of failure is made with real media, found, and told; none becomes a film."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assets.media.errors import RenderCheckError
from assets.media.ffmpeg import FrameEncoder, run_ffmpeg
from assets.media.stitch.check import check_joined
from assets.media.stitch.conform import conform
from assets.media.stitch.join import join
from assets.media.stitch.look import check_encoded, look_at
from assets.media.stitch.tables import read_clip
from assets.media.stitch.tracks import Grid, Piece
from tests.media.stitch.conftest import Refusal, Stitcher, shifted
from tests.support.counted import counted_clip

FPS = Fraction(24)
GRID = Grid.of(FPS)


def moving(path: Path, *, size: tuple[int, int] = (320, 180), audio: Path | None = None) -> Path:
    """Make two seconds in which a bright bar crosses the picture."""
    with FrameEncoder(path, width=size[0], height=size[1], audio=audio, preset="ultrafast") as out:
        for number in range(48):
            shown = np.full((size[1], size[0], 3), 90, np.uint8)
            shown[:, number * size[0] // 60 : number * size[0] // 60 + size[0] // 6] = 220
            out.write(shown.tobytes())
    return path


def spoiled(monkeypatch: pytest.MonkeyPatch, shape: str) -> None:
    """Let clips be made to fit by a filter that is broken."""

    def broken(source: Path, target: Path, **words: Any) -> None:
        conform(source, target, **words)
        whole = target.with_name("whole.mp4")
        target.rename(whole)
        run_ffmpeg(["-i", str(whole), "-vf", shape, "-preset", "ultrafast", str(target)], timeout=60)
        whole.unlink()

    monkeypatch.setattr("assets.media.stitch.picture.conform", broken)


@pytest.mark.parametrize(
    "fault",
    [
        ("drawbox=t=fill:c=black:enable='between(n,12,30)'", "black from 0.50 s to 1.29 s"),
        ("drawbox=t=fill:c=black:enable='eq(n,47)'", "black from 1.96 s to 2.00 s"),
        ("drawbox=t=fill:c=black", "black from 0.00 s to 2.00 s"),
        ("loop=loop=14:size=1:start=20,trim=end_frame=48", "a frozen picture from 0.79 s to 1.42 s"),
    ],
)
def test_clip_made_to_fit_that_turns_black_or_stands_still(
    clips: list[Path],
    tmp_path: Path,
    refused: Refusal,
    monkeypatch: pytest.MonkeyPatch,
    fault: tuple[str, str],
) -> None:
    odd = moving(tmp_path / "odd.mp4", size=(480, 270))
    spoiled(monkeypatch, fault[0])
    assert refused([clips[0], odd]).startswith(fault[1])


@pytest.mark.parametrize("fit", ["pad", "crop", "blur"])
def test_black_and_still_stretches_of_a_clip_are_no_fault(
    clips: list[Path], tmp_path: Path, made: Stitcher, fit: str
) -> None:
    source = moving(tmp_path / "odd.mp4", size=(270, 480))
    words = [
        "drawbox=t=fill:c=black:enable='between(n,5,5)+between(n,30,40)'",
        "loop=loop=14:size=1:start=12",
        "fps=30",
    ]
    odd = tmp_path / "black.mp4"
    run_ffmpeg(["-i", str(source), "-vf", ",".join(words), "-preset", "ultrafast", str(odd)], timeout=60)
    result, _ = made([clips[0], clips[1], odd], aspect_fit=fit)
    assert result.plan.steps[2].reasons


def test_middle_that_is_cut_out_may_be_black(clips: list[Path], tmp_path: Path, made: Stitcher) -> None:
    sides = tmp_path / "sides.mp4"
    source = moving(tmp_path / "wide.mp4", size=(960, 180))
    run_ffmpeg(["-i", str(source), "-vf", "drawbox=x=300:w=360:t=fill:c=black", str(sides)], timeout=60)
    result, _ = made([clips[0], clips[1], sides], aspect_fit="crop")
    assert result.plan.steps[2].reasons


def test_uneven_clip_that_holds_a_black_picture_is_no_fault(clips: list[Path], tmp_path: Path, made: Stitcher) -> None:
    uneven = tmp_path / "uneven.mp4"
    black = "drawbox=t=fill:c=black:enable='between(n,10,30)',select='not(between(n,11,30))'"
    source = moving(tmp_path / "even.mp4")
    run_ffmpeg(["-i", str(source), "-vf", black, "-fps_mode", "vfr", str(uneven)], timeout=60)
    result, _ = made([clips[0], uneven])
    assert "frames of unequal length" in result.plan.steps[1].reasons


@pytest.mark.parametrize("transition", ["crossfade", "fade_black"])
def test_window_that_turns_black_is_found(
    clips: list[Path], refused: Refusal, monkeypatch: pytest.MonkeyPatch, transition: str
) -> None:
    written = FrameEncoder.write

    def broken(self: FrameEncoder, pixels: bytes) -> None:
        dark = bytes([16]) * (320 * 180) + bytes([128]) * (320 * 90)
        written(self, dark if self.frames in range(20, 25) else pixels)

    monkeypatch.setattr(FrameEncoder, "write", broken)
    assert refused(clips, transition=transition) == "black from 0.83 s to 1.04 s"


def test_window_that_stands_still_is_found(tmp_path: Path, refused: Refusal, monkeypatch: pytest.MonkeyPatch) -> None:
    clips = [moving(tmp_path / f"{number}.mp4") for number in range(2)]
    written, held = FrameEncoder.write, [b""]

    def broken(self: FrameEncoder, pixels: bytes) -> None:
        held[0] = pixels if self.frames <= 10 else held[0]
        written(self, held[0])

    monkeypatch.setattr(FrameEncoder, "write", broken)
    assert "a frozen picture from 0.42 s" in refused(clips, transition="crossfade", transition_seconds=0.25)


def test_too_few_pictures_are_found(tmp_path: Path) -> None:
    clip = counted_clip(tmp_path / "short.mp4", "short", frames=40)
    black = look_at(np.zeros((90, 160), np.uint8))
    with pytest.raises(RenderCheckError, match="40 frames were encoded instead of 48"):
        check_encoded(clip, frames=48, fps=FPS, meant=lambda *_: [black], progress=lambda _: None)


def test_pictures_of_another_place_are_found(
    clips: list[Path], refused: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def swapped(track: Any) -> None:
        track.rows["offset"][-1], track.rows["size"][-1] = track.rows["offset"][0], track.rows["size"][0]

    shifted(monkeypatch, "picture_track", swapped)
    assert refused(clips[:2], suppress_video_audio=True) == "frame 383 is not that of piece 2"


def test_film_cut_short_after_the_join_is_found(
    clips: list[Path], refused: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(*words: Any, **more: Any) -> None:
        join(*words, **more)
        film = more["target"]
        film.write_bytes(film.read_bytes()[:-500])

    monkeypatch.setattr("assets.media.stitch.run.join", torn)
    assert "samples outside the file" in refused(clips)


def test_check_names_all_that_is_wrong_with_the_tables(clips: list[Path], tmp_path: Path, made: Stitcher) -> None:
    pieces = [Piece(clip, read_clip(clip), 0, 192) for clip in clips[:2]]
    film = tmp_path / "again.mp4"
    run_ffmpeg(["-i", str(made(clips[:2])[1]), "-c", "copy", "-an", "-movie_timescale", "1000", str(film)], timeout=30)
    with pytest.raises(RenderCheckError) as caught:
        check_joined(film, pieces, grid=GRID, own_sound=True)
    for text in ("another clock", "ticks instead of 196608", "0 sound tracks", "the index is not at the front"):
        assert text in str(caught.value)
    with pytest.raises(RenderCheckError, match="384 frames instead of 192"):
        check_joined(film, pieces[:1], grid=GRID)


def test_looking_at_what_was_encoded_can_be_stopped(tmp_path: Path) -> None:
    clip = counted_clip(tmp_path / "clip.mp4", "clip", frames=96)
    told: list[float] = []

    def stop(done: float) -> None:
        told.append(done)
        if done >= 0.5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        check_encoded(clip, frames=96, fps=FPS, meant=lambda *_: [], progress=stop)
    assert told[-1] == 0.5
    assert len(told) >= 4
