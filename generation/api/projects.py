"""Projects: list, make, read, change, trash, run, and the event feed."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assets.api.files import AnyAccept
from assets.models import Audio, CharacterReference
from generation.api.answers import FeedSerializer, JobSerializer, ProjectSerializer, SnapshotSerializer
from generation.api.bodies import TEXTS, EmptySerializer, ProjectRequestSerializer, RunRequestSerializer
from generation.api.feed import AFTER, feed_response
from generation.api.filters import ProjectFilter
from generation.api.finding import among_of, means_of, named, owner_of, payer_of
from generation.api.members import USER_ID, MemberRequestSerializer, MemberSerializer
from generation.api.resources import SAVED, TrashViewSet, checked, texts
from generation.api.waiting import start_work
from generation.models import Event, Project
from generation.selectors import project_data, project_snapshot, projects_with_details
from generation.services.exporting import project_export
from generation.services.members import member_list, member_remove, member_set, role_of
from generation.services.projects import project_create, project_restore, project_trash, project_update
from generation.services.references import nameable
from generation.services.runs import run_request
from generation.services.stitch import project_stitch
from mvsite.accounts.models import User
from mvsite.common.errors import UserError
from mvsite.common.ids import parse_id
from mvsite.common.text import download_name

_NAMED = {
    "character_reference_id": (CharacterReference, "The portrait"),
    "product_image_id": (CharacterReference, "The product picture"),
    "audio_id": (Audio, "The song"),
}


@extend_schema_view(list=extend_schema(responses=ProjectSerializer(many=True)))
class ProjectViewSet(TrashViewSet):
    """`/api/mv/projects/`."""

    queryset = Project.objects.all()
    filterset_class = ProjectFilter
    search_fields = ("title", "idea", "character_description")
    ordering_fields = ("created_at", "updated_at", "title")

    def details(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Fetch the scenes and the cost along."""
        return projects_with_details(rows)

    def shape(self, row: Project) -> dict[str, Any]:
        """Answer a project without its scenes."""
        return project_data(row)

    @extend_schema(responses=SnapshotSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Read a project with its scenes and takes, and the cursor from which its feed goes on."""
        return Response(project_snapshot(self.get_object()))

    @extend_schema(request=ProjectRequestSerializer, responses={201: ProjectSerializer})
    def create(self, request: Request) -> Response:
        """Make a project; nothing is started."""
        fields = self._fields(request)
        return self.post_once(lambda: self.answer(project_create(owner=owner_of(request), **fields), SAVED))

    @extend_schema(request=ProjectRequestSerializer, responses=ProjectSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what is named."""
        project = self.get_object()
        fields = self._fields(request, project)
        return self.change(lambda: self.answer(project_update(project=project, **fields)))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Move a project to the trash."""
        project_trash(project=self._own(self.get_object()))
        return Response(status=204)

    @extend_schema(request=EmptySerializer, responses=ProjectSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Take a project out of the trash."""
        project = self._own(self.find(self.get_queryset()))
        return self.post_once(lambda: self.answer(project_restore(project=project)))

    @extend_schema(request=RunRequestSerializer, responses={202: JobSerializer})
    @action(detail=True, methods=["post"])
    def run(self, request: Request, pk: str) -> Response:
        """Make what is missing: scenes, then a clip for each, then the finished video."""
        project = self.get_object()
        words = checked(RunRequestSerializer, request).given
        return start_work(request, lambda: run_request(project=project, **words))

    @extend_schema(request=EmptySerializer, responses={202: JobSerializer})
    @action(detail=True, methods=["post"])
    def stitch(self, request: Request, pk: str) -> Response:
        """Put the chosen takes together again under the project's song."""
        project = self.get_object()
        checked(EmptySerializer, request)
        return start_work(request, lambda: project_stitch(project=project))

    @extend_schema(parameters=[AFTER], responses={200: FeedSerializer, 304: None})
    @action(detail=True, methods=["get"], filter_backends=[], pagination_class=None)
    def events(self, request: Request, pk: str) -> Response:
        """Read what happened in a project after a cursor."""
        project = self.get_object()
        role = role_of(owner_of(request), project)
        return feed_response(request, stream=project.pk, rows=Event.objects.all(), role=role)

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], filter_backends=[], content_negotiation_class=AnyAccept)
    def export(self, request: Request, pk: str) -> StreamingHttpResponse:
        """Fetch the project as a ZIP: clips, finished video, song, texts, and all that `import_project` needs."""
        project = self.get_object()
        name = download_name(project.title or project.idea[:60], "zip")
        headers = {"Content-Disposition": content_disposition_header(True, name) or "", "Cache-Control": "no-store"}  # noqa: FBT003 - Django's signature
        content = project_export(project=project, to=owner_of(request))
        return StreamingHttpResponse(content, content_type="application/zip", headers=headers)

    @extend_schema(request=MemberRequestSerializer, responses={200: MemberSerializer(many=True)})
    @action(detail=True, methods=["get", "post"], filter_backends=[], pagination_class=None)
    def members(self, request: Request, pk: str) -> Response:
        """List who else may see or change a project; with a POST its owner lets somebody in, or changes their role."""
        project = self.get_object()
        if request.method == "POST":
            self._own(project)
            words = {**checked(MemberRequestSerializer, request).validated_data, **self._asked_by(project)}
            self.post_once(lambda: Response([str(member_set(project=project, **words).pk)]))
        return Response(member_list(project=project))

    @extend_schema(responses={204: None}, parameters=[USER_ID])
    @action(detail=True, methods=["delete"], url_path=r"members/(?P<user_id>[^/]+)", url_name="member")
    def member(self, request: Request, pk: str, user_id: str) -> Response:
        """Let somebody in no longer; members may leave by themselves."""
        project, gone = self.find_to_look(), parse_id(user_id)
        if gone != owner_of(request).pk:
            self._own(project)
        member_remove(project=project, user_id=gone, **self._asked_by(project))
        return Response(status=204)

    def _asked_by(self, project: Project) -> dict[str, Any]:
        """Return what the audit log wants to know of this request about its members."""
        request = self.request
        return {"by": owner_of(request), "request": request, "via": means_of(request, project.owner_id)}

    def _own(self, project: Project) -> Project:
        """Return a project if the one who asks owns it. Raises user:auth:forbidden."""
        if project.owner_id != owner_of(self.request).pk:
            raise UserError("user:auth:forbidden", "Only the owner of this project does that.")
        return project

    def _fields(self, request: Request, project: Project | None = None) -> dict[str, Any]:
        given = checked(ProjectRequestSerializer, request).validated_data
        return project_fields(payer_of(request, project), given, among_of(request, project))


def project_fields(owner: User, given: Mapping[str, Any], among: Project | None = None) -> dict[str, Any]:
    """Return a checked body's fields for the services, with every id resolved through the owner.

    A member names only what is in the project already (`among`). Raises user:media:missing.
    """
    data = texts(dict(given), TEXTS)
    for name, (kind, what) in _NAMED.items():
        if name in data:
            rows = nameable(kind, owner=owner, among=among)
            data[name.removesuffix("_id")] = named(rows, data.pop(name), what)
    return data
