"""Rows of the vault with plausible facts and no file behind them, for tests that never look at bytes."""

from typing import Any
from uuid import uuid4

from assets.keys import audio_key, character_key, clip_key
from assets.models import Audio, AudioSource, CharacterReference, CharacterSource, Video, VideoKind
from mvsite.accounts.models import User


def make_audio(owner: User, **changes: Any) -> Audio:
    """Make a song of one second."""
    row_id = changes.pop("id", uuid4())
    facts: dict[str, Any] = {
        "key": audio_key(row_id, "mp3"),
        "mime": "audio/mpeg",
        "size_bytes": 10,
        "sha256": "0" * 64,
        "duration_ms": 1000,
        "sample_rate": 48_000,
        "channels": 2,
        "codec": "mp3",
        "source": AudioSource.UPLOAD,
    }
    return Audio.objects.create(id=row_id, owner=owner, **{**facts, **changes})


def make_video(owner: User, **changes: Any) -> Video:
    """Make a clip of eight seconds."""
    row_id = changes.pop("id", uuid4())
    facts: dict[str, Any] = {
        "key": clip_key(row_id),
        "mime": "video/mp4",
        "size_bytes": 10,
        "sha256": "0" * 64,
        "kind": VideoKind.CLIP,
        "width": 1280,
        "height": 720,
        "duration_ms": 8000,
        "fps": 24.0,
        "codec": "h264",
        "has_audio": True,
    }
    return Video.objects.create(id=row_id, owner=owner, **{**facts, **changes})


def make_character(owner: User, **changes: Any) -> CharacterReference:
    """Make a generated portrait."""
    row_id = changes.pop("id", uuid4())
    facts: dict[str, Any] = {
        "key": character_key(row_id, "png"),
        "mime": "image/png",
        "size_bytes": 10,
        "sha256": "0" * 64,
        "width": 1024,
        "height": 1024,
        "source": CharacterSource.GENERATED,
    }
    return CharacterReference.objects.create(id=row_id, owner=owner, **{**facts, **changes})
