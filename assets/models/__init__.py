"""The rows of the vault: what we know about every file we keep."""

from assets.models.audio import Audio, AudioSource
from assets.models.character import CharacterReference, CharacterSource
from assets.models.cloud_copy import CloudCopy, CopyState
from assets.models.stored_file import StoredFile, StoredFileQuerySet
from assets.models.video import Rating, Video, VideoKind

__all__ = [
    "Audio",
    "AudioSource",
    "CharacterReference",
    "CharacterSource",
    "CloudCopy",
    "CopyState",
    "Rating",
    "StoredFile",
    "StoredFileQuerySet",
    "Video",
    "VideoKind",
]
