"""Ids as they come in from outside."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from mvsite.common.errors import UserError


def parse_id(text: str | UUID) -> UUID:
    """Read an id. Raises `UserError` user:request:malformed_id."""
    if isinstance(text, UUID):
        return text
    try:
        # UUID() forgives braces, prefixes and missing dashes; an address of ours has one spelling.
        found = UUID(text)
    except ValueError:
        found = None
    if found is None or str(found) != text.lower():
        raise UserError("user:request:malformed_id", f"{text[:60]!r} is not an id.")
    return found


def may_be_key(field: Any, text: str) -> bool:
    """Say whether a model's primary key can be this: of its kind, and no larger than numbers of the database are."""
    try:
        field.clean(text, None)
    except ValidationError:
        return False
    return "\0" not in text
