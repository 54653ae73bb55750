"""Flavors in the admin: their four texts are edited here, checked, and kept as a new revision."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from flavors.admin.base import FlavorModelAdmin, RevisionsInline
from flavors.admin.forms import FIELDS, FlavorForm
from flavors.models import ConfigFlavor, FlavorOrigin, FlavorRevision
from flavors.services import flavor_reset, flavor_revise
from flavors.yaml_text import FlavorInvalidError
from mvsite.accounts.admin_audit import NamesAdditions
from mvsite.accounts.models import User


class RevisionInline(RevisionsInline):
    """The flavor's history, newest first."""

    model = FlavorRevision
    template = "admin/flavors/revisions.html"  # Django's own has headings without a word
    fields = readonly_fields = ("number", "origin", "created_by", "created_at")
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: ConfigFlavor | None = None) -> bool:
        """Make revisions by saving the flavor only."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: ConfigFlavor | None = None) -> bool:
        """Never change a revision: jobs point at it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ConfigFlavor | None = None) -> bool:
        """Never remove a revision: jobs point at it."""
        return False


@admin.register(ConfigFlavor)
class ConfigFlavorAdmin(NamesAdditions, FlavorModelAdmin):
    """Edit, switch off, or go back to the folder; a flavor that was used is never removed."""

    form = FlavorForm
    fields = ("name", "active", *FIELDS, "opened", "what_would_be_sent")
    list_display = ("name", "title", "active", "origin", "revision_number", "folder_found", "updated_at")
    list_filter = ("active", "origin")
    list_select_related = ("revision",)
    search_fields = ("name", "title")
    inlines = (RevisionInline,)
    actions = ("reset_to_folder",)

    def get_readonly_fields(self, request: HttpRequest, obj: ConfigFlavor | None = None) -> tuple[str, ...]:
        """Let a name be given once: projects and calls use it."""
        return ("name", "what_would_be_sent") if obj else ("what_would_be_sent",)

    def has_delete_permission(self, request: HttpRequest, obj: ConfigFlavor | None = None) -> bool:
        """Switch it off instead."""
        return False

    def save_model(self, request: HttpRequest, obj: ConfigFlavor, form: "forms.ModelForm[Any]", change: bool) -> None:  # noqa: FBT001  Django's signature
        """Keep the row, and the texts as a new revision when they changed."""
        if not isinstance(form, FlavorForm) or not isinstance(request.user, User):
            raise TypeError("flavors are saved through their own form by a user")
        documents = form.documents()
        if not change:
            obj.origin = FlavorOrigin.ADMIN
        super().save_model(request, obj, form, change)
        if obj.revision is None or obj.revision.documents != documents:
            flavor_revise(name=obj.name, documents=documents, created_by=request.user)

    @admin.display(description="what would be sent")
    def what_would_be_sent(self, obj: ConfigFlavor) -> str:
        """Lead to the preview of the saved texts for a plain idea; a project's own page leads to the one for it."""
        if obj.pk is None or obj.revision is None:
            return "Save first."
        there = reverse("admin:generation_project_sent", query={"flavor": obj.name})
        return format_html('<a href="{}">exact prompts and parameters</a>', there)

    @admin.display(description="revision", ordering="revision__number")
    def revision_number(self, obj: ConfigFlavor) -> int | None:
        """Show which revision new work uses."""
        return obj.revision.number if obj.revision else None

    @admin.action(description="Go back to what the folder says", permissions=["change"])
    def reset_to_folder(self, request: HttpRequest, queryset: QuerySet[ConfigFlavor]) -> None:
        """Make the folder's last text the current revision of each flavor chosen."""
        for flavor in queryset:
            try:
                revision = flavor_reset(
                    name=flavor.name, created_by=request.user if isinstance(request.user, User) else None
                )
                self.message_user(request, f"{flavor.name} is at revision {revision.number}, as its folder says.")
            except FlavorInvalidError as error:
                self.message_user(request, str(error), messages.ERROR)
