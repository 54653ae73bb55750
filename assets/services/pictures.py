"""Smaller and converted copies of kept pictures: made when first asked for, then kept."""

from assets import storage
from assets.keys import picture_key
from assets.media.poster import thumbnail
from assets.validators import EXTENSIONS, media_errors

SIDES = {"thumb": 320, "medium": 768, "full": 16_000}  # pixels of the longer side; WebP ends at 16,383
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
