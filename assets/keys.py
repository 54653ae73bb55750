"""The storage keys: how a file's name is built from the id of its row, and what a key may look like."""

import re
from uuid import UUID

from mvsite.common.errors import AppError

_KEY = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9_-]*/)+[A-Za-z0-9][A-Za-z0-9_-]*\.[a-z0-9]{2,5}")
MAX_LENGTH = 200


def checked_key(key: str) -> str:
    """Return `key` when it is a relative path of plain names with one extension.

    No row or request can make us leave the media folder: dots, back-slashes, empty parts and NUL are refused.
    Raises `AppError` app:storage:failed, because keys are always built by us.
    """
    if not is_key(key):
        raise AppError("app:storage:failed", "A storage key is malformed.")
    return key


def is_key(name: str) -> bool:
    """Say whether a name could be a key of ours."""
    return len(name) <= MAX_LENGTH and _KEY.fullmatch(name) is not None


def clip_key(video_id: UUID, ext: str = "mp4") -> str:
    """Name the file of any video; `ext` differs for uploads only."""
    return checked_key(f"mv/jobs/{video_id}/video.{ext}")


def part_key(job_id: UUID, number: int) -> str:
    """Name what one worker has made of a clip for a film; `number` tells two tries apart."""
    return checked_key(f"mv/jobs/{job_id}/part-{number}.mp4")


def poster_key(key: str) -> str:
    """Name the still that stands for the video under `key`; it lies beside it."""
    return checked_key(f"{key.rsplit('/', 1)[0]}/poster.jpg")


def character_key(character_id: UUID, ext: str) -> str:
    """Name the file of a portrait."""
    return checked_key(f"mv/characters/{character_id}.{ext}")


def audio_key(audio_id: UUID, ext: str) -> str:
    """Name the file of a song or a cut."""
    return checked_key(f"audio/{audio_id}.{ext}")


def picture_key(key: str, *, size: str, ext: str) -> str:
    """Name a smaller or converted copy of the picture under `key`; such copies can be made again at any time."""
    return checked_key(f"variants/{key.rsplit('.', 1)[0]}-{size}.{ext}")


def sprite_key(key: str) -> str:
    """Name the strip of small pictures of the video under `key`; it can be made again at any time."""
    return checked_key(f"variants/{key.rsplit('.', 1)[0]}-strip.jpg")


def playable_key(key: str) -> str:
    """Name the MP3 of the song under `key`; it can be made again at any time."""
    return checked_key(f"variants/{key.rsplit('.', 1)[0]}-play.mp3")


def analysis_key(sha256: str, *, version: int) -> str:
    """Name what was heard in every file of these bytes; it can be made again at any time."""
    return checked_key(f"variants/sound/{sha256}-heard-{version}.json")


def peaks_key(sha256: str) -> str:
    """Name what the curve of every file of these bytes is drawn from; it can be made again at any time."""
    return checked_key(f"variants/sound/{sha256}-peaks.u16")


def is_passing(key: str) -> bool:
    """Say whether a file can be made again from others at any time: copies of pictures, curves, windows of a song."""
    return key.startswith("variants/") or key.endswith("/window.wav")
