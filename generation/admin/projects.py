"""Projects in the admin: whose, what about, what they cost; marks and the trash; the whole as a ZIP."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from generation.admin.base import OwnerFilter, TagFilter, WordsAdmin
from generation.admin.sent import sent_context
from generation.models import Project
from generation.selectors import project_cost
from generation.services.projects import project_restore, project_trash
from mvsite.accounts.audit import showed
from mvsite.accounts.services import local_owner
from mvsite.common.dollars import dollars
from mvsite.common.tags import TAGS_IN_FORMS

CHANGEABLE = ("title", "favourite", "tags")


@admin.register(Project)
class ProjectAdmin(WordsAdmin):
    """Everybody's projects; they are worked on in the studio, and named, marked and thrown away here."""

    search_title, search_told = "idea", ("tags",)
    list_display = ("__str__", "mode", "owner", "config_flavor", "favourite", "created_at", "place")
    list_filter = (
        "mode",
        "favourite",
        ("trashed_at", admin.EmptyFieldListFilter),
        "created_at",
        TagFilter,
        OwnerFilter,
    )
    list_select_related = ("owner",)
    actions = ("trash", "restore")
    formfield_overrides = TAGS_IN_FORMS

    def get_fields(self, request: HttpRequest, obj: Project | None = None) -> tuple[str, ...]:
        """Begin with what may be changed."""
        rest = (field.name for field in Project._meta.fields if field.name not in CHANGEABLE)  # noqa: SLF001  Django's public name for it
        return (*CHANGEABLE, "cost", "pages", *rest)

    def get_readonly_fields(self, request: HttpRequest, obj: Project | None = None) -> tuple[str, ...]:
        """Leave only what a person says about it open to change."""
        return tuple(name for name in self.get_fields(request, obj) if name not in CHANGEABLE)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Find the row, and whether the studio shows it to whoever asks: to its owner and members, out of the trash."""
        found: Any = super().get_object(request, object_id, from_field)
        if found is not None:
            person: Any = local_owner() if settings.MV_AUTH == "local" else request.user
            found.is_in_reach = Project.objects.for_user(person).kept().filter(pk=found.pk).exists()
        return found

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say no: the studio makes them."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Project | None = None) -> bool:
        """Say no: the trash is emptied together with the files."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Add the page of what would be sent."""
        own = [path("sent/", self.admin_site.admin_view(self.sent), name="generation_project_sent")]
        return [*own, *super().get_urls()]

    def sent(self, request: HttpRequest) -> HttpResponse:
        """Show the exact prompts and parameters of a flavor, for a project or for a plain idea."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        sent = sent_context(request.GET)
        if sent["project"]:
            showed(request, sent["project"])
        words = {"title": "What would be sent", "opts": self.opts, **sent}
        context = {**self.admin_site.each_context(request), **words}
        return TemplateResponse(request, "admin/generation/sent.html", context)

    @admin.display(description="cost so far")
    def cost(self, project: Project) -> str:
        """Add up its jobs."""
        return dollars(Decimal(str(project_cost(project))))

    @admin.display(description="see")
    def pages(self, project: Any) -> str:
        """Lead to its jobs, and whom the studio shows it to the studio page and the ZIP."""
        links = '<a href="{1}?project__id__exact={0}">its jobs</a> · <a href="{2}?project={0}">what would be sent</a>'
        if project.is_in_reach:
            links += ' · <a href="/studio/{0}/">studio page</a> · <a href="/api/mv/projects/{0}/export">ZIP</a>'
        jobs, sent = reverse("admin:generation_job_changelist"), reverse("admin:generation_project_sent")
        return format_html(links, project.pk, jobs, sent)

    @admin.display(description="state")
    def place(self, project: Project) -> str:
        """Say in words where it is."""
        return "in the trash" if project.trashed_at else "kept"

    @admin.action(description="Move to the trash", permissions=["change"])
    def trash(self, request: HttpRequest, queryset: QuerySet[Project]) -> None:
        """Throw the chosen away."""
        self._each(request, queryset, project_trash, "trash")

    @admin.action(description="Take out of the trash", permissions=["change"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Project]) -> None:
        """Take the chosen back."""
        self._each(request, queryset, project_restore, "restore")

    def _each(self, request: HttpRequest, rows: QuerySet[Project], act: Callable[..., Project], said: str) -> None:
        chosen = list(rows)
        for project in chosen:
            act(project=project)
            self.log_change(request, project, said)
        self.message_user(request, f"{len(chosen)} done: {said}.")
