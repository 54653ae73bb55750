"""What a person does with a kept file: name it, mark it, throw it away and take it back."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from assets.models import StoredFile, StoredFileQuerySet, Video
from mvsite.common.errors import FieldError, UserError
from mvsite.common.tags import MOST_TAGS
from mvsite.common.text import clean_tags, clean_title

Row = TypeVar("Row", bound=StoredFile)


def asset_update(
    *, asset: Row, title: str | None = None, favourite: bool | None = None, tags: list[str] | None = None
) -> Row:
    """Change what is given; tags are cleaned, and each is kept once, in the order given."""
    if title is not None:
        asset.title = clean_title(title)
    if favourite is not None:
        asset.favourite = favourite
    if tags is not None:
        asset.tags = clean_tags(tags)
    asset.save(update_fields=["title", "favourite", "tags", "updated_at"])
    return asset


def video_update(*, video: Video, rating: int | None = None, **words: Any) -> Video:
    """Rate a video 1 to 5, or 0 to take the rating back, and change what `asset_update` takes."""
    with transaction.atomic():
        if rating is not None:
            video.rating = rating
            video.save(update_fields=["rating"])
        return asset_update(asset=video, **words)


def asset_trash(*, asset: Row) -> Row:
    """Put it into the trash; the bytes stay, and what was made from it still plays."""
    if asset.trashed_at is None:
        asset.trashed_at = timezone.now()
        asset.save(update_fields=["trashed_at", "updated_at"])
    return asset


def asset_restore(*, asset: Row) -> Row:
    """Take it out of the trash; out of it already is fine."""
    if asset.trashed_at is not None:
        asset.trashed_at = None
        asset.save(update_fields=["trashed_at", "updated_at"])
    return asset


BULK_ACTIONS = ("favourite", "unfavourite", "tag", "untag", "trash", "restore")


def assets_change(*, rows: StoredFileQuerySet[Row], ids: Sequence[UUID], action: str, tags: Sequence[str] = ()) -> int:
    """Do one of `BULK_ACTIONS` to those of `rows` that `ids` name, all or none; return how many there were.

    What lies in the trash can only be restored. Doing something twice is fine. Raises user:request:invalid where
    tags would bring one of them above `MOST_TAGS`.
    """
    change = _change(action, tags)
    found = rows if action == "restore" else rows.kept()
    with transaction.atomic():
        named = list(found.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
        for row in named:
            change(row)
    return len(named)


def _change(action: str, tags: Sequence[str]) -> Callable[[StoredFile], object]:
    changes: dict[str, Callable[[StoredFile], object]] = {
        "favourite": lambda row: asset_update(asset=row, favourite=True),
        "unfavourite": lambda row: asset_update(asset=row, favourite=False),
        "tag": lambda row: asset_update(asset=row, tags=_with_tags(row, tags)),
        "untag": lambda row: asset_update(asset=row, tags=[tag for tag in row.tags if tag not in tags]),
        "trash": lambda row: asset_trash(asset=row),
        "restore": lambda row: asset_restore(asset=row),
    }
    return changes[action]


def _with_tags(row: StoredFile, tags: Sequence[str]) -> list[str]:
    """Add tags; more than `MOST_TAGS`, of before there were bounds, may stay. Raises user:request:invalid."""
    found = clean_tags([*row.tags, *tags])
    if len(found) > max(MOST_TAGS, len(row.tags)):
        detail = f"{row.title or row.pk} would have {len(found)} tags; {MOST_TAGS} is the most. Nothing was tagged."
        raise UserError("user:request:invalid", detail, errors=(FieldError("#/tags", detail, "max_length"),))
    return found
