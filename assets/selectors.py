"""Reads of the vault: always through somebody's eyes; what is in the trash or beyond their reach is not found."""

from typing import TypeVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from assets.models import Audio, CharacterReference, StoredFile, StoredFileQuerySet, Video
from mvsite.common.errors import UserError
from mvsite.common.ids import parse_id

Who = AbstractBaseUser | AnonymousUser
Row = TypeVar("Row", bound=StoredFile)


def video_get(*, user: Who, id: str | UUID) -> Video:  # noqa: A002 - SPEC's word for it
    """Return one kept video. Raises `UserError` user:request:malformed_id, user:request:not_found."""
    return found(Video.objects.shown_to(user).kept(), id)


def audio_get(*, user: Who, id: str | UUID) -> Audio:  # noqa: A002 - SPEC's word for it
    """Return one kept song. Raises `UserError` user:request:malformed_id, user:request:not_found."""
    return found(Audio.objects.shown_to(user).kept(), id)


def character_get(*, user: Who, id: str | UUID) -> CharacterReference:  # noqa: A002 - SPEC's word for it
    """Return one kept portrait. Raises `UserError` user:request:malformed_id, user:request:not_found."""
    return found(CharacterReference.objects.shown_to(user).kept(), id)


def found(rows: StoredFileQuerySet[Row], id: str | UUID) -> Row:  # noqa: A002 - SPEC's word for it
    """Return the one of `rows` with this id. Raises `UserError` user:request:malformed_id, user:request:not_found."""
    row = rows.filter(pk=parse_id(id)).first()
    if row is None:
        raise UserError("user:request:not_found")
    return row
