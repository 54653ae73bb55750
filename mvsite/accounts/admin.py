"""People in the admin; tokens and the audit log to look at only."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mvsite.accounts.admin_audit import NamesAdditions
from mvsite.accounts.models import ApiToken, AuditEntry, User
from mvsite.accounts.quotas import JOBS, Standing, standings

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
else:
    Admin = admin.ModelAdmin  # Django's own takes no type in brackets at run time
_RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


@admin.register(User)
class PersonAdmin(NamesAdditions, UserAdmin):  # type: ignore[type-arg]  # Django's own takes no type in brackets at run time
    """People, and how much of their quotas they use."""

    readonly_fields = ("quotas",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Let superusers alone give rights."""
        usual = super().get_readonly_fields(request, obj)
        return usual if getattr(request.user, "is_superuser", False) else (*usual, *_RIGHTS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let superusers alone change staff, their passwords included."""
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let superusers alone delete staff."""
        return super().has_delete_permission(request, obj) and _may_touch(request, obj)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Add what they use to what can be changed."""
        usual = super().get_fieldsets(request, obj)
        return usual if obj is None else [*usual, (gettext_lazy("In use"), {"fields": ("quotas",)})]

    @admin.display(description=gettext_lazy("Quotas"))
    def quotas(self, person: User) -> str:
        """Tell them in one line."""
        return "; ".join(_told(each) for each in standings(person.pk))


def _may_touch(request: HttpRequest, person: Any) -> bool:
    return getattr(request.user, "is_superuser", False) or not (person and (person.is_staff or person.is_superuser))


def _told(now: Standing) -> str:
    in_words = str if now.name == JOBS else filesizeformat
    limit = "" if now.limit is None else f" / {in_words(now.limit)}"
    return f"{_('Jobs under way') if now.name == JOBS else _('Storage')}: {in_words(now.used)}{limit}"


class ReadOnlyAdmin(Admin):
    """Rows to look at: not even a superuser adds, changes or deletes one."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say no."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say no."""
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """What was done by others than the owner."""

    list_display = ("at", "action", "by_name", "via", "object_kind", "object_id", "address")
    list_filter = ("action", "at")
    search_fields = ("by_name", "=object_id", "=owner_id", "via", "=address")
    date_hierarchy = None


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """Who has keys. Their digests are nobody's business."""

    list_display = ("name", "prefix", "owner", "created_at", "last_used_at", "expires_at", "revoked_at")
    list_select_related = ("owner",)
    search_fields = ("name", "=prefix", "owner__username")
    exclude = ("digest",)
