"""People in the admin; tokens and links to look at and to end; the audit log to look at only."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mvsite.accounts.admin_audit import NamesAdditions
from mvsite.accounts.audit import ACTIONS
from mvsite.accounts.models import ApiToken, AuditEntry, OneTimeLink, User
from mvsite.accounts.passwords import password_renew
from mvsite.accounts.quotas import JOBS, Standing, standings
from mvsite.accounts.tokens import tokens_revoke
from mvsite.common.bounded_pages import BoundedPaginator
from mvsite.common.errors import UserError
from mvsite.common.ids import parse_id

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Any]
    PasswordForm = AdminPasswordChangeForm[User]
else:  # Django's own take no type in brackets at run time
    Admin, PasswordForm = admin.ModelAdmin, AdminPasswordChangeForm
_RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


class GivenPasswordForm(PasswordForm):
    """A password that staff give somebody, or take away."""

    def save(self, *_args: Any, **_words: Any) -> User:
        """Save it; it ends what one that is chosen by a link ends."""
        person = super().save(commit=False)
        password_renew(person=person)
        return person


@admin.register(User)
class PersonAdmin(NamesAdditions, UserAdmin):  # type: ignore[type-arg]  # Django's own takes no type in brackets at run time
    """People, and how much of their quotas they use."""

    readonly_fields = ("quotas",)
    change_password_form = GivenPasswordForm

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


def _is_superuser(request: HttpRequest) -> bool:
    return request.user.is_active and request.user.is_superuser


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


class EndedBySuperusersAdmin(ReadOnlyAdmin):
    """Rows to look at, which superusers end by an action."""

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Say who may end them: superusers, though nobody changes a row otherwise."""
        return _is_superuser(request)


class ActionFilter(admin.SimpleListFilter):
    """What happened."""

    title, parameter_name = "action", "action__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name all actions that are ever written."""
        return [(action, action) for action in sorted(ACTIONS)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep one's entries."""
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """What was done by others than the owner: found by whole names, ids and addresses, each by an index."""

    list_display = ("at", "action", "by_name", "via", "object_kind", "object_id", "address")
    list_filter = (ActionFilter, "at")
    search_fields = ("by_name", "via", "object_id", "address")  # `get_search_results` looks the whole text up
    paginator = BoundedPaginator
    sortable_by = ("at",)  # by any other column the whole log would be sorted
    date_hierarchy = None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Look a name, an address, a token or an id up as it is written; an id finds persons and owners, too."""
        wanted = search_term.strip().replace("\x00", "")
        if not wanted:
            return queryset, False
        found = Q.create([(name, wanted) for name in self.search_fields], connector=Q.OR)
        try:
            found |= Q(owner_id=parse_id(wanted)) | Q(by_id=parse_id(wanted)) | Q(object_id=wanted.lower())
        except UserError:  # no id: a text is looked for
            return queryset.filter(found), False
        return queryset.filter(found), False


@admin.register(ApiToken)
class ApiTokenAdmin(EndedBySuperusersAdmin):
    """Who has keys, and an end to them. Their digests are nobody's business."""

    list_display = ("name", "prefix", "owner", "created_at", "last_used_at", "expires_at", "revoked_at")
    list_select_related = ("owner",)
    search_fields = ("name", "=prefix", "owner__username")
    exclude = ("digest",)
    actions = ("revoke",)

    @admin.action(description="Revoke", permissions=["act"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        """End the chosen that still work."""
        messages.info(request, f"{tokens_revoke(tokens=queryset)} revoked; others were revoked already.")


@admin.register(OneTimeLink)
class OneTimeLinkAdmin(EndedBySuperusersAdmin):
    """Invitations and links for new passwords, for superusers: who made which, and an end to open ones."""

    list_display = ("kind", "user", "made_by", "created_at", "expires_at", "used_at")
    list_filter = ("kind", ("used_at", admin.EmptyFieldListFilter))
    list_select_related = ("user", "made_by")
    search_fields = ("=user__username", "=made_by__username")
    ordering = ("-created_at", "id")
    exclude = ("digest",)
    actions = ("withdraw",)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Say yes to superusers."""
        return _is_superuser(request)

    @admin.action(description="Withdraw", permissions=["act"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[OneTimeLink]) -> None:
        """End the chosen that are open, as if they had been used."""
        now = timezone.now()
        open_ones = OneTimeLink.objects.usable(now).filter(pk__in=queryset.values("pk"))
        ended = open_ones.update(used_at=now, updated_at=now)
        messages.info(request, f"{ended} withdrawn; others were used or too old already.")
