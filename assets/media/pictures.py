"""Pictures that somebody sent: decoded to the last pixel, and written anew without what was attached."""

import struct
import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageCms, ImageOps

from assets.media.errors import MediaProblem
from assets.media.sniff import IMAGE_KINDS, sniff

MAX_PIXELS = 40_000_000
# A 20 KB picture can unpack to a gigabyte; above the limit Pillow must refuse, not mutter.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
_BOMBS = (Image.DecompressionBombWarning, Image.DecompressionBombError, MemoryError)
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, IndexError, KeyError, OverflowError)


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture is: its kind (`png`, `jpeg`, `webp`) and its size in pixels."""

    kind: str
    width: int
    height: int


def check_picture(path: Path) -> Picture:
    """Decode a picture to its last pixel.

    Raises MediaProblem: `empty`, `type`, `too_large`, `unreadable`.
    """
    kind = _kind_of(path)
    try:
        with Image.open(path, formats=(kind.upper(),)) as picture:
            _check_pixels(picture)
            picture.verify()
        # verify() looks at checksums only and spends the object: the pixels need a second opening.
        with Image.open(path, formats=(kind.upper(),)) as picture:
            picture.load()
            return Picture(kind, *picture.size)
    except _BOMBS as error:
        raise _too_many_pixels() from error
    except _BROKEN as error:
        raise MediaProblem("unreadable", "the picture is damaged") from error


def clean_picture(source: Path, target: Path) -> Picture:
    """Write a picture anew as the same kind: upright, sRGB, without EXIF, place or anything else attached.

    Raises what `check_picture` raises.
    """
    kind = check_picture(source).kind
    try:
        with Image.open(source, formats=(kind.upper(),)) as picture:
            plain = _in_srgb(ImageOps.exif_transpose(picture))
            plain = plain.convert("RGBA" if kind != "jpeg" and plain.has_transparency_data else "RGB")
            fresh = Image.new(plain.mode, plain.size)  # a new one has no attachments to forget
            fresh.paste(plain)
    except _BROKEN as error:
        raise MediaProblem("unreadable", "the picture is damaged") from error
    fresh.save(target, format=kind.upper(), **({} if kind == "png" else {"quality": 95}))
    return Picture(kind, *fresh.size)


def _kind_of(path: Path) -> str:
    if path.stat().st_size == 0:
        raise MediaProblem("empty", "the file is empty")
    kind = sniff(path)
    if kind not in IMAGE_KINDS:
        raise MediaProblem("type", f"taken here: {', '.join(sorted(IMAGE_KINDS))}")
    return kind


def _check_pixels(picture: Image.Image) -> None:
    if picture.width * picture.height > MAX_PIXELS:
        raise _too_many_pixels()


def _too_many_pixels() -> MediaProblem:
    return MediaProblem("too_large", f"at most {MAX_PIXELS // 1_000_000} million pixels are taken")


def _in_srgb(picture: Image.Image) -> Image.Image:
    """Convert the colours of a picture with a profile (phones write Display P3); a broken profile is ignored."""
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in {"RGB", "RGBA", "L", "CMYK"}:
        return picture
    try:
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        wide = ImageCms.ImageCmsProfile(BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, wide, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, *_BROKEN):
        return picture
    return converted or picture
