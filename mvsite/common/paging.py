"""One shape for every list: `{next, previous, results}`."""

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response


class StudioPagination(CursorPagination):
    """Cursor pages: newest first unless the view says otherwise; `page_size` up to 200."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    ordering = ("-created_at", "id")

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        """Use the view's checked `?ordering=`, with the id as the last word so that pages never overlap."""
        order = tuple(super().get_ordering(request, queryset, view))
        return order if "id" in order or "-id" in order else (*order, "id")

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        """Take one page. A cursor that was tampered with is 404, like one that is no cursor."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValidationError, ValueError, TypeError, OverflowError) as error:
            raise NotFound(self.invalid_cursor_message) from error

    def get_paginated_response(self, data: Any) -> Response:
        """Answer one page."""
        return Response({"next": self.get_next_link(), "previous": self.get_previous_link(), "results": data})
