"""Smaller and converted copies of kept pictures, and the curve of a song: made when first asked for, then kept."""

import json

from assets import storage
from assets.keys import picture_key, waveform_key
from assets.media.audio import waveform
from assets.media.poster import thumbnail
from assets.models import Audio
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


def audio_waveform(*, audio: Audio) -> str:
    """Return the key of a JSON file `{audio_id, duration, peaks}`: 1200 peaks from 0 to 1.

    Raises `MediaError` media:file:unreadable, `AppError` app:storage:*.
    """
    wanted = waveform_key(audio.key)
    if not storage.exists(wanted):
        with storage.temp_dir() as folder, storage.local_path(audio.key) as path:
            with media_errors():
                peaks = [round(peak, 3) for peak in waveform(path)]
            told = {"audio_id": str(audio.pk), "duration": audio.duration_ms / 1000, "peaks": peaks}
            (folder / "curve.json").write_text(json.dumps(told, separators=(",", ":")), encoding="ascii")
            storage.store(key=wanted, source=folder / "curve.json")
    return wanted
