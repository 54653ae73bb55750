"""The trash of the library and that of the projects, each as a whole: emptied at once, for good."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from generation.api import examples
from generation.api.answers import Shape
from generation.api.finding import owner_of
from generation.services.trash import MOST, MOST_PROJECTS, has_projects_to_empty, projects_empty, trash_empty
from mvsite.accounts.audit import audit


class EmptiedSerializer(Shape):
    """What was deleted; `has_more` tells that there may be more: call again."""

    deleted = serializers.IntegerField()
    size_bytes = serializers.IntegerField()
    has_more = serializers.BooleanField(help_text=f"A call deletes {MOST} at most.")


class TrashView(APIView):
    """`DELETE /api/mv/trash`."""

    @extend_schema(
        responses={200: EmptiedSerializer},  # of a DELETE it would be 204 without a body
        examples=[examples.answer("Everything is gone", {"deleted": 14, "size_bytes": 73_400_320, "has_more": False})],
    )
    def delete(self, request: Request) -> Response:
        """Delete the songs, videos and portraits of one's trash for good; favourites and what is still used stay."""
        owner = owner_of(request)
        done = trash_empty(owner=owner)
        told = {"deleted": done.deleted, "size_bytes": done.size_bytes}
        audit("trash.emptied", request=request, by=owner, detail=told)
        return Response({**told, "has_more": done.has_more})


class EmptiedProjectsSerializer(Shape):
    """How many projects were deleted; `has_more` tells that there may be more: call again."""

    deleted = serializers.IntegerField()
    has_more = serializers.BooleanField(help_text=f"A call deletes {MOST_PROJECTS} at most.")


class ProjectTrashView(APIView):
    """`DELETE /api/mv/trash/projects`."""

    @extend_schema(
        responses={200: EmptiedProjectsSerializer},  # of a DELETE it would be 204 without a body
        examples=[examples.answer("Everything is gone", {"deleted": 3, "has_more": False})],
    )
    def delete(self, request: Request) -> Response:
        """Delete the projects in one's trash for good; their clips and finished videos go to the library's trash.

        One with unfinished work or an open share link stays. Songs and portraits stay, and so does what all cost.
        """
        owner = owner_of(request)
        deleted = 0
        try:
            for _ in projects_empty(owner=owner):
                deleted += 1
        finally:  # what is gone is told, also when one could not be deleted
            audit("trash.projects_emptied", request=request, by=owner, detail={"deleted": deleted})
        return Response({"deleted": deleted, "has_more": deleted > 0 and has_projects_to_empty(owner=owner)})
