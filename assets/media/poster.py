"""Still pictures: the poster frame of a film and smaller copies of pictures."""

import warnings
from pathlib import Path

from PIL import Image, ImageOps

from assets.media.errors import MediaProblem
from assets.media.files import atomic_target
from assets.media.probe import opened
from assets.media.sniff import VIDEO_KINDS

POSTER_WIDTH = 640
MAX_PIXELS = 40_000_000
FORMATS = ("PNG", "JPEG", "WEBP")


def poster(video: Path, target: Path, *, max_width: int = POSTER_WIDTH) -> tuple[int, int]:
    """Write the first key frame as a JPEG at most `max_width` pixels wide, upright; give (width, height).

    Raises MediaProblem.
    """
    picture = _first_picture(video)
    return _write(picture, target, width=max_width, height=picture.height * max_width, kind="jpeg")


def _first_picture(video: Path) -> Image.Image:
    with opened(video, formats=VIDEO_KINDS) as (_, container):
        if container.streams.video:
            for frame in container.decode(container.streams.video[0]):
                picture = Image.fromarray(frame.to_ndarray(format="rgb24"))
                return picture.rotate(frame.rotation, expand=True) if frame.rotation else picture
    raise MediaProblem("unreadable", "there is no picture in it")


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
