"""What an HDR picture (PQ, HLG) looks like as BT.709 shows it: worked out here, not by the filters that make it so."""

from functools import cache
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from assets.media.probe import UNSPECIFIED, VideoFacts
from assets.media.stitch.conform import HDR, WHITE

Levels = NDArray[np.float32]  # brightness of each pixel, in video levels of eight bits

BAND = 64  # rows at once: a whole picture in numbers of four bytes, several times over, would be hundreds of megabytes
PQ = 16
KEPT, PEAK = 0.7, 10.0  # of plain white: what stays as it is, and what becomes white (ffmpeg's when a clip says none)
CODES = 1 << 12  # steps of a curve; the curves are steep where it is dark, so light is looked up by its square root
# What red and blue weigh in the brightness of a matrix of ITU-T H.273; BT.2020's when it is none of them.
WEIGHTS = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 6: (0.299, 0.114)}
WEIGHTS_2020 = (0.2627, 0.0593)
# Red, green and blue light of BT.2020 and Display P3 as that of BT.709.
TO_709 = {
    9: ((1.6605, -0.5876, -0.0728), (-0.1246, 1.1329, -0.0083), (-0.0182, -0.1006, 1.1187)),
    12: ((1.2249, -0.2247, 0.0), (-0.0420, 1.0419, 0.0), (-0.0197, -0.0786, 1.0979)),
}


def levels_in_709(frame: av.VideoFrame, video: VideoFacts) -> Levels:
    """Give the brightness of each pixel of an HDR picture, on its side, as the film shows it."""
    yuv = frame.reformat(format="yuv444p16le")
    planes = [
        np.frombuffer(memoryview(plane), "<u2").reshape(-1, plane.line_size // 2)[: frame.height, : frame.width]
        for plane in yuv.planes
    ]
    levels = np.empty(planes[0].shape, np.float32)
    for top in range(0, frame.height, BAND):
        levels[top : top + BAND] = _levels([plane[top : top + BAND].astype(np.float32) for plane in planes], video)
    return levels


def _levels(planes: list[Any], video: VideoFacts) -> Any:
    curve = _curve_pq() if video.transfer == PQ else _curve_hlg()
    light = [_looked_up(curve, one) for one in _rgb(planes, video)]  # 1 = plain white
    if video.primaries in TO_709 or video.primaries == UNSPECIFIED:
        light = _mixed(light, TO_709.get(video.primaries, TO_709[9]))
    press = _press(np.maximum(np.maximum(light[0], light[1]), light[2]))
    red, green, blue = (_looked_up(_curve_709(), np.sqrt(np.clip(one * press, 0, 1))) for one in light)
    return 16 + 219 * (0.2126 * red + 0.7152 * green + 0.0722 * blue)


def is_hdr(video: VideoFacts) -> bool:
    """Say whether a clip's light is brighter than a film of BT.709 can show."""
    return video.transfer in HDR


def _rgb(planes: list[Any], video: VideoFacts) -> list[Any]:
    """Give red, green and blue, 0..1 on the clip's own curve."""
    luma, cb, cr = planes
    low, span, colour = (0.0, 65_535.0, 65_535.0) if video.full_range else (4_096.0, 56_064.0, 57_344.0)
    red, blue = WEIGHTS.get(video.matrix, WEIGHTS_2020)
    y, b, r = (luma - low) / span, (cb - 32_768) / colour, (cr - 32_768) / colour
    reds, blues = y + 2 * (1 - red) * r, y + 2 * (1 - blue) * b
    return [reds, (y - red * reds - blue * blues) / (1 - red - blue), blues]


def _mixed(light: list[Any], matrix: tuple[tuple[float, float, float], ...]) -> list[Any]:
    return [sum(np.float32(part) * one for part, one in zip(row, light, strict=True)) for row in matrix]


def _press(brightest: Any) -> Any:
    """Give the factor for each pixel whose brightest colour is this: `tonemap=mobius` says so of a peak of PEAK."""
    a = -(KEPT**2) * (PEAK - 1) / (KEPT**2 - 2 * KEPT + PEAK)
    b = (KEPT**2 - 2 * KEPT * PEAK + PEAK) / (PEAK - 1)
    light = np.maximum(brightest, np.float32(KEPT))
    pressed = np.float32((b * b + 2 * b * KEPT + KEPT**2) / (b - a)) * (light + np.float32(a)) / (light + np.float32(b))
    return pressed / light


def _looked_up(curve: NDArray[np.float32], values: Any) -> Any:
    return curve[np.clip(values * (CODES - 1) + 0.5, 0, CODES - 1).astype(np.intp)]


def _steps() -> NDArray[np.float64]:
    return np.arange(CODES) / (CODES - 1)


@cache
def _curve_pq() -> NDArray[np.float32]:
    """From PQ (SMPTE ST 2084) to light."""
    root = _steps() ** (1 / 78.84375)
    light = (np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125)
    return np.asarray(light * 10_000 / WHITE, np.float32)


@cache
def _curve_hlg() -> NDArray[np.float32]:
    """From HLG (ARIB STD-B67) to the light of a screen of 1000 cd/m2."""
    steps = _steps()
    bright = (np.exp((steps - 0.55991073) / 0.17883277) + 0.28466892) / 12
    return np.asarray(np.where(steps <= 0.5, steps**2 / 3, bright) ** 1.2 * 1000 / WHITE, np.float32)


@cache
def _curve_709() -> NDArray[np.float32]:
    """From the square root of light to BT.709, as a screen shows it (BT.1886)."""
    return np.asarray(_steps() ** (2 / 2.4), np.float32)
