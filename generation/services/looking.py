"""Writing into the audit log that somebody looked at what belongs to somebody else: once an hour for each row."""

from collections.abc import Iterable
from typing import Any

from django.core.cache import cache
from django.db import transaction

from generation.models import Project
from mvsite.accounts.audit import AnyRequest, audit
from mvsite.accounts.models import User

_EVERY = 3600  # seconds: who follows a project asks every second


def looked_at(row: Any, *, by: User, request: AnyRequest, via: str = "member") -> None:
    """Note that a row was looked at, unless it is the person's own."""
    if getattr(row, "owner_id", by.pk) != by.pk and _is_due(by, row.pk):
        audit(f"{type(row).__name__.lower()}.looked_at", request=request, by=by, via=via, about=row)


def page_looked_at(rows: Iterable[Any], *, by: User, request: AnyRequest, via: str = "member") -> None:
    """Note the projects of others that one page of a list is about; rows of one's own cost no query."""
    places = {row.pk if isinstance(row, Project) else row.project_id for row in rows if row.owner_id != by.pk}
    due = [place for place in places if place is not None and _is_due(by, place)]
    if not due:
        return
    with transaction.atomic():
        for project in Project.objects.filter(pk__in=due).order_by("created_at", "pk"):
            audit("project.looked_at", request=request, by=by, via=via, about=project)


def _is_due(by: User, row_id: Any) -> bool:
    return cache.add(f"looked:{by.pk}:{row_id}", 1, timeout=_EVERY)
