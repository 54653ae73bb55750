"""Addresses of today: presigned ones expire, so they are put into an answer when it is read; only keys are kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assets import storage
from assets.models import Audio, CharacterReference, StoredFile, Video
from assets.validators import mime_of
from mvsite.common.text import download_name

PATHS = ("video_path", "audio_path", "path")
NOT_UPLOADED = "The file could not be uploaded to the cloud yet; it is kept here and uploaded later."
_MODELS: tuple[type[StoredFile], ...] = (Video, Audio, CharacterReference)


@dataclass(frozen=True, slots=True)
class _Place:
    """What the bucket has of a file: its presigned address, or None when it has it not (yet)."""

    url: str | None
    is_pending: bool


def freshened(told: Any) -> Any:
    """Return an answer with the addresses of today in every result in it (`video_path`, `audio_path`, `path`).

    Without a bucket it is returned as it is. Asks the database a fixed number of times, the bucket never.
    """
    if not storage.has_bucket():
        return told
    keys = set(_keys_in(told))
    return _fresh(told, _places(keys)) if keys else told


def _keys_in(told: Any) -> Iterator[str]:
    """Yield the keys in an answer."""
    if isinstance(told, Mapping):
        word = _word_of(told)
        if word:
            yield told[word]
        for inner in told.values():
            yield from _keys_in(inner)
    elif isinstance(told, list):
        for inner in told:
            yield from _keys_in(inner)


def _word_of(told: Mapping[str, Any]) -> str | None:
    found = next((word for word in PATHS if isinstance(told.get(word), str)), None)
    return None if found == "path" and "cloud_url" not in told else found


def _places(keys: set[str]) -> dict[str, _Place]:
    here = storage.places_of(keys)
    titles: dict[str, str] = {}
    for model in _MODELS if here else ():
        rows = model._base_manager.filter(key__in=here)  # noqa: SLF001 - the manager that hides nothing
        titles.update(rows.values_list("key", "title"))
    return {
        key: _Place(_signed(key, titles.get(key, "")) if key in here else None, is_pending=key not in here)
        for key in keys
    }


def _fresh(told: Any, places: Mapping[str, _Place]) -> Any:
    if isinstance(told, list):
        return [_fresh(inner, places) for inner in told]
    if not isinstance(told, Mapping):
        return told
    fresh = {name: _fresh(inner, places) for name, inner in told.items()}
    word = _word_of(told)
    if word is None:
        return fresh
    place = places[told[word]]
    if word == "path":
        return {**fresh, "cloud_url": place.url}
    if word == "video_path" and "video_url" in fresh and place.url and storage.served_from_cloud():
        fresh["video_url"] = place.url
    if isinstance(fresh.get("metadata"), dict):
        fresh["metadata"] = _metadata(fresh["metadata"], place)
    return fresh


def _metadata(told: dict[str, Any], place: _Place) -> dict[str, Any]:
    fresh = {**told, "cloud_url": place.url}
    if "cloud_urls" in told:
        fresh["cloud_urls"] = [place.url] if place.url else []
    if "storage_backend" in told:
        fresh["storage_backend"] = "cloud" if place.url and storage.served_from_cloud() else "local"
    if place.is_pending:
        fresh["warnings"] = [*told.get("warnings", ()), NOT_UPLOADED]
    return fresh


def _signed(key: str, title: str) -> str:
    return storage.url_for(key, mime=mime_of(key), filename=download_name(title, key.rsplit(".", 1)[1]))
