"""The form of a flavor: its four texts, checked as a sync does, and never over what another person saved."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join

from flavors.admin.base import FlavorModelForm
from flavors.models import DEFAULT, ConfigFlavor, FlavorRevision
from flavors.schema import FILES
from flavors.services import flavor_check
from flavors.yaml_text import FlavorInvalidError

FIELDS = {file.replace(".", "_"): file for file in FILES}


class FlavorForm(FlavorModelForm):
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
            for field, file in FIELDS.items():
                self.fields[field].initial = self.instance.revision.documents.get(file, "")

    def is_valid(self) -> bool:
        """Say whether it may be saved: what is only to be previewed may not, and stands in the form again."""
        return super().is_valid() and "_preview" not in self.data

    def documents(self) -> dict[str, str]:
        """Return the texts by file name, line ends as files have them."""
        texts = {file: self.cleaned_data.get(field, "").replace("\r\n", "\n") for field, file in FIELDS.items()}
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
