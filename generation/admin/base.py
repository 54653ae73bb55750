"""What the studio's lists in the admin share: fast pages, words to search, owners to choose, files of a list."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse

from assets.search import by_words, newest, tagged
from mvsite.accounts.models import User
from mvsite.common.bounded_pages import BoundedChangeList, BoundedPaginator
from mvsite.common.dollars import dollars, dollars_at_most

if TYPE_CHECKING:  # Django's class takes no parameters when it runs
    BaseAdmin = admin.ModelAdmin[Any]
else:
    BaseAdmin = admin.ModelAdmin
MOST_OWNERS = 100
MOST_TAGS, TAGS_OF = 30, 500
ROWS_A_PIECE = 500
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class OwnerFilter(admin.SimpleListFilter):
    """Whose: the first hundred people by name; others are found by their name in the address."""

    title, parameter_name = "owner", "owner_name"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name the people."""
        names = User.objects.order_by("username").values_list("username", flat=True)[:MOST_OWNERS]
        return [(name, name) for name in names]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep what belongs to the one chosen."""
        owner = User.objects.filter(username=self.value()).first() if self.value() else None
        if self.value() and owner is None:
            return queryset.none()
        return queryset.filter(owner=owner) if owner else queryset


class TagFilter(admin.SimpleListFilter):
    """By a tag: the most used among those of the newest 500 rows; others are found by their name in the address."""

    title, parameter_name = "tag", "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name the tags."""
        rows = model_admin.model._default_manager.order_by("-created_at", "id")  # noqa: SLF001  Django's documented way to it
        lists = rows.values_list("tags", flat=True)[:TAGS_OF]
        counted = Counter(tag for tags in lists if isinstance(tags, list) for tag in tags if isinstance(tag, str))
        names = {name for name, _ in counted.most_common(MOST_TAGS)} | ({self.value()} if self.value() else set())
        return [(name, name) for name in sorted(filter(None, names))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep what has the one chosen."""
        tag = self.value()
        return tagged(newest(queryset), tag) if tag else queryset


class CostFilter(admin.SimpleListFilter):
    """What it cost, in steps that people think in."""

    title, parameter_name = "cost", "cost"
    field = "cost_usd"
    _STEPS = {"free": (None, Decimal(0)), "1": (Decimal(0), Decimal(1)), "5": (Decimal(1), Decimal(5))}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name the steps."""
        return [("free", "nothing"), ("1", "up to $1"), ("5", "$1 to $5"), ("more", "more than $5")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep one step."""
        if self.value() == "more":
            return self.between(queryset, Decimal(5), None)
        if self.value() in self._STEPS:
            return self.between(queryset, *self._STEPS[str(self.value())])
        return queryset

    def between(self, rows: QuerySet[Any], above: Decimal | None, at_most: Decimal | None) -> QuerySet[Any]:
        """Keep what cost more than `above` and no more than `at_most`, USD."""
        words = {"gt": above, "lte": at_most}
        return rows.filter(**{f"{self.field}__{name}": value for name, value in words.items() if value is not None})


class WordsAdmin(BaseAdmin):
    """A list of all owners' rows: newest first, fifty a page, nothing counted to the end, words found by an index."""

    search_title = "title"
    search_told: tuple[str, ...] = ("metadata", "tags")
    list_per_page = 50
    show_full_result_count = False
    paginator = BoundedPaginator
    ordering = ["-created_at", "id"]
    search_fields = ["id"]  # shows the field; `get_search_results` does the looking

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[BoundedChangeList]:
        """Give the list that looks words up once."""
        return BoundedChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Look words up."""
        if not search_term.strip():
            return queryset, False
        return by_words(queryset, search_term, title=self.search_title, told=self.search_told), False


class MoneyColumns:
    """Goes before `ModelAdmin`: the columns of money of jobs and orders, as people read them."""

    @admin.display(description="estimated cost", ordering="estimated_cost_usd")
    def estimate(self, row: Any) -> str:
        """Tell what it was thought to cost."""
        return dollars_at_most(row.estimated_cost_usd)

    @admin.display(description="cost", ordering="cost_usd")
    def cost(self, row: Any) -> str:
        """Tell what it was billed itself."""
        return dollars(row.cost_usd)

    @admin.display(description="held")
    def held(self, row: Any) -> str:
        """Tell what it still holds."""
        return dollars(row.held_usd)


class ReadOnlyAdmin(BaseAdmin):
    """Rows that nobody adds, changes or deletes here, whatever their rights."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say no."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no, to everybody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no, to everybody."""
        return False


def csv_of(name: str, header: Iterable[str], rows: Iterable[Iterable[object]]) -> StreamingHttpResponse:
    """Answer a table as a file, in pieces while `rows` come; what a spreadsheet would take for a formula is quoted."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingHttpResponse(_pieces(header, rows), content_type="text/csv; charset=utf-8", headers=headers)


def _pieces(header: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    left = chain([header], rows)
    while piece := list(islice(left, ROWS_A_PIECE)):
        text = io.StringIO(newline="")
        csv.writer(text).writerows([_plain(value) for value in row] for row in piece)
        yield text.getvalue()


def _plain(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
