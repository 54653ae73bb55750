"""What songs, videos and portraits share as resources: list, detail, PATCH, trash and restore."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from assets.addresses import freshened
from assets.api import examples
from assets.api.serializers import AssetRequestSerializer, BulkRequestSerializer, BulkResultSerializer
from assets.api.uploads import LimitedUploadHandler
from assets.models import StoredFile, StoredFileQuerySet
from assets.selectors import found
from assets.services.library import asset_restore, asset_trash, asset_update, assets_change
from mvsite.common.errors import UserError
from mvsite.common.idempotency import once

TRASHED = OpenApiParameter("trashed", bool, description="List the trash instead.", default=False)
_YES, _NO = {"true", "1"}, {"false", "0", ""}


class LibraryViewSet(mixins.ListModelMixin, GenericViewSet[Any]):
    """A resource over one kind of kept file; a subclass names `queryset`, `serializer_class`, `filterset_class`."""

    lookup_value_regex = "[^/]+"
    change_serializer: type[AssetRequestSerializer] = AssetRequestSerializer
    search_fields: tuple[str, ...] = ("title",)
    ordering_fields: tuple[str, ...] = ("created_at", "title", "size_bytes")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Count files while they come in; this must be set before anything reads the body."""
        incoming = LimitedUploadHandler(request)
        request.upload_handlers = [incoming]
        try:
            return super().dispatch(request, *args, **kwargs)
        finally:
            incoming.release()

    @property
    def rate(self) -> str:
        """Name the limit a request counts against."""
        return "upload" if self.action == "upload" else "generate"

    def get_queryset(self) -> StoredFileQuerySet[Any]:
        """Return what the user has and this action is about."""
        rows: StoredFileQuerySet[Any] = super().get_queryset().for_user(self.request.user)  # type: ignore[attr-defined]
        if self.action in {"restore", "bulk"}:
            return rows
        return rows.trashed() if self._wants_trash() else rows.kept()

    @property
    def ordering(self) -> tuple[str, ...]:
        """Show the newest first; in the trash, what was thrown away last."""
        return ("-trashed_at",) if self._wants_trash() else ("-created_at",)

    def get_object(self) -> Any:
        """Return the row of the address. Raises user:request:malformed_id, user:request:not_found."""
        return found(self.get_queryset(), self.kwargs["pk"])

    def answer(self, row: StoredFile) -> Response:
        """Answer one row."""
        return Response(freshened(self.get_serializer(row).data))

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List them, each with its address of today."""
        response = super().list(request, *args, **kwargs)
        response.data = freshened(response.data)
        return response

    def retrieve(self, request: Request, pk: str) -> Response:
        """Read one."""
        return self.answer(self.get_object())

    @extend_schema(request=AssetRequestSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change title, favourite or tags."""
        row = self.get_object()
        body = self.change_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        return self.answer(self.changed(row, **body.validated_data))

    def changed(self, row: Any, **words: Any) -> StoredFile:
        """Change one row."""
        changed: StoredFile = asset_update(asset=row, **words)
        return changed

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Put it into the trash; what was made from it still plays."""
        asset_trash(asset=self.get_object())
        return Response(status=204)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], filter_backends=[])
    def restore(self, request: Request, pk: str) -> Response:
        """Take it out of the trash."""
        return self.answer(asset_restore(asset=self.get_object()))

    @extend_schema(request=BulkRequestSerializer, responses=BulkResultSerializer, examples=examples.BULK)
    @action(detail=False, methods=["post"], filter_backends=[], pagination_class=None)
    def bulk(self, request: Request) -> Response:
        """Mark, tag, throw away or restore up to 200 at once; ids that name nothing are counted, not an error."""
        body = BulkRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        words = {**body.validated_data, "ids": sorted(set(body.validated_data["ids"]))}
        return once(request, lambda: self._changed(words))

    def _changed(self, words: dict[str, Any]) -> Response:
        changed = assets_change(rows=self.get_queryset(), **words)
        return Response({"changed": changed, "not_found": len(words["ids"]) - changed})

    def _wants_trash(self) -> bool:
        if self.action != "list":
            return False
        wish = self.request.query_params.get("trashed", "").lower()
        if wish not in _YES | _NO:
            raise UserError("user:request:invalid", "trashed is true or false.")
        return wish in _YES
