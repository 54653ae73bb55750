"""Smaller and converted copies of kept pictures: made when first asked for, then kept."""

from assets import storage
from assets.keys import picture_key
from assets.media.poster import poster, thumbnail
from assets.models import Video
from assets.validators import EXTENSIONS, media_errors

SIDES = {"thumb": 320, "medium": 768, "full": 16_000}  # pixels of the longer side; WebP ends at 16,383
POSTER_WIDTHS = {"medium": 1280, "full": 8_192}  # pixels; `thumb` is the poster that is kept beside the film
KINDS = ("webp", "jpeg")


def picture_variant(*, key: str, size: str, kind: str) -> str:
    """Return the key of a copy of the picture under `key`: `size` thumb, medium or full, `kind` webp or jpeg.

    Raises `MediaError` media:file:unreadable, `AppError` app:storage:*.
    """
    wanted = picture_key(key, size=size, ext=EXTENSIONS.get(kind, kind))
    if not storage.exists(wanted):
        with storage.temp_dir() as folder, storage.local_path(key) as path:
            with media_errors():
                thumbnail(path, folder / "copy", max_side=SIDES[size], kind=kind)
            storage.store(key=wanted, source=folder / "copy")
    return wanted


def poster_variant(*, video: Video, size: str, kind: str) -> str:
    """Return the key of the first picture of a video that has a poster: `thumb` as kept, `medium` and `full` larger.

    Raises `MediaError` media:file:*, `AppError` app:storage:*.
    """
    if size == "thumb":
        return video.poster_key if kind == "jpeg" else picture_variant(key=video.poster_key, size="full", kind=kind)
    wanted = picture_key(video.poster_key, size=f"{size}-still", ext=EXTENSIONS.get(kind, kind))
    if not storage.exists(wanted):
        with storage.temp_dir() as folder, storage.local_path(video.key) as film:
            with media_errors():
                poster(film, folder / "still", max_width=POSTER_WIDTHS[size], kind=kind)
            storage.store(key=wanted, source=folder / "still")
    return wanted
