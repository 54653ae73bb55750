"""Pages of lists in the admin that count no further than people page."""

from typing import TYPE_CHECKING, Any

from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Page, Paginator
from django.db import connections
from django.http import HttpRequest
from django.utils.functional import cached_property

if TYPE_CHECKING:  # Django's class takes no parameters when it runs
    _Paginator = Paginator[Any]
else:
    _Paginator = Paginator
MOST_COUNTED = 2_000


class BoundedChangeList(ChangeList):
    """Looks words up once: Django's own looks them up again where all that is found fits on one page."""

    def get_results(self, request: HttpRequest) -> None:
        """Take the rows of a single page from the pages as well."""
        super().get_results(request)
        if not self.multi_page:
            self.result_list = self.paginator.page(1).object_list


class BoundedPaginator(_Paginator):
    """Counts no further than 40 pages: counting a hundred thousand rows would cost more than showing fifty.

    Whoever wants older rows narrows the list; that is quicker for people, too.
    """

    @cached_property
    def count(self) -> int:
        """Count up to `MOST_COUNTED`."""
        return len(self._found)

    def page(self, number: Any) -> Any:
        """Give one page: what is sorted are ids alone, which are narrow; then come their rows."""
        rows: Any = self.object_list
        if not hasattr(rows, "order_by"):
            return super().page(number)
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        ids = self._in_order[first : first + self.per_page]
        return Page(rows.filter(pk__in=ids), number, self)

    @property
    def _in_order(self) -> Any:
        """All ids in their order: a list, or a question where one page of them is less work than all."""
        rows: Any = self.object_list
        if not self._is_indexed:
            return self._found
        if self.count == MOST_COUNTED:
            return rows.values("pk")
        # PostgreSQL believes that a rare word is in every 50th row, and would read all rows in order to find fifty.
        found = rows.model._base_manager.filter(pk__in=self._found)  # noqa: SLF001  hides nothing
        return found.order_by(*rows.query.order_by).values("pk")

    @property
    def _is_indexed(self) -> bool:
        """Whether words are found by an index: then the first fifty in order are cheap, and the first 2,000 are not."""
        rows: Any = self.object_list
        return connections[rows.db].vendor == "postgresql"

    @cached_property
    def _found(self) -> list[Any]:
        """The ids that can be paged to; in their order where looking them up again would cost as much once more."""
        rows: Any = self.object_list
        if not hasattr(rows, "order_by"):
            return list(rows)
        return list((rows.order_by() if self._is_indexed else rows).values_list("pk", flat=True)[:MOST_COUNTED])
