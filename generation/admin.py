"""Money in the admin: budgets get their own limits, the ledger can only be read."""

from typing import TYPE_CHECKING

from django.contrib import admin
from django.http import HttpRequest

from generation.models import Budget, ProviderCall

if TYPE_CHECKING:  # Django's class takes no parameters when it runs
    _BudgetAdmin = admin.ModelAdmin[Budget]
    _CallAdmin = admin.ModelAdmin[ProviderCall]
else:
    _BudgetAdmin = _CallAdmin = admin.ModelAdmin


@admin.register(Budget)
class BudgetAdmin(_BudgetAdmin):
    """Budgets: rows appear by themselves when money is first held; limit and mode may be changed, sums may not."""

    list_display = ("scope", "owner", "project", "day", "limit_usd", "mode", "reserved_usd", "spent_usd", "updated_at")
    list_filter = ("scope", "mode")
    list_select_related = ("owner", "project")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("owner__username", "project__title", "=key")
    fields = ("scope", "owner", "project", "day", "limit_usd", "mode", "reserved_usd", "spent_usd", "updated_at")
    readonly_fields = ("scope", "owner", "project", "day", "reserved_usd", "spent_usd", "updated_at")

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
class ProviderCallAdmin(_CallAdmin):
    """The ledger."""

    list_display = (
        "sent_at",
        "provider",
        "model",
        "outcome",
        "error_code",
        "owner",
        "estimated_cost_usd",
        "cost_usd",
        "billed_on",
    )
    list_filter = ("provider", "outcome", "billed_on")
    list_select_related = ("owner",)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("=id", "=job__id", "=provider_id", "owner__username")
    ordering = ("-sent_at",)
    exclude = ("answer", "request_hash")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say no."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: ProviderCall | None = None) -> bool:
        """Say no, to everybody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ProviderCall | None = None) -> bool:
        """Say no, to everybody."""
        return False
