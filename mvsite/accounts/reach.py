"""The one place that decides which rows a person reaches: one's own, and what a room above adds to them."""

from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.db.models import Model, Q


class Wider(Protocol):
    """Gives the condition of the rows that somebody reaches beside the own; with `edit` those they may change."""

    def __call__(self, user_id: UUID, /, *, edit: bool) -> Q:
        """Return it; an empty Q adds nothing."""


_WIDER: dict[str, Wider] = {}


def widen(label: str, condition: Wider) -> None:
    """Let people reach more rows of a model (`app.Model`) than their own."""
    _WIDER[label] = condition


def owned(user: Any) -> Q:
    """Return the condition of rows that are the person's own; nobody owns nothing."""
    return Q(owner_id=user.pk) if user.is_authenticated else Q(pk__in=[])


def reached(model: type[Model], user: Any, *, edit: bool = False) -> Q:
    """Return the condition of rows that a person may see, or with `edit` change."""
    wider = _WIDER.get(model._meta.label)  # noqa: SLF001 - Django's public name for it
    if wider is None or settings.MV_AUTH == "local" or not user.is_authenticated:
        return owned(user)
    return owned(user) | wider(user.pk, edit=edit)
