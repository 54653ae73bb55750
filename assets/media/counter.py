"""A strip of small cells along the bottom edge that says which scene and which frame a picture is.

64 cells: two guards, 32 bits of the label's hash, 12 bits of the frame number, 16 bits of checksum, two guards.
Dark and a little less dark, a few pixels high; a checksum makes a wrong read `None`, never a lie.
"""

import hashlib
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

LABEL_BITS, FRAME_BITS, SUM_BITS = 32, 12, 16
_START, _END = (1, 0), (0, 1)
CELLS = len(_START) + LABEL_BITS + FRAME_BITS + SUM_BITS + len(_END)
FRAME_LIMIT = 1 << FRAME_BITS
_DARK, _LIGHT = (18, 18, 18), (62, 62, 62)
_LEAST_CONTRAST = 18.0

Read = tuple[int, int]


def label_hash(label: str) -> int:
    """Give the 32-bit number that stands for a label in the strip."""
    return int.from_bytes(hashlib.blake2b(label.encode(), digest_size=4).digest(), "big")


def strip_height(size: tuple[int, int]) -> int:
    """Give the height of the strip in pixels for a picture of `size`."""
    return max(6, round(max(size) * 0.00625 / 2) * 2)


def _checksum(value: int) -> int:
    """CRC-16/CCITT over the 44 payload bits, so that flat and random edges do not pass."""
    remainder = 0xFFFF
    for shift in range(LABEL_BITS + FRAME_BITS - 1, -1, -1):
        bit = (value >> shift) & 1
        carry = (remainder >> 15) ^ bit
        remainder = (remainder << 1) & 0xFFFF
        if carry:
            remainder ^= 0x1021
    return remainder


def _bits(value: int, count: int) -> list[int]:
    return [(value >> shift) & 1 for shift in range(count - 1, -1, -1)]


def draw(picture: Image.Image, label: str, frame_number: int) -> None:
    """Draw the strip onto an RGB picture, in place; the frame number is kept modulo 4096."""
    value = (label_hash(label) << FRAME_BITS) | (frame_number % FRAME_LIMIT)
    cells = [*_START, *_bits(value, LABEL_BITS + FRAME_BITS), *_bits(_checksum(value), SUM_BITS), *_END]
    wide, high = picture.size
    top = high - strip_height(picture.size)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, top, wide, high), fill=_DARK)
    for index, bit in enumerate(cells):
        if bit:
            pen.rectangle((round(index * wide / CELLS), top, round((index + 1) * wide / CELLS) - 1, high), fill=_LIGHT)


def read(picture: Image.Image) -> Read | None:
    """Read the strip of a picture in any size: (hash of the label, frame number), or None when there is none."""
    wide, high = picture.size
    rows = strip_height(picture.size) if min(picture.size) >= 480 else max(2, round(max(picture.size) * 0.00625))
    edge = np.asarray(picture.convert("L").crop((0, high - rows, wide, high)), dtype=np.float64)
    return _decode(edge)


def _decode(edge: NDArray[np.float64]) -> Read | None:
    rows, wide = edge.shape
    if wide < CELLS * 2:
        return None
    # The uppermost row mixes with the picture when the video is scaled; the lowest may be padding of the codec.
    line = edge[rows // 3 :].mean(axis=0)
    cell = wide / CELLS
    inner = [
        line[round((i + 0.28) * cell) : max(round((i + 0.72) * cell), round((i + 0.28) * cell) + 1)]
        for i in range(CELLS)
    ]
    levels = np.array([part.mean() for part in inner])
    bright, dark = (levels[0] + levels[-1]) / 2, (levels[1] + levels[-2]) / 2
    if bright - dark < _LEAST_CONTRAST:
        return None
    bits = [int(level > (bright + dark) / 2) for level in levels]
    payload = bits[2 : 2 + LABEL_BITS + FRAME_BITS]
    value = int("".join(map(str, payload)), 2)
    told = int("".join(map(str, bits[2 + LABEL_BITS + FRAME_BITS : -2])), 2)
    if tuple(bits[:2]) != _START or tuple(bits[-2:]) != _END or told != _checksum(value):
        return None
    return value >> FRAME_BITS, value % FRAME_LIMIT


def read_video(path: Path) -> list[Read | None]:
    """Read the strip of every frame of a video, in order. Raises av.error.FFmpegError for what is no video."""
    with av.open(str(path)) as container:
        return [read(Image.fromarray(frame.to_ndarray(format="rgb24"))) for frame in container.decode(video=0)]
