"""How a kept file is told to the outside: the dicts that SPEC.md promises, with addresses that stay valid.

What is told this way may be written down. `assets.addresses.freshened` puts in the bucket's presigned addresses when
it is read.
"""

from typing import Any

from assets.models import Audio, CharacterReference, StoredFile, Video
from assets.services.playing import plays_everywhere
from assets.signed import signed_url


def character_url(character: CharacterReference) -> str:
    """Give the address a portrait is served at."""
    return f"/api/mv/get_character_reference/{character.pk}"


def video_url(video: Video) -> str:
    """Give the address a video is served at."""
    return f"/api/mv/get_video/{video.pk}"


def poster_url(video: Video) -> str | None:
    """Give the address of a video's still, or None when it has none."""
    return f"/api/mv/get_video/{video.pk}?size=thumb" if video.poster_key else None


def audio_url(audio: Audio) -> str:
    """Give the address a song is served at; always ours."""
    return f"/api/audio/get/{audio.pk}"


def play_url(audio: Audio) -> str:
    """Give the address for a player: the song itself, or its MP3 where not every browser plays it."""
    return audio_url(audio) if plays_everywhere(audio) else f"{audio_url(audio)}?format=mp3"


def character_result(character: CharacterReference) -> dict[str, Any]:
    """Build `{id, path, cloud_url}`."""
    return {"id": str(character.pk), "path": character.key, "cloud_url": None}


def video_result(video: Video) -> dict[str, Any]:
    """Build `{video_id, video_path, video_url, metadata}`."""
    places: dict[str, Any] = {"cloud_url": None, "cloud_urls": [], "local_video_url": video_url(video)}
    return {
        "video_id": str(video.pk),
        "video_path": video.key,
        "video_url": video_url(video),
        "metadata": {**video.metadata, **places},
    }


def audio_result(audio: Audio) -> dict[str, Any]:
    """Build `{audio_id, audio_path, audio_url, title, duration, file_size_bytes, metadata}`; seconds and bytes."""
    return {
        "audio_id": str(audio.pk),
        "audio_path": audio.key,
        "audio_url": audio_url(audio),
        "title": audio.title,
        "duration": audio.duration_ms / 1000,
        "file_size_bytes": audio.size_bytes,
        "metadata": {**audio.metadata, "play_url": play_url(audio), "cloud_url": None},
    }


def video_info(video: Video) -> dict[str, Any]:
    """Build what `get_video/{id}/info` answers."""
    return {
        **_info(video, video.kind),
        "duration": video.duration_ms / 1000,
        "width": video.width,
        "height": video.height,
        "fps": video.fps,
        "has_audio": video.has_audio,
        "is_mock": video.is_mock,
    }


def audio_info(audio: Audio) -> dict[str, Any]:
    """Build what `audio/get/{id}/info` answers."""
    return {
        **_info(audio, "audio"),
        "duration": audio.duration_ms / 1000,
        "source": audio.source,
        "original_audio_id": str(audio.original_id) if audio.original_id else None,
        "is_mock": False,
    }


def character_info(character: CharacterReference) -> dict[str, Any]:
    """Build what `get_character_reference/{id}/info` answers; a picture lasts no time."""
    return {
        **_info(character, "character"),
        "duration": None,
        "width": character.width,
        "height": character.height,
        "source": character.source,
        "description": character.description,
        "is_mock": bool(character.metadata.get("is_mock")),
    }


def _info(row: StoredFile, kind: str) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "kind": kind,
        "owner": str(row.owner_id),
        "title": row.title,
        "created_at": row.created_at.isoformat(),
        "updated_at": row.updated_at.isoformat(),
        "mime": row.mime,
        "path": row.key,
        "cloud_url": None,
        "signed_url": signed_url(row),
        "file_size_bytes": row.size_bytes,
        "sha256": row.sha256,
        "metadata": row.metadata,
    }
