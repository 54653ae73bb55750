"""Resolving what a request names: portraits and songs that may be missing without failing anything."""

import uuid

from assets.models import Audio, CharacterReference
from mvsite.accounts.models import User
from mvsite.logs import warn_event


def _known_id(value: str | uuid.UUID | None) -> uuid.UUID | None:
    if value is None or isinstance(value, uuid.UUID):
        return value
    try:
        return uuid.UUID(value)
    except ValueError:
        return None


def character_or_warning(
    *, owner: User, reference_id: str | uuid.UUID | None
) -> tuple[CharacterReference | None, str | None]:
    """Find a portrait; a malformed or unknown id is a warning, never an error (SPEC)."""
    if not reference_id:
        return None, None
    known = _known_id(reference_id)
    found = CharacterReference.objects.for_user(owner).kept().filter(pk=known).first() if known else None
    if found is None:
        warn_event("character_reference_not_found", character_reference_id=str(reference_id)[:64])
        return None, "The character reference was not found; the clip is made without it."
    return found, None


def audio_or_warning(*, owner: User, audio_id: str | uuid.UUID | None) -> tuple[Audio | None, str | None]:
    """Find a song; a malformed or unknown id is a warning, never an error (SPEC)."""
    if not audio_id:
        return None, None
    known = _known_id(audio_id)
    found = Audio.objects.for_user(owner).kept().filter(pk=known).first() if known else None
    if found is None:
        warn_event("audio_overlay_not_found", audio_overlay_id=str(audio_id)[:64], reason="unknown id")
        return None, "The song was not found; the video is made without it."
    return found, None
