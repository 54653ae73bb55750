"""Finding what a request names, among the rows that the one who asks reaches; others are as unknown as none."""

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.db import models
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from generation.models import Project, ReservedId, Scene
from generation.services.looking import looked_at, page_looked_at
from generation.services.references import in_project
from mvsite.accounts.audit import audit
from mvsite.accounts.models import ApiToken, User
from mvsite.common.errors import UserError

_TO_CHANGE = "rows_to_change"  # in the request: those of others that it is about


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


def project_to_change(request: Request, project_id: uuid.UUID | None) -> Project | None:
    """Return the project that a body names, if the one who asks may change it. Raises user:media:missing."""
    found: Project | None = _to_change(request, Project, project_id, "The project")
    return found


def scene_to_change(request: Request, scene_id: uuid.UUID | None) -> Scene | None:
    """Return the scene that a body names, if the one who asks may change it. Raises user:media:missing."""
    found: Scene | None = _to_change(request, Scene, scene_id, "The scene")
    return found


def payer_of(request: Request, place: Project | Scene | None) -> User:
    """Return whose the new work is: the owner's of the project or scene it is for, else of the one who asks."""
    return place.owner if place is not None else owner_of(request)


def among_of(request: Request, project: Project | None) -> Project | None:
    """Return the project whose files a member may name; None for its owner, who names all of theirs."""
    return project if project is not None and project.owner_id != owner_of(request).pk else None


def check_inside(among: Project | None, kind: type[Any], ids: Iterable[uuid.UUID], what: str) -> None:
    """Refuse ids of files, or of files in the making, that are not in `among`. Raises user:media:missing."""
    wanted = set(ids)
    if among is None or not wanted:
        return
    inside = set(kind.objects.filter(in_project(kind, among), pk__in=wanted).values_list("pk", flat=True))
    inside |= set(ReservedId.objects.filter(job__project=among, pk__in=wanted).values_list("pk", flat=True))
    for outside in sorted(wanted - inside):
        raise UserError("user:media:missing", f"{what} {outside} was not found.")


def noted(request: Request, row: Any) -> None:
    """Write into the audit log that somebody else's row was looked at (once an hour); `noting` writes changes."""
    person = owner_of(request)
    if request.method in SAFE_METHODS:
        looked_at(row, by=person, request=request, via=means_of(request))
    elif getattr(row, "owner_id", person.pk) != person.pk:
        request.__dict__.setdefault(_TO_CHANGE, []).append(row)


def noting(request: Request, act: Callable[[], Response]) -> Callable[[], Response]:
    """Return `act`, which then writes into the audit log which rows of others it has changed; nothing when it raises.

    Whoever calls it holds a transaction open, so that change and entry are kept together.
    """

    def acted() -> Response:
        answer = act()
        for row in request.__dict__.pop(_TO_CHANGE, ()):
            did = f"{type(row).__name__.lower()}.changed"
            audit(did, request=request, by=owner_of(request), via=means_of(request), about=row)
        return answer

    return acted


def page_noted(request: Request, rows: Iterable[Any]) -> None:
    """Write into the audit log whose projects one page of a list told of (each once an hour)."""
    page_looked_at(rows, by=owner_of(request), request=request, via=means_of(request))


def means_of(request: Request, owner_id: uuid.UUID | None = None) -> str:
    """Say by which means somebody reaches a row: a token, as a `member`, or as its owner, who needs none."""
    if isinstance(request.auth, ApiToken):
        return str(request.auth)
    return "" if owner_of(request).pk == owner_id else "member"


def _to_change(request: Request, kind: Any, row_id: uuid.UUID | None, what: str) -> Any:
    if row_id is None:
        return None
    person = owner_of(request)
    found = kind.objects.for_user(person, edit=True).kept().filter(pk=row_id).first()
    if found is None:
        named(kind.objects.for_user(person).kept(), row_id, what)
        raise UserError("user:auth:forbidden", "You may look at this project, not change it.")
    noted(request, found)
    return found
