"""What a person does with a kept file: name it, mark it, throw it away and take it back."""

from typing import TypeVar

from django.utils import timezone

from assets.models import StoredFile
from mvsite.common.text import clean_title

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
        asset.tags = list(dict.fromkeys(tag for tag in map(clean_title, tags) if tag))
    asset.save(update_fields=["title", "favourite", "tags", "updated_at"])
    return asset


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
