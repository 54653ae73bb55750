"""The frame counter: read back through what happens to videos, and never a lie."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from assets.media import counter
from assets.media.ffmpeg import FrameEncoder


def picture(size: tuple[int, int], seed: int) -> Image.Image:
    noise = np.random.default_rng(seed).integers(0, 255, (size[1] // 8, size[0] // 8, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC)


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (1920, 1080), (1080, 1920), (640, 360)])
def test_counter_survives_hard_compression(tmp_path: Path, size: tuple[int, int]) -> None:
    target = tmp_path / "x.mp4"
    with FrameEncoder(target, width=size[0], height=size[1], crf=28) as out:
        for number in range(12):
            frame = picture(size, number // 4)
            counter.draw(frame, "label", number + 4090)
            out.write(frame.tobytes())
    expected = [(counter.label_hash("label"), (number + 4090) % 4096) for number in range(12)]
    assert counter.read_video(target) == expected


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280)])
def test_counter_survives_half_size_and_back(size: tuple[int, int]) -> None:
    frame = picture(size, 3)
    counter.draw(frame, "label", 77)
    half = frame.resize((size[0] // 2, size[1] // 2), Image.Resampling.BICUBIC)
    assert counter.read(half) == (counter.label_hash("label"), 77)
    assert counter.read(half.resize(size, Image.Resampling.BICUBIC)) == (counter.label_hash("label"), 77)


def test_picture_without_a_strip_says_nothing() -> None:
    for seed in range(40):
        assert counter.read(picture((1280, 720), seed)) is None
    assert counter.read(Image.new("RGB", (1280, 720))) is None


def test_damaged_strip_says_nothing_rather_than_something_wrong() -> None:
    right = (counter.label_hash("label"), 1234)
    for seed in range(60):
        frame = picture((1280, 720), seed)
        counter.draw(frame, "label", 1234)
        at = seed * 20
        frame.paste((90, 90, 90) if seed % 2 else (10, 10, 10), (at, 700, at + 37, 720))
        assert counter.read(frame.filter(ImageFilter.GaussianBlur(seed % 5))) in {None, right}
