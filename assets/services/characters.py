"""Portraits: kept from a file that a provider made, and uploaded."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from assets import storage
from assets.keys import character_key
from assets.media.checkup import clean_picture
from assets.media.pictures import Picture
from assets.models import CharacterReference, CharacterSource
from assets.services.keeping import first_copy, kept_once, taken_in
from assets.validators import EXTENSIONS, MIMES, check_picture, media_errors
from mvsite.accounts.models import User
from mvsite.common.text import clean_title, title_from_name


def character_create_from_file(
    *,
    id: UUID,  # noqa: A002 - SPEC's word for it
    owner: User,
    path: Path,
    description: str = "",
    seed: int | None = None,
    source: CharacterSource = CharacterSource.GENERATED,
    title: str = "",
    metadata: dict[str, Any] | None = None,
) -> CharacterReference:
    """Keep a picture byte for byte under a reserved id; called again it returns the row that is there.

    The bytes stay as they are because providers mark what they made in them.
    Raises `MediaError` media:file:*, `AppError` app:storage:*.
    """
    kept = CharacterReference.objects.filter(pk=id).first()
    if kept is not None:
        return kept
    row = taken_in(lambda: _received(id=id, owner=owner, path=path, source=source))
    row.title = clean_title(title) or clean_title(description)
    row.description, row.seed = description, seed
    row.metadata = {**row.metadata, **(metadata or {})}
    return kept_once(row)


def character_upload(
    *,
    owner: User,
    path: Path,
    name: str = "",
    title: str = "",
    source: CharacterSource = CharacterSource.UPLOADED,
) -> CharacterReference:
    """Keep a picture that a person sent, written anew: upright and without what cameras attach (place, owner, time).

    Raises `MediaError` media:file:*, `AppError` app:storage:*.
    """
    return kept_once(character_receive(owner=owner, path=path, name=name, title=title, source=source))


def character_receive(
    *,
    owner: User,
    path: Path,
    name: str = "",
    title: str = "",
    source: CharacterSource = CharacterSource.UPLOADED,
) -> CharacterReference:
    """Check and store an upload and return its row unsaved, so that a caller can save it with more in one go.

    Raises what `character_upload` raises.
    """
    storage.ensure_space(path.stat().st_size)
    with storage.temp_dir() as folder:
        with storage.disk_errors(), media_errors():
            picture = clean_picture(path, folder / "clean")
        row = _received(id=uuid4(), owner=owner, path=folder / "clean", source=source, known=picture)
    row.title = clean_title(title) or title_from_name(name)
    return row


def _received(
    *,
    id: UUID,  # noqa: A002 - the row's own word
    owner: User,
    path: Path,
    source: CharacterSource,
    known: Picture | None = None,
) -> CharacterReference:
    """Check and store a picture, unless it is `known` what it is; its row is not saved yet."""
    kind = (known or check_picture(path)).kind
    key = character_key(id, EXTENSIONS.get(kind, kind))
    with first_copy(key, path) as kept:
        picture = known or check_picture(kept)
        stored = storage.store(key=key, source=kept)
    return CharacterReference(
        id=id,
        owner=owner,
        key=key,
        mime=MIMES[kind],
        size_bytes=stored.size,
        sha256=stored.sha256,
        width=picture.width,
        height=picture.height,
        source=source,
        metadata={"source": str(source), "format": kind, "width": picture.width, "height": picture.height},
    )
