"""Finding what a request names, among the rows of the one who asks and nobody else's."""

import uuid
from typing import Any

from django.db import models
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request

from mvsite.accounts.models import User
from mvsite.common.errors import UserError


def owner_of(request: Request) -> User:
    """Return who asks. Raises NotAuthenticated for nobody."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user


def named(rows: models.QuerySet[Any], row_id: uuid.UUID | None, what: str) -> Any:
    """Return the row that a body names, None when it names none. Raises user:media:missing.

    `rows` must be the owner's already; somebody else's id is as unknown as one that never was.
    """
    if row_id is None:
        return None
    found = rows.filter(pk=row_id).first()
    if found is None:
        raise UserError("user:media:missing", f"{what} {row_id} was not found.")
    return found
