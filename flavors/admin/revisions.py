"""Revisions in the admin: each to read whole, with what it changed, and to take back to."""

import difflib
from collections.abc import Mapping
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join

from flavors.admin.base import RevisionModelAdmin
from flavors.models import FlavorRevision
from flavors.schema import FILES
from flavors.writing import flavor_take_back
from flavors.yaml_text import FlavorInvalidError
from mvsite.accounts.audit import showed
from mvsite.accounts.models import User


@admin.register(FlavorRevision)
class FlavorRevisionAdmin(RevisionModelAdmin):
    """One revision to read; who may change the flavor may take it back to what it said then."""

    change_form_template = "admin/flavors/revision.html"
    list_display = ("flavor", "number", "origin", "created_by", "created_at")
    list_filter = ("flavor", "origin")
    list_select_related = ("flavor", "created_by")
    fields = ("flavor", "number", "origin", "created_by", "created_at", "content_hash", "changes", "texts")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Make revisions by saving the flavor only."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: FlavorRevision | None = None) -> bool:
        """Never change a revision: jobs point at it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: FlavorRevision | None = None) -> bool:
        """Never remove a revision: jobs point at it."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Add the page that takes a flavor back."""
        view = self.admin_site.admin_view(self.take_back)
        own = path("<path:object_id>/take-back/", view, name="flavors_flavorrevision_take_back")
        return [own, *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Say to the page whether it leads to taking back."""
        revision: FlavorRevision = kwargs["obj"]
        context["may_take_back"] = _says_something_else(revision) and self._may_take_back(request)
        return super().render_change_form(request, context, *args, **kwargs)

    def take_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what taking back would change, and do it: the old texts become a new revision."""
        if not self._may_take_back(request):
            raise PermissionDenied
        revision = self.get_object(request, object_id)
        if revision is None:
            raise Http404
        is_sent = request.method == "POST" and _says_something_else(revision)
        problems = self._take_back(request, revision) if is_sent else []
        if problems is None:
            return HttpResponseRedirect(reverse("admin:flavors_configflavor_change", args=[revision.flavor_id]))
        revision.flavor.refresh_from_db()
        now = revision.flavor.revision
        context = {
            **self.admin_site.each_context(request),
            "title": f"Take {revision.flavor} back to revision {revision.number}",
            "opts": self.opts,
            "revision": revision,
            "now": now,
            "problems": problems,
            "difference": _difference(now.documents if now else {}, revision.documents),
        }
        return TemplateResponse(request, "admin/flavors/take_back.html", context)

    def _take_back(self, request: HttpRequest, revision: FlavorRevision) -> list[str] | None:
        """Take back and say so; what it says when it cannot be done is returned."""
        if not isinstance(request.user, User):
            raise TypeError("flavors are taken back by a user")
        try:
            with transaction.atomic():
                made = flavor_take_back(revision=revision, instead_of=request.POST.get("now", ""), by=request.user)
                if made is not None:
                    self._note(request, f"Taken back to revision {revision.number}, as revision {made.number}.", made)
        except FlavorInvalidError as error:
            return [str(problem) for problem in error.problems]
        if made is None:
            return ["The flavor was saved since you opened this page. Nothing is changed yet: look once more."]
        said = f"{made.flavor} is at revision {made.number}, which says what revision {revision.number} said."
        self.message_user(request, said, messages.SUCCESS)
        return None

    def _note(self, request: HttpRequest, said: str, made: FlavorRevision) -> None:
        """Write the change down as the flavor's, in whose history it stands."""
        flavor: Any = made.flavor
        showed(request, flavor)
        self.log_change(request, flavor, said)

    def _may_take_back(self, request: HttpRequest) -> bool:
        """Say whether somebody may see revisions and change flavors."""
        user = request.user
        may_change = isinstance(user, User) and user.has_perm("flavors.change_configflavor")
        return may_change and self.has_view_permission(request)

    @admin.display(description="changes since the revision before")
    def changes(self, obj: FlavorRevision) -> str:
        """Show a unified diff of the four texts."""
        before = FlavorRevision.objects.filter(flavor=obj.flavor_id, number__lt=obj.number).first()
        said = _difference(before.documents if before else {}, obj.documents)
        return format_html('<pre tabindex="0" aria-label="Changes">{}</pre>', said or "Nothing.")

    @admin.display(description="what it says")
    def texts(self, obj: FlavorRevision) -> str:
        """Show the texts whole."""
        absent = "Not in this revision: taken from default."
        rows = ((file, file, obj.documents.get(file, absent)) for file in FILES)
        return format_html_join("", '<h3>{}</h3><pre tabindex="0" aria-label="{}">{}</pre>', rows)


def _says_something_else(revision: FlavorRevision) -> bool:
    """Say whether the flavor has other texts now."""
    now = revision.flavor.revision
    return now is None or bool(_difference(now.documents, revision.documents))


def _difference(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Give a unified diff of the four texts."""
    lines: list[str] = []
    for file in FILES:
        old, new = before.get(file, "").splitlines(), after.get(file, "").splitlines()
        lines += difflib.unified_diff(old, new, file, file, lineterm="")
    return "\n".join(lines)
