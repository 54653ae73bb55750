"""The strip of small pictures of a video, made when first asked for, then kept."""

from functools import partial
from pathlib import Path

from assets import storage
from assets.keys import sprite_key
from assets.media import checkup
from assets.media.sprite import Strip
from assets.models import Video
from assets.services.derived import derived
from assets.validators import media_errors


def strip_of(video: Video) -> Strip:
    """Return how the strip of a video is laid out."""
    return Strip.of(video.duration_ms / 1000, video.width, video.height)


def video_sprite(*, video: Video) -> str:
    """Return the key of the strip. Raises user:media:not_ready for a long film, media:file:*, app:storage:*."""
    return derived(
        key=sprite_key(video.key), source=video.key, make=partial(_write, strip=strip_of(video)), patient=False
    )


def _write(source: Path, target: Path, strip: Strip) -> None:
    with media_errors(), storage.disk_errors():
        checkup.write_strip(source, target, strip)
