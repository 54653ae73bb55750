"""Scenes: add, edit, write anew, split, order, choose a take, trash."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from generation.api.answers import JobSerializer, SceneSerializer, VersionSerializer
from generation.api.bodies import (
    EmptySerializer,
    MoveSerializer,
    RegenerateRequestSerializer,
    ReorderSerializer,
    SceneAddSerializer,
    SceneEditSerializer,
    SelectTakeSerializer,
)
from generation.api.filters import SceneFilter
from generation.api.finding import project_to_change
from generation.api.resources import SAVED, TrashViewSet, checked
from generation.api.waiting import start_work
from generation.models import Scene, SceneVersion
from generation.selectors import scene_data, scenes_of, with_details
from generation.services.scenes import scene_edit, take_select
from generation.services.storyboard import scene_add, scene_restore, scene_split, scene_trash, scenes_reorder
from generation.services.writing import scene_regenerate
from mvsite.common.errors import UserError


@extend_schema_view(
    list=extend_schema(responses=SceneSerializer(many=True)), retrieve=extend_schema(responses=SceneSerializer)
)
class SceneViewSet(TrashViewSet):
    """`/api/mv/scenes/`."""

    queryset = Scene.objects.all()
    filterset_class = SceneFilter
    search_fields = ("current__description",)
    ordering_fields = ("created_at", "updated_at", "trashed_at", "index")

    def details(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Fetch text and takes along."""
        return with_details(rows)

    def shape(self, row: Scene) -> dict[str, Any]:
        """Answer a scene with its takes."""
        return scene_data(row)

    @extend_schema(request=SceneAddSerializer, responses={201: SceneSerializer})
    def create(self, request: Request) -> Response:
        """Insert a scene; later ones move up."""
        words = checked(SceneAddSerializer, request).given
        project = self._project(words.pop("project_id"))
        return self.post_once(lambda: self.answer(scene_add(project=project, **words), SAVED))

    @extend_schema(request=SceneEditSerializer, responses=SceneSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Give a scene new text; the text before stays as a version."""
        scene = self.get_object()
        words = checked(SceneEditSerializer, request).validated_data
        return self.change(lambda: self.answer(scene_edit(scene=scene, **words)))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Move a scene to the trash; later ones move down."""
        scene = self.get_object()
        return self.change(lambda: self._trashed(scene))

    @extend_schema(request=EmptySerializer, responses=SceneSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Take a scene out of the trash, to its old place."""
        scene = self.find(self.get_queryset())
        if scene.project is not None and scene.project.trashed_at is not None:
            raise UserError("user:request:not_found", "Its project is in the trash; restore that first.")
        return self.post_once(lambda: self.answer(scene_restore(scene=scene)))

    @extend_schema(responses=VersionSerializer(many=True))
    @action(detail=True, methods=["get"], filter_backends=[])
    def versions(self, request: Request, pk: str) -> Response:
        """Read every text this scene ever had."""
        rows = SceneVersion.objects.filter(scene=self.get_object())
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(VersionSerializer(page, many=True).data)

    @extend_schema(request=RegenerateRequestSerializer, responses={202: JobSerializer})
    @action(detail=True, methods=["post"])
    def regenerate(self, request: Request, pk: str) -> Response:
        """Write the text of this one scene anew."""
        scene = self.get_object()
        words = checked(RegenerateRequestSerializer, request).given
        return start_work(request, lambda: scene_regenerate(scene=scene, **words))

    @extend_schema(request=EmptySerializer, responses={201: SceneSerializer})
    @action(detail=True, methods=["post"])
    def split(self, request: Request, pk: str) -> Response:
        """Put a copy of this scene's text behind it, as a scene of its own; the answer is the new one."""
        scene = self.get_object()
        checked(EmptySerializer, request)
        return self.post_once(lambda: self.answer(scene_split(scene=scene), SAVED))

    @extend_schema(request=MoveSerializer, responses=SceneSerializer)
    @action(detail=True, methods=["post"])
    def reorder(self, request: Request, pk: str) -> Response:
        """Move this scene to another place."""
        scene = self.get_object()
        if scene.project is None:
            raise UserError("user:project:incomplete", "This scene belongs to no project.")
        order = [each.pk for each in scenes_of(scene.project) if each.pk != scene.pk]
        order.insert(checked(MoveSerializer, request).validated_data["index"], scene.pk)
        return self.post_once(lambda: self._reordered(scene.project, order, scene))

    @extend_schema(request=ReorderSerializer, responses={204: None}, operation_id="mv_scenes_reorder_all")
    @action(detail=False, methods=["post"], url_path="reorder", url_name="reorder-all")
    def reorder_all(self, request: Request) -> Response:
        """Put all scenes of a project in a new order."""
        words = checked(ReorderSerializer, request).validated_data
        project = self._project(words["project_id"])
        return self.post_once(lambda: self._reordered(project, words["scene_ids"], None))

    @extend_schema(request=SelectTakeSerializer, responses=SceneSerializer)
    @action(detail=True, methods=["post"])
    def select_take(self, request: Request, pk: str) -> Response:
        """Choose the take that goes into the finished video."""
        scene = self.get_object()
        words = checked(SelectTakeSerializer, request).validated_data
        return self.post_once(lambda: self.answer(take_select(scene=scene, **words)))

    def _project(self, project_id: Any) -> Any:
        return project_to_change(self.request, project_id)

    def _trashed(self, scene: Scene) -> Response:
        scene_trash(scene=scene)
        return Response(status=204)

    def _reordered(self, project: Any, order: list[Any], scene: Scene | None) -> Response:
        scenes_reorder(project=project, scene_ids=order)
        return Response(status=204) if scene is None else self.answer(scene)
