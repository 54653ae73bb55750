"""What every resource shares: rows of the one who asks, ids that may be malformed, a trash, one answer a row."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from generation.api.finding import noted, noting, owner_of, page_noted
from mvsite.accounts.reach import reached
from mvsite.common.errors import UserError
from mvsite.common.idempotency import once
from mvsite.common.ids import parse_id

SAVED = 201


class ResourceViewSet(GenericViewSet[Any]):
    """Lists and reads rows; a subclass names `queryset`, `shape`, and `details` when a row needs more than itself."""

    lookup_value_regex = "[^/]+"
    ordering_fields: tuple[str, ...] = ("created_at", "updated_at")

    def shape(self, row: Any) -> dict[str, Any]:
        """Turn a row into what the API answers."""
        raise NotImplementedError

    def shapes(self, rows: Sequence[Any]) -> list[dict[str, Any]]:
        """Turn the rows of one page into what the API answers."""
        return [self.shape(row) for row in rows]

    def details(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Fetch with the rows what `shape` reads, in a fixed number of queries."""
        return rows

    def get_queryset(self) -> QuerySet[Any]:
        """Return the rows that the one who asks reaches."""
        if getattr(self, "swagger_fake_view", False):  # the schema is drawn without anybody asking
            return super().get_queryset().none()
        rows = super().get_queryset()
        found: QuerySet[Any] = rows.filter(reached(rows.model, owner_of(self.request)))
        return found

    def reachable(self) -> QuerySet[Any]:
        """Return the rows that have an address: all of the owner's unless there is a trash."""
        return self.get_queryset()

    def get_object(self) -> Any:
        """Return the row of the address. Raises user:request:malformed_id, user:request:not_found."""
        return self.find(self.reachable())

    def find(self, rows: QuerySet[Any]) -> Any:
        """Return the row of the address among `rows`; one that may only be looked at is not there to be changed.

        Raises user:request:malformed_id, user:request:not_found, user:auth:forbidden.
        """
        found = self.find_to_look(rows)
        person, kind = owner_of(self.request), type(found)
        is_change = found.owner_id != person.pk and self.request.method not in SAFE_METHODS
        if is_change and not kind.objects.filter(reached(kind, person, edit=True), pk=found.pk).exists():
            raise UserError("user:auth:forbidden", "You may look at this, not change it.")
        noted(self.request, found)
        return found

    def find_to_look(self, rows: QuerySet[Any] | None = None) -> Any:
        """Return the row of the address, whatever the request then does with it."""
        found = (self.reachable() if rows is None else rows).filter(pk=parse_id(self.kwargs["pk"])).first()
        if found is None:
            raise UserError("user:request:not_found")
        return found

    def list(self, request: Request) -> Response:
        """Answer one page."""
        page = self.paginate_queryset(self.details(self.filter_queryset(self.get_queryset())))
        page_noted(self.request, page or [])
        return self.get_paginated_response(self.shapes(page or []))

    def retrieve(self, request: Request, pk: str) -> Response:
        """Answer one row."""
        return Response(self.shape(self.find(self.details(self.reachable()))))

    def answer(self, row: Model, status: int = 200) -> Response:
        """Answer a row as it is now in the database."""
        fresh = self.details(type(row)._default_manager.all()).get(pk=row.pk)  # noqa: SLF001  Django's public name for it
        return Response(self.shape(fresh), status=status)

    def post_once(self, act: Callable[[], Response], *, again: Callable[[str], Response] | None = None) -> Response:
        """Do what a POST asks for, once per Idempotency-Key; `again` tells the row behind a secret answer."""
        return once(self.request, noting(self.request, act), again=again)

    def change(self, act: Callable[[], Response]) -> Response:
        """Do what a PATCH or DELETE asks for; all of it is kept, with what the audit log says of it, or nothing."""
        with transaction.atomic():
            return noting(self.request, act)()


class TrashViewSet(ResourceViewSet):
    """A resource with a trash: what lies there is 404 everywhere but in `?trashed=true` and `restore`."""

    def reachable(self) -> QuerySet[Any]:
        """Leave the trash out."""
        rows: QuerySet[Any] = self.get_queryset().kept()  # type: ignore[attr-defined]  # every queryset with a trash has it
        return rows


def checked(kind: type[Serializer[Any]], request: Request, **more: Any) -> Any:
    """Return the request's body as a validated serializer. Raises ValidationError."""
    serializer = kind(data=request.data, **more)
    serializer.is_valid(raise_exception=True)
    return serializer


def texts(data: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Turn null into the empty text for the members that are texts."""
    return {name: "" if value is None and name in names else value for name, value in data.items()}
