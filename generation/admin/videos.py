"""Videos as a contact sheet: stills and players, filters, words, marks, the trash, and the table as a file."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.forms import ModelForm, Select
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from assets.admin import StoredFileAdmin, favour, restore, trash, unfavour
from assets.models import StoredFile, Video
from assets.signed import signed_url
from generation.admin.base import ROWS_A_PIECE, CostFilter, OwnerFilter, TagFilter, WordsAdmin, csv_of
from generation.choices import JobState
from generation.models import ReservedId
from mvsite.common.dollars import dollars

if TYPE_CHECKING:
    _Form = ModelForm[Video]
else:
    _Form = ModelForm  # Django's own takes no type in brackets at run time


class StarsSelect(Select):
    """A choice of stars that writes itself: by Django's templates thirty take an eighth of the page's time."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Write what Django would, on one line."""
        options = (
            ({"value": key} | ({"selected": "selected"} if str(key) == str(value) else {}), label)
            for key, label in self.choices
        )
        return format_html(
            "<select{}>{}</select>",
            _attributes(self.build_attrs({"name": name, **self.attrs}, attrs)),
            format_html_join("", "<option{}>{}</option>", ((_attributes(each), label) for each, label in options)),
        )


def _attributes(values: dict[str, Any]) -> SafeString:
    return format_html_join("", ' {}="{}"', values.items())


class SheetForm(_Form):
    """The stars of one film in the sheet."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rating"].widget.attrs["aria-label"] = f"rating of {self.instance}"


class MadeFilter(CostFilter):
    """What the job behind a video cost."""

    def between(self, rows: QuerySet[Any], above: Decimal | None, at_most: Decimal | None) -> QuerySet[Any]:
        """Ask the job that had promised the video's id."""
        behind = ReservedId.objects.filter(pk=OuterRef("pk"))
        costs = {"job__cost_usd__gt": above, "job__cost_usd__lte": at_most}
        return rows.filter(Exists(behind.filter(**{name: cost for name, cost in costs.items() if cost is not None})))


@admin.register(Video)
class VideoAdmin(WordsAdmin, StoredFileAdmin):
    """Every video of everybody."""

    list_per_page = 30  # each is a small form of its own
    list_display = [
        *("sheet", "title", "kind", "owner", "length", "maker", "cost", "favourite", "rating", "created_at", "place"),
    ]
    list_editable = ("rating",)
    list_display_links = ("title",)
    list_filter = [
        "kind",
        "favourite",
        "rating",
        ("trashed_at", admin.EmptyFieldListFilter),
        "is_mock",
        "created_at",
        MadeFilter,
        TagFilter,
        OwnerFilter,
    ]
    search_fields = [
        "id",
    ]
    ordering = ["-created_at", "id"]
    actions = [favour, unfavour, trash, restore, "as_table"]

    def get_fields(self, request: HttpRequest, obj: StoredFile | None = None) -> tuple[str, ...]:
        """Begin with the player, then what may be changed."""
        fields = [str(field) for field in super().get_fields(request, obj)]
        return ("player", *(name for name in fields if name not in {"player", "job_behind"}), "job_behind")

    def get_readonly_fields(self, request: HttpRequest, obj: StoredFile | None = None) -> tuple[str, ...]:
        """Add what is shown and no field."""
        return (*super().get_readonly_fields(request, obj), "player", "job_behind")

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Let the rating write only what was changed: in the sheet it stands open for long."""
        if db_field.name == "rating":
            kwargs["show_hidden_initial"] = True  # what another one has rated since stays
            kwargs["widget"] = StarsSelect()
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Let each choice of stars in the sheet say of which film it is."""
        return super().get_changelist_form(request, **{"form": SheetForm, **kwargs})

    @admin.display(description="picture")
    def sheet(self, video: Video) -> str:
        """Show the still, which plays when it is pressed; nothing is loaded before but the still."""
        if video.trashed_at is not None or not video.poster_key:
            return format_html('<span class="no-still">{}</span>', "in the trash" if video.trashed_at else "no still")
        return format_html(
            '<video controls preload="none" width="240" height="135" poster="{}" src="{}" aria-label="{}"></video>',
            signed_url(video, is_poster=True),
            signed_url(video),
            str(video),
        )

    @admin.display(description="video")
    def player(self, video: Video) -> str:
        """Show it large."""
        if video.trashed_at is not None:
            return "It lies in the trash; restore it to see it."
        return format_html(
            '<video class="large" controls preload="none" poster="{}" src="{}" aria-label="{}"></video>',
            signed_url(video, is_poster=True) if video.poster_key else "",
            signed_url(video),
            str(video),
        )

    @admin.display(description="length", ordering="duration_ms")
    def length(self, video: Video) -> str:
        """Give seconds."""
        return f"{video.duration_ms / 1000:.1f} s"

    @admin.display(description="model")
    def maker(self, video: Video) -> str:
        """Name what made it."""
        return str(video.metadata.get("model_used") or "")

    @admin.display(description="cost")
    def cost(self, video: Video) -> str:
        """Tell the bill, as the metadata has it."""
        cost = video.metadata.get("cost_usd")
        return "" if cost is None else dollars(Decimal(str(cost)))

    @admin.display(description="state")
    def place(self, video: Video) -> str:
        """Say in words where it is."""
        return "in the trash" if video.trashed_at else "kept"

    @admin.display(description="made by job")
    def job_behind(self, video: Video) -> str:
        """Lead to the job that made it."""
        found = ReservedId.objects.filter(pk=video.pk).select_related("job").first()
        if found is None:
            return "None: it was uploaded, or its job is forgotten."
        state = JobState(found.job.state).label
        there = reverse("admin:generation_job_change", args=[found.job.pk])
        return format_html('<a href="{}">{} · {}</a>', there, found.job.kind, state)

    @admin.action(description="Save the chosen as a table (CSV)", permissions=["view"])
    def as_table(self, request: HttpRequest, queryset: QuerySet[Video]) -> StreamingHttpResponse:
        """Give the table of all of them, however many they are."""
        header = ("id", "title", "kind", "owner", "seconds", "model", "cost_usd", "created_at", "prompt", "key")
        rows = (
            (
                video.pk,
                video.title,
                video.kind,
                video.owner.username,
                video.duration_ms / 1000,
                video.metadata.get("model_used"),
                video.metadata.get("cost_usd"),
                video.created_at.isoformat(),
                video.metadata.get("prompt"),
                video.key,
            )
            for video in queryset.select_related("owner").iterator(chunk_size=ROWS_A_PIECE)
        )
        return csv_of("videos", header, rows)
