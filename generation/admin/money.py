"""Money in the admin: budgets get their own limits, the ledger can only be read, and a page adds it up."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from generation.admin.base import CostFilter, MoneyColumns, ReadOnlyAdmin
from generation.admin.costs import SPANS, spending
from generation.admin.times import NEWEST
from generation.models import Budget, ProviderCall
from mvsite.common.bounded_pages import BoundedPaginator
from mvsite.common.dollars import dollars

if TYPE_CHECKING:  # Django's class takes no parameters when it runs
    _BudgetAdmin = admin.ModelAdmin[Budget]
else:
    _BudgetAdmin = admin.ModelAdmin


@admin.register(Budget)
class BudgetAdmin(_BudgetAdmin):
    """Budgets: rows appear by themselves when money is first held; limit and mode may be changed, sums may not."""

    list_display = ("scope", "owner", "project", "day", "limit", "mode", "reserved", "spent", "updated_at")
    list_filter = ("scope", "mode")
    list_select_related = ("owner", "project")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("owner__username", "project__title", "=key")
    fields = ("scope", "owner", "project", "day", "limit_usd", "mode", "reserved", "spent", "updated_at")
    readonly_fields = ("scope", "owner", "project", "day", "reserved", "spent", "updated_at")

    @admin.display(description="limit", ordering="limit_usd")
    def limit(self, budget: Budget) -> str:
        """Tell what is allowed, when it has a limit of its own."""
        return "" if budget.limit_usd is None else dollars(budget.limit_usd)

    @admin.display(description="reserved", ordering="reserved_usd")
    def reserved(self, budget: Budget) -> str:
        """Tell what is held."""
        return dollars(budget.reserved_usd)

    @admin.display(description="spent", ordering="spent_usd")
    def spent(self, budget: Budget) -> str:
        """Tell what was billed."""
        return dollars(budget.spent_usd)

    def save_model(self, request: HttpRequest, obj: Budget, form: object, change: bool) -> None:  # noqa: FBT001  Django calls it so
        """Write what may be changed and nothing else: the sums have moved on since the page was opened."""
        obj.save(update_fields=["limit_usd", "mode", "updated_at"])

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say no."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Budget | None = None) -> bool:
        """Say no: what it counted would be lost."""
        return False


@admin.register(ProviderCall)
class ProviderCallAdmin(MoneyColumns, ReadOnlyAdmin):
    """The ledger."""

    list_display = (
        "sent_at",
        "provider",
        "model",
        "outcome",
        "error_code",
        "owner",
        "estimate",
        "cost",
        "billed_on",
    )
    list_filter = ("outcome", "billed_on", CostFilter)
    list_select_related = ("owner",)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("=id", "=job__id", "=provider_id", "owner__username")
    ordering = ("-sent_at",)
    exclude = ("answer", "request_hash", "estimated_cost_usd", "cost_usd")
    readonly_fields = ("estimate", "cost")
    paginator = BoundedPaginator

    def get_urls(self) -> list[URLPattern]:
        """Add the page of what it all cost."""
        own = [path("costs/", self.admin_site.admin_view(self.costs), name="generation_providercall_costs")]
        return [*own, *super().get_urls()]

    def costs(self, request: HttpRequest) -> HttpResponse:
        """Show what was spent: by day, provider, model, person and project, and how much of it for nothing."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = request.GET.get("days", "")
        days = int(asked) if asked in map(str, SPANS) else SPANS[0]
        words = {"title": "Costs", "opts": self.opts, "spent": spending(days), "days": days, "spans": SPANS}
        words["newest"] = NEWEST
        context = {**self.admin_site.each_context(request), **words}
        return TemplateResponse(request, "admin/generation/costs.html", context)
