"""The strip of small pictures: every tile shows its moment of the film."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assets.media.errors import MediaProblem
from assets.media.ffmpeg import FrameEncoder, run_ffmpeg
from assets.media.poster import poster
from assets.media.probe import probe
from assets.media.sprite import Strip, write_strip
from assets.media.stitch.profile import Profile, misfits


def brightening(path: Path, *, seconds: int, size: tuple[int, int] = (320, 180)) -> Path:
    """Make a film whose second n has the grey level 30 + 2n."""
    with FrameEncoder(path, width=size[0], height=size[1], preset="ultrafast") as out:
        for number in range(seconds * 24):
            out.write(np.full((size[1], size[0], 3), 30 + 2 * (number // 24), np.uint8).tobytes())
    return path


@pytest.mark.parametrize(("seconds", "every"), [(8, 1), (70, 2)])  # every frame, and key frames (2 s apart) only
def test_each_tile_shows_its_moment(tmp_path: Path, seconds: int, every: int) -> None:
    film = brightening(tmp_path / "film.mp4", seconds=seconds)
    strip = Strip.of(seconds, 320, 180)
    assert (strip.count, strip.step, strip.tile_height) == (seconds, 1.0, 90)
    write_strip(film, tmp_path / "strip.jpg", strip)
    with Image.open(tmp_path / "strip.jpg") as sheet:
        assert sheet.size == (min(10, seconds) * 160, -(-seconds // 10) * 90)
        for number in range(seconds):
            left, top = strip.place(number)
            level = np.asarray(sheet.crop((left + 20, top + 20, left + 140, top + 70)).convert("L")).mean()
            assert level == pytest.approx(30 + 2 * (number // every * every), abs=2.5), number


def test_a_long_film_has_a_hundred_tiles_and_a_tall_one_tall_ones() -> None:
    long = Strip.of(3600, 1280, 720)
    assert (long.count, long.step, long.columns, long.rows) == (100, 36.0, 10, 10)
    assert Strip.of(0.2, 1080, 1920).tile_height == 284
    assert Strip.of(0.2, 1080, 1920).count == 1


def test_vtt_names_the_part_of_the_picture_for_each_stretch() -> None:
    lines = Strip.of(61.5, 320, 180).as_vtt("sprite.jpg", 61.5).splitlines()
    assert lines[0] == "WEBVTT"
    assert lines[2:4] == ["00:00:00.000 --> 00:00:01.000", "sprite.jpg#xywh=0,0,160,90"]
    assert lines[-2:] == ["00:01:01.000 --> 00:01:01.500", "sprite.jpg#xywh=160,540,160,90"]


def test_what_is_no_film_is_refused(tmp_path: Path) -> None:
    (tmp_path / "none.mp4").write_bytes(b"\0\0\0\x18ftypisom" + bytes(64))
    with pytest.raises(MediaProblem):
        write_strip(tmp_path / "none.mp4", tmp_path / "strip.jpg", Strip.of(8, 320, 180))
    assert not (tmp_path / "strip.jpg").exists()


@pytest.mark.parametrize("way", ["-display_hflip", "-display_vflip"])
def test_mirrored_film_has_a_mirrored_poster_and_strip_and_is_not_copied(tmp_path: Path, way: str) -> None:
    corner = "color=black:s=320x180:d=2:r=24,drawbox=x=0:y=0:w=160:h=90:c=white:t=fill"  # upper left
    run_ffmpeg(["-f", "lavfi", "-i", corner, "-pix_fmt", "yuv420p", str(tmp_path / "plain.mp4")], timeout=30)
    flip = [way, "-i", str(tmp_path / "plain.mp4"), "-c", "copy", str(tmp_path / "flip.mp4")]
    run_ffmpeg(flip, timeout=30)
    poster(tmp_path / "flip.mp4", tmp_path / "p.jpg")
    write_strip(tmp_path / "flip.mp4", tmp_path / "s.jpg", Strip.of(2, 320, 180))
    white = (3 / 4, 1 / 4) if way == "-display_hflip" else (1 / 4, 3 / 4)
    for name, (wide, tall) in {"p.jpg": (320, 180), "s.jpg": (160, 90)}.items():
        with Image.open(tmp_path / name) as seen:
            levels = np.asarray(seen.convert("L"))
        for across in (1 / 4, 3 / 4):
            for down in (1 / 4, 3 / 4):
                level = levels[round(tall * down), round(wide * across)]
                assert (level > 200) == ((across, down) == white), (name, across, down)
    video = probe(tmp_path / "flip.mp4").video
    assert video is not None
    assert "mirrored" in misfits(video, Profile(320, 180, Fraction(24)))
