"""Still pictures: the poster frame of a film and smaller copies of pictures."""

import warnings
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image, ImageOps

from assets.media.errors import MediaProblem
from assets.media.files import atomic_target
from assets.media.probe import MAX_SIDE, mirrored, opened, pixel_aspect
from assets.media.sniff import VIDEO_KINDS

POSTER_WIDTH = 640
MAX_PIXELS = 40_000_000
FORMATS = ("PNG", "JPEG", "WEBP")


def poster(video: Path, target: Path, *, max_width: int = POSTER_WIDTH, kind: str = "jpeg") -> tuple[int, int]:
    """Write the first key frame (`jpeg` or `webp`) at most `max_width` pixels wide, upright; give (width, height).

    Raises MediaProblem.
    """
    picture = _first_picture(video)
    return _write(picture, target, width=max_width, height=picture.height * max_width, kind=kind)


def _first_picture(video: Path) -> Image.Image:
    with opened(video, formats=VIDEO_KINDS) as (_, container):
        if container.streams.video:
            for frame in container.decode(container.streams.video[0]):
                aspect = pixel_aspect(container.streams.video[0])
                return upright(_square(Image.fromarray(frame.to_ndarray(format="rgb24")), aspect), frame)
    raise MediaProblem("unreadable", "there is no picture in it")


def _square(picture: Image.Image, aspect: Fraction) -> Image.Image:
    """Give a picture square pixels, by its width as everywhere; a very wide one loses height instead."""
    if aspect == 1:
        return picture
    width = max(1, round(picture.width * aspect))
    height = max(1, round(picture.height * min(Fraction(1), Fraction(MAX_SIDE, width))))
    return picture.resize((min(width, MAX_SIDE), height), Image.Resampling.LANCZOS)


def upright(picture: Image.Image, frame: av.VideoFrame) -> Image.Image:
    """Turn and mirror the pixels of a frame as its file wants them shown."""
    flip = mirrored(frame)
    turn = (frame.rotation + 180 * flip) % 360
    seen = ImageOps.mirror(picture) if flip else picture
    return seen.rotate(turn, expand=True) if turn else seen


def thumbnail(source: Path, target: Path, *, max_side: int, kind: str = "webp") -> tuple[int, int]:
    """Write a smaller copy of a picture (`webp`, `jpeg` or `png`), without its metadata; give (width, height).

    Raises MediaProblem, also for a picture of more than 40 million pixels.
    """
    return _write(_upright(source), target, width=max_side, height=max_side, kind=kind)


def _upright(source: Path) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(source, formats=FORMATS) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise MediaProblem("too_large", f"{picture.width}x{picture.height} pixels")
                return ImageOps.exif_transpose(picture)
        except (
            OSError,
            ValueError,
            SyntaxError,
            Image.DecompressionBombWarning,
            Image.DecompressionBombError,
        ) as error:
            raise MediaProblem("unreadable", "the picture cannot be read") from error


def _write(picture: Image.Image, target: Path, *, width: int, height: int, kind: str) -> tuple[int, int]:
    small = picture.convert("RGBA" if kind != "jpeg" and picture.has_transparency_data else "RGB")
    small.thumbnail((width, height), Image.Resampling.LANCZOS)
    with atomic_target(target) as result:
        small.save(result, format=kind.upper(), quality=85)
    return small.size
