"""Resolving what a request names: portraits and songs that may be missing without failing anything.

Whoever works in somebody else's project names what is in that project (`among`), not all that its owner has.
"""

import uuid
from typing import Any

from django.db.models import Q, QuerySet

from assets.models import Audio, CharacterReference, Video
from generation.models import Project, ReservedId
from mvsite.accounts.models import User
from mvsite.logs import warn_event


def in_project(kind: type[Any], project: Project) -> Q:
    """Return the condition of the files of one kind that are in a project: chosen, taken, or promised by its jobs."""
    promised = Q(pk__in=ReservedId.objects.filter(job__project=project).values("pk"))
    if kind is Video:
        return promised | Q(pk=project.final_video_id) | Q(take__scene__project=project)
    if kind is Audio:
        return promised | Q(pk=project.audio_id)
    brought = Q(metadata__project_id=str(project.pk))
    return promised | brought | Q(pk__in=[project.character_reference_id, project.product_image_id])


def nameable(kind: type[Any], *, owner: User, among: Project | None) -> QuerySet[Any]:
    """Return the kept files that a request may name: the owner's, and of them only those in `among` if it is given."""
    rows: QuerySet[Any] = kind.objects.for_user(owner).kept()
    return rows if among is None else rows.filter(pk__in=kind.objects.filter(in_project(kind, among)).values("pk"))


def _known_id(value: str | uuid.UUID | None) -> uuid.UUID | None:
    if value is None or isinstance(value, uuid.UUID):
        return value
    try:
        return uuid.UUID(value)
    except ValueError:
        return None


def character_or_warning(
    *, owner: User, reference_id: str | uuid.UUID | None, among: Project | None = None
) -> tuple[CharacterReference | None, str | None]:
    """Find a portrait; a malformed or unknown id is a warning, never an error (SPEC)."""
    if not reference_id:
        return None, None
    known = _known_id(reference_id)
    found = nameable(CharacterReference, owner=owner, among=among).filter(pk=known).first() if known else None
    if found is None:
        warn_event("character_reference_not_found", character_reference_id=str(reference_id)[:64])
        return None, "The character reference was not found; the clip is made without it."
    return found, None


def audio_or_warning(
    *, owner: User, audio_id: str | uuid.UUID | None, among: Project | None = None
) -> tuple[Audio | None, str | None]:
    """Find a song; a malformed or unknown id is a warning, never an error (SPEC)."""
    if not audio_id:
        return None, None
    known = _known_id(audio_id)
    found = nameable(Audio, owner=owner, among=among).filter(pk=known).first() if known else None
    if found is None:
        warn_event("audio_overlay_not_found", audio_overlay_id=str(audio_id)[:64], reason="unknown id")
        return None, "The song was not found; the video is made without it."
    return found, None
