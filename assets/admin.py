"""Songs and portraits in the admin: looked up, named, thrown away and taken back. Bytes come in elsewhere."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from assets.models import Audio, CharacterReference, StoredFile
from assets.services.library import asset_restore, asset_trash

if TYPE_CHECKING:
    Admin = admin.ModelAdmin[StoredFile]
else:
    Admin = admin.ModelAdmin  # Django's own takes no type in brackets at run time
CHANGEABLE = ("title", "favourite", "tags")


@admin.action(description="Move to the trash")
def trash(model_admin: Admin, request: HttpRequest, rows: QuerySet[Any]) -> None:
    """Throw the chosen rows away."""
    for row in rows:
        asset_trash(asset=row)


@admin.action(description="Take out of the trash")
def restore(model_admin: Admin, request: HttpRequest, rows: QuerySet[Any]) -> None:
    """Take the chosen rows back."""
    for row in rows:
        asset_restore(asset=row)


class StoredFileAdmin(Admin):
    """A kept file. A row without its file, or a file without its row, must not come about here: no add, no delete."""

    list_display = ("title", "owner", "source", "size_bytes", "created_at", "trashed_at")
    list_filter = ("source", "favourite", ("trashed_at", admin.EmptyFieldListFilter))
    list_select_related = ("owner",)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("=id", "title", "owner__username")
    ordering = ("-created_at",)
    actions = (trash, restore)

    def get_readonly_fields(self, request: HttpRequest, obj: StoredFile | None = None) -> tuple[str, ...]:
        """Leave only what a person says about the file open to change."""
        return tuple(field.name for field in self.model._meta.fields if field.name not in CHANGEABLE)  # noqa: SLF001

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
