"""Every writing of scenes: list, read, and the two files that hold it."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assets import storage
from generation.api import examples
from generation.api.answers import SceneGenerationSerializer
from generation.api.filters import SceneGenerationFilter
from generation.api.finding import owner_of
from generation.api.promised import not_found
from generation.api.resources import ResourceViewSet
from generation.models import SceneGeneration
from mvsite.common.errors import UserError
from mvsite.common.ids import parse_id


@extend_schema_view(list=extend_schema(responses=SceneGenerationSerializer(many=True)))
class SceneGenerationViewSet(ResourceViewSet):
    """`/api/mv/scene_generations/`."""

    queryset = SceneGeneration.objects.all()
    filterset_class = SceneGenerationFilter
    search_fields = ("idea", "character_description")

    def shape(self, row: SceneGeneration) -> dict[str, Any]:
        """Answer a writing as `create_scenes` did, and what was asked for."""
        base = f"/api/mv/scene_generations/{row.pk}"
        return {
            "id": str(row.pk),
            "generation_id": str(row.pk),
            "project_id": str(row.project_id) if row.project_id else None,
            "idea": row.idea,
            "character_description": row.character_description,
            "config_flavor": row.config_flavor,
            "scenes": row.scenes,
            "output_files": {"json": f"{base}/scenes.json", "markdown": f"{base}/scenes.md"},
            "metadata": row.metadata,
            "created_at": row.created_at.isoformat().replace("+00:00", "Z"),
        }

    @extend_schema(responses=SceneGenerationSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Read one writing; 409 while it is being written."""
        return Response(self.shape(self._found()))

    @extend_schema(
        responses={(200, "application/json"): OpenApiTypes.OBJECT},
        examples=[examples.answer("Two scenes", {"idea": examples.IDEA, "scenes": examples.WRITTEN["scenes"]})],
    )
    @action(detail=True, methods=["get"], url_path=r"scenes\.json", url_name="json", filter_backends=[])
    def scenes_json(self, request: Request, pk: str) -> HttpResponse:
        """Fetch the scenes as JSON."""
        return self._file(self._found().json_key, "application/json")

    @extend_schema(responses={(200, "text/markdown"): OpenApiTypes.STR})
    @action(detail=True, methods=["get"], url_path=r"scenes\.md", url_name="markdown", filter_backends=[])
    def scenes_markdown(self, request: Request, pk: str) -> HttpResponse:
        """Fetch the scenes as a text for people."""
        return self._file(self._found().markdown_key, "text/markdown; charset=utf-8")

    def _found(self) -> SceneGeneration:
        try:
            found: SceneGeneration = self.get_object()
        except UserError as error:
            if error.code != "user:request:not_found":
                raise
            raise not_found(owner=owner_of(self.request), wanted=parse_id(self.kwargs["pk"])) from None
        return found

    def _file(self, key: str, kind: str) -> HttpResponse:
        with storage.open_file(key) as file:
            name = key.rsplit("/", 1)[-1]
            headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private"}
            return HttpResponse(file.read(), content_type=kind, headers=headers)
