"""Songs and portraits in the admin: looked up, named, thrown away and taken back. Bytes come in elsewhere."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from assets.models import Audio, CharacterReference, StoredFile
from assets.services.library import assets_change
from mvsite.common.bounded_pages import BoundedPaginator
from mvsite.common.tags import TAGS_IN_FORMS

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[StoredFile]
else:
    Admin = admin.ModelAdmin  # Django's own takes no type in brackets at run time
CHANGEABLE = ("title", "favourite", "tags", "rating")


@admin.action(description="Mark as favourite", permissions=["change"])
def favour(model_admin: Admin, request: HttpRequest, rows: QuerySet[Any]) -> None:
    """Mark the chosen rows."""
    _change(model_admin, request, rows, "favourite")


@admin.action(description="Take the mark off", permissions=["change"])
def unfavour(model_admin: Admin, request: HttpRequest, rows: QuerySet[Any]) -> None:
    """Take the mark off the chosen rows."""
    _change(model_admin, request, rows, "unfavourite")


@admin.action(description="Move to the trash", permissions=["change"])
def trash(model_admin: Admin, request: HttpRequest, rows: QuerySet[Any]) -> None:
    """Throw the chosen rows away."""
    _change(model_admin, request, rows, "trash")


@admin.action(description="Take out of the trash", permissions=["change"])
def restore(model_admin: Admin, request: HttpRequest, rows: QuerySet[Any]) -> None:
    """Take the chosen rows back."""
    _change(model_admin, request, rows, "restore")


def _change(model_admin: Admin, request: HttpRequest, rows: QuerySet[Any], action: str) -> None:
    """Do it, write it into the admin's log, and say how many there were."""
    manager: Any = model_admin.model._default_manager  # noqa: SLF001  Django's documented way to it
    chosen = list(rows.only("pk", "title", "owner"))
    count = assets_change(rows=manager.all(), ids=[row.pk for row in chosen], action=action)
    for row in chosen:
        model_admin.log_change(request, row, action)
    model_admin.message_user(request, f"{count} of {len(chosen)} done: {action}.")


class StoredFileAdmin(Admin):
    """A kept file. A row without its file, or a file without its row, must not come about here: no add, no delete."""

    list_display = ["title", "owner", "source", "size_bytes", "created_at", "trashed_at"]
    list_filter = ["source", "favourite", ("trashed_at", admin.EmptyFieldListFilter)]
    list_select_related = ("owner",)
    list_per_page = 50
    show_full_result_count = False
    paginator = BoundedPaginator
    search_fields = ["=id", "title", "owner__username"]
    ordering = ["-created_at"]
    actions = [favour, unfavour, trash, restore]
    formfield_overrides = TAGS_IN_FORMS

    def get_readonly_fields(self, request: HttpRequest, obj: StoredFile | None = None) -> tuple[str, ...]:
        """Leave only what a person says about the file open to change."""
        return tuple(field.name for field in self.model._meta.fields if field.name not in CHANGEABLE)  # noqa: SLF001

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """Write only what was changed: the row may have moved on, into the trash say, since it was read."""
        obj.save(update_fields=[*form.changed_data, "updated_at"])

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Say no."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: StoredFile | None = None) -> bool:
        """Say no: the trash is emptied together with the bytes."""
        return False


@admin.register(Audio)
class AudioAdmin(StoredFileAdmin):
    """Songs."""


@admin.register(CharacterReference)
class CharacterReferenceAdmin(StoredFileAdmin):
    """Portraits."""
