"""What may come in: kinds by their first bytes, sizes in bytes, pixels and minutes."""

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageCms, ImageOps

from assets.media.errors import MediaProblem
from assets.media.sniff import sniff
from mvsite.common.errors import MediaError

MIMES = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
}
EXTENSIONS = {"jpeg": "jpg"}  # where the name of the kind is not the extension people know
_BY_EXTENSION = {EXTENSIONS.get(kind, kind): mime for kind, mime in MIMES.items()} | {
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
}
MAX_PIXELS = 40_000_000
# A 20 KB picture can unpack to a gigabyte; above the limit Pillow must refuse, not mutter.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
_BOMBS = (Image.DecompressionBombWarning, Image.DecompressionBombError, MemoryError)
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, IndexError, KeyError, OverflowError)


def mime_of(key: str) -> str:
    """Give the kind of file under a key of ours, by its extension."""
    return _BY_EXTENSION.get(key.rsplit(".", 1)[-1], "application/octet-stream")


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture is: its kind (`png`, `jpeg`, `webp`) and its size in pixels."""

    kind: str
    width: int
    height: int


_REASONS = {
    "empty": "media:file:empty",
    "type": "media:file:type",
    "too_long": "media:file:too_long",
    "too_large": "media:file:too_large",
    "window": "media:audio:silent_window",
}


@contextmanager
def media_errors() -> Iterator[None]:
    """Turn what the pure functions of `assets.media` find wrong with a file into `MediaError`."""
    try:
        yield
    except MediaProblem as problem:
        code = _REASONS.get(problem.reason, "media:file:unreadable")
        raise MediaError(code, f"{problem.detail[:1].upper()}{problem.detail[1:]}.") from problem


def sniffed(path: Path, *, allowed: frozenset[str]) -> str:
    """Give the kind of a file by its first bytes. Raises `MediaError` media:file:empty, media:file:type."""
    if path.stat().st_size == 0:
        raise MediaError("media:file:empty")
    kind = sniff(path)
    if kind not in allowed:
        raise MediaError("media:file:type", f"Taken here: {', '.join(sorted(allowed))}.")
    return kind


def check_picture(path: Path) -> Picture:
    """Decode a picture to its last pixel.

    Raises `MediaError` media:file:empty, media:file:type, media:file:too_large, media:file:unreadable.
    """
    kind = sniffed(path, allowed=frozenset({"png", "jpeg", "webp"}))
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
        raise MediaError("media:file:unreadable", "The picture is damaged.") from error


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
        raise MediaError("media:file:unreadable", "The picture is damaged.") from error
    fresh.save(target, format=kind.upper(), **({} if kind == "png" else {"quality": 95}))
    return Picture(kind, *fresh.size)


def check_duration(seconds: float) -> None:
    """Refuse a song or video that is too long. Raises `MediaError` media:file:too_long."""
    if seconds > settings.MV_MAX_AUDIO_MINUTES * 60:
        raise MediaError("media:file:too_long", f"At most {settings.MV_MAX_AUDIO_MINUTES} minutes are taken.")


def _check_pixels(picture: Image.Image) -> None:
    if picture.width * picture.height > MAX_PIXELS:
        raise _too_many_pixels()


def _too_many_pixels() -> MediaError:
    return MediaError("media:file:too_large", f"At most {MAX_PIXELS // 1_000_000} million pixels are taken.")


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
