"""Flavors in the admin: their four texts are edited here, checked, and kept as a new revision."""

import difflib
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join

from flavors.models import DEFAULT, ConfigFlavor, FlavorOrigin, FlavorRevision
from flavors.schema import FILES
from flavors.services import flavor_check, flavor_reset, flavor_revise
from flavors.yaml_text import FlavorInvalidError
from mvsite.accounts.admin_audit import NamesAdditions
from mvsite.accounts.models import User

if TYPE_CHECKING:  # Django's classes take no parameters when they run
    _Form = forms.ModelForm[ConfigFlavor]
    _Inline = admin.TabularInline[FlavorRevision, ConfigFlavor]
    _FlavorAdmin = admin.ModelAdmin[ConfigFlavor]
    _RevisionAdmin = admin.ModelAdmin[FlavorRevision]
else:
    _Form, _Inline = forms.ModelForm, admin.TabularInline
    _FlavorAdmin = _RevisionAdmin = admin.ModelAdmin

_FIELDS = {file.replace(".", "_"): file for file in FILES}


class FlavorForm(_Form):
    """The four texts beside the row's own fields; an empty text is a missing file."""

    parameters_yaml, scene_prompts_yaml, image_params_yaml, image_prompts_yaml = (
        forms.CharField(
            label=file,
            required=False,
            strip=False,
            widget=forms.Textarea(attrs={"rows": 24, "cols": 120, "spellcheck": "false"}),
            help_text="Empty: taken from default.",
        )
        for file in FILES
    )

    opened = forms.UUIDField(required=False, widget=forms.HiddenInput())

    class Meta:
        model = ConfigFlavor
        fields = ("name", "active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.revision is not None:
            self.fields["opened"].initial = self.instance.revision_id
            for field, file in _FIELDS.items():
                self.fields[field].initial = self.instance.revision.documents.get(file, "")

    def documents(self) -> dict[str, str]:
        """Return the texts by file name, line ends as files have them."""
        texts = {file: self.cleaned_data.get(field, "").replace("\r\n", "\n") for field, file in _FIELDS.items()}
        return {file: text for file, text in texts.items() if text.strip()}

    def clean(self) -> dict[str, Any] | None:
        """Check the texts as a sync does; every problem stands at the field of its file."""
        cleaned = super().clean()
        name = self.cleaned_data.get("name") or self.instance.name
        if name == DEFAULT and not self.cleaned_data.get("active"):
            self.add_error("active", "default stays on: everything falls back on it.")
        try:
            flavor_check(name=name, documents=self.documents())
        except FlavorInvalidError as error:
            for problem in error.problems:
                self.add_error(problem.file.replace(".", "_") if problem.file in FILES else None, str(problem))
        self._refuse_over_others()
        return cleaned

    def _refuse_over_others(self) -> None:
        """Refuse texts that would take back what was saved since the form was opened, and say who saved what when.

        The row stays locked until the save. The form then carries the newest revision: who saves once more means it.
        """
        rows = ConfigFlavor.objects.select_for_update(of=("self",), no_key=True)
        now = rows.select_related("revision").filter(pk=self.instance.pk).first()
        if now is None or now.revision is None:
            return
        asked = self.cleaned_data.get("opened")
        opened = now.revisions.filter(pk=asked).first() if asked else None
        if opened is not None and opened.documents == now.revision.documents:
            return
        since = now.revisions.filter(number__gt=opened.number if opened else now.revision.number - 1)
        rows_told = (_saved(now, each) for each in since.select_related("created_by"))
        told = format_html_join("; ", '<a href="{}">{} #{}</a> by {} at {}', rows_told)
        say = (
            "Saved since you opened this form: {}. Nothing of yours is kept yet: put those changes into your texts, "
            "which stand below, and save again."
        )
        self.add_error(None, forms.ValidationError(format_html(say, told)))
        self.data = {**self.data, "opened": str(now.revision_id)}


def _saved(flavor: ConfigFlavor, revision: FlavorRevision) -> tuple[str, str, int, str, str]:
    """Say where its difference is shown, what it is called, who made it and when."""
    there = reverse("admin:flavors_flavorrevision_change", args=[revision.pk])
    when = date_format(timezone.localtime(revision.created_at), "DATETIME_FORMAT")
    return there, flavor.name, revision.number, str(revision.created_by or "its folder"), when


class RevisionInline(_Inline):
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
class ConfigFlavorAdmin(NamesAdditions, _FlavorAdmin):
    """Edit, switch off, or go back to the folder; a flavor that was used is never removed."""

    form = FlavorForm
    fields = ("name", "active", *_FIELDS, "opened", "what_would_be_sent")
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


@admin.register(FlavorRevision)
class FlavorRevisionAdmin(_RevisionAdmin):
    """One revision to read, with what it changed."""

    list_display = ("flavor", "number", "origin", "created_by", "created_at")
    list_filter = ("flavor", "origin")
    list_select_related = ("flavor", "created_by")
    fields = readonly_fields = ("flavor", "number", "origin", "created_by", "created_at", "content_hash", "changes")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Make revisions by saving the flavor only."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: FlavorRevision | None = None) -> bool:
        """Never change a revision: jobs point at it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: FlavorRevision | None = None) -> bool:
        """Never remove a revision: jobs point at it."""
        return False

    @admin.display(description="changes since the revision before")
    def changes(self, obj: FlavorRevision) -> str:
        """Show a unified diff of the four texts."""
        before = FlavorRevision.objects.filter(flavor=obj.flavor_id, number__lt=obj.number).first()
        lines: list[str] = []
        for file in FILES:
            old = before.documents.get(file, "") if before else ""
            new = obj.documents.get(file, "")
            lines += difflib.unified_diff(old.splitlines(), new.splitlines(), file, file, lineterm="")
        return format_html("<pre>{}</pre>", "\n".join(lines) or "Nothing.")
