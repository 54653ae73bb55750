"""Pictures, clips and songs that come with a request itself: by URL, or inside the JSON.

What comes in is checked and stored before the transaction of the request opens (a slow server elsewhere must not
hold the database); its row is saved together with the job that needs it.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit
from uuid import UUID

from django.conf import settings
from rest_framework.exceptions import ValidationError

from assets import storage
from assets.models import Audio, CharacterReference, StoredFile, Video
from assets.services.audio import audio_receive
from assets.services.characters import character_receive
from assets.services.room import kept_within_quota
from assets.services.videos import video_receive
from mvsite.accounts.models import User
from mvsite.accounts.quotas import STORAGE, check_room, hold_room, release_room
from mvsite.accounts.throttles import count_fetch
from mvsite.common.fetch import FetchRules, fetch_url
from mvsite.logs import warn_event

Row = TypeVar("Row", bound=StoredFile)
_MB = 1_000_000
LARGEST_PICTURE_MB = 20
REFERENCES = ("character_reference_id", "reference_image_url", "reference_image_base64")


def kept(row: Row | None) -> Row | None:
    """Save what came in, inside the caller's transaction; `start_work` deletes its file again when that fails."""
    return kept_within_quota(row) if row is not None else None


def picture_received(
    *, asker: User, owner: User, words: Mapping[str, Any]
) -> tuple[CharacterReference | None, tuple[str, ...]]:
    """Take the picture that a clip's request brings along, if it counts; its row is not saved yet. Gives warnings too.

    An id goes before a URL, a URL before base64. Raises user:url:refused, user:request:throttled, media:file:*,
    ValidationError.
    """
    given = [name for name in REFERENCES if words.get(name)]
    warnings = []
    if len(given) > 1:
        warn_event(
            "character_reference_conflict",
            character_reference_id=str(words.get(given[0]))[:64] if given[0] == REFERENCES[0] else "",
            given=given,
            used=given[0],
        )
        warnings.append(f"Several references were given ({', '.join(given)}); {given[0]} was used.")
    if not given or given[0] == "character_reference_id":
        return None, tuple(warnings)
    if given[0] == "reference_image_url":
        return _picture_by_url(asker, owner, str(words["reference_image_url"])), tuple(warnings)
    warnings.append("reference_image_base64 is deprecated; upload the picture and send its id.")
    return _picture_in_json(owner, str(words["reference_image_base64"])), tuple(warnings)


def video_received(*, asker: User, owner: User, url: str) -> Video:
    """Fetch a clip; its row is not saved yet. Raises user:url:refused, user:request:throttled, media:file:*."""
    with storage.temp_dir() as folder:
        rules = FetchRules(settings.MV_FETCH_MAX_MB * _MB, kinds=("video/",))
        with _fetched(url, folder / "clip", rules, asker, owner):
            return video_receive(owner=owner, path=folder / "clip", name=_name(url))


def audio_received(*, asker: User, owner: User, url: str) -> Audio:
    """Fetch a song; its row is not saved yet. Raises user:url:refused, user:request:throttled, media:file:*."""
    with storage.temp_dir() as folder:
        rules = FetchRules(settings.MV_FETCH_MAX_MB * _MB, kinds=("audio/", "video/mp4"))
        with _fetched(url, folder / "song", rules, asker, owner):
            return audio_receive(owner=owner, path=folder / "song", name=_name(url))


@contextmanager
def _fetched(url: str, target: Path, rules: FetchRules, asker: User, owner: User) -> Iterator[None]:
    """Fetch one file, if whoever asks may still have something fetched in this minute (`MV_RATE_FETCH`) and it fits.

    Where the server says how long it is, its room is held from then on until the caller has looked at it.
    """
    holds: list[UUID | None] = []
    count_fetch(asker)
    try:
        fetch_url(url, target=target, rules=replace(rules, coming=lambda size: holds.append(hold_room(owner.pk, size))))
        if not holds:
            check_room(STORAGE, owner.pk, more=target.stat().st_size)
        yield
    finally:
        for hold in holds:
            release_room(hold)


def _picture_by_url(asker: User, owner: User, url: str) -> CharacterReference:
    with storage.temp_dir() as folder:
        rules = FetchRules(min(LARGEST_PICTURE_MB, settings.MV_FETCH_MAX_MB) * _MB, kinds=("image/",))
        with _fetched(url, folder / "picture", rules, asker, owner):
            return character_receive(owner=owner, path=folder / "picture", name=_name(url))


def _picture_in_json(owner: User, text: str) -> CharacterReference:
    head, _, tail = text.rpartition(",")
    if head and not head.startswith("data:image/"):
        raise ValidationError({"reference_image_base64": ["Send base64, or a data: URL of a picture."]})
    try:
        picture = base64.b64decode(tail, validate=True)
    except (binascii.Error, ValueError):
        raise ValidationError({"reference_image_base64": ["This is not base64."]}) from None
    with storage.temp_dir() as folder:
        (folder / "picture").write_bytes(picture)
        check_room(STORAGE, owner.pk, more=len(picture))
        return character_receive(owner=owner, path=folder / "picture")


def _name(url: str) -> str:
    return PurePosixPath(unquote(urlsplit(url).path)).name
