"""One shape for every list: `{next, previous, results}`."""

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from mvsite.common.text import is_keepable


class StudioPagination(CursorPagination):
    """Cursor pages: newest first unless the view says otherwise; `page_size` up to 200."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = ("-created_at", "id")
    # How many rows of one value are walked through. REST framework's own 1,000 gives their second thousand for ever.
    offset_cutoff = 10_000_000

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        """Use the view's checked `?ordering=`, with the id as the last word so that pages never overlap."""
        order = tuple(super().get_ordering(request, queryset, view))
        return order if "id" in order or "-id" in order else (*order, "id")

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Read where the page begins; a place that no row can have is none."""
        cursor = super().decode_cursor(request)
        if cursor is not None and not is_keepable(str(cursor.position or "")):
            raise NotFound(self.invalid_cursor_message)
        return cursor

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        """Take one page. A cursor that was tampered with is 404, like one that is no cursor."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValidationError, ValueError, TypeError, OverflowError) as error:
            raise NotFound(self.invalid_cursor_message) from error

    def get_paginated_response(self, data: Any) -> Response:
        """Answer one page."""
        return Response({"next": self.get_next_link(), "previous": self.get_previous_link(), "results": data})
