"""What may come in: kinds by their first bytes, sizes in bytes, pixels and minutes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from assets.media.errors import MediaProblem
from assets.media.pictures import Picture
from assets.media.pictures import check_picture as decoded_picture
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


def mime_of(key: str) -> str:
    """Give the kind of file under a key of ours, by its extension."""
    ending = key.rsplit(".", 1)[-1]
    if ending == "webm" and key.startswith("audio/"):
        return song_mime(ending)
    return _BY_EXTENSION.get(ending, "application/octet-stream")


def song_mime(kind: str) -> str:
    """Give the type of a song of a sniffed kind; WebM is a film's unless it is known to be a song."""
    return "audio/webm" if kind == "webm" else MIMES[kind]


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
    with media_errors():
        return decoded_picture(path)


def check_duration(seconds: float) -> None:
    """Refuse a song or video that is too long. Raises `MediaError` media:file:too_long."""
    if seconds > settings.MV_MAX_AUDIO_MINUTES * 60:
        raise MediaError("media:file:too_long", f"At most {settings.MV_MAX_AUDIO_MINUTES} minutes are taken.")
