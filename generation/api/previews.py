"""`GET /api/mv/flavors/{id}/preview`: what would be sent, to whom and for how much, before the click."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from flavors.selectors import flavor_list
from generation.api import examples
from generation.api.answers import Shape
from generation.api.fields import an_id, words
from generation.api.finding import named, noted, owner_of
from generation.models import Project
from generation.services.previews import Wanted, flavor_preview
from mvsite.common.bodies import RequestSerializer
from mvsite.common.errors import UserError
from mvsite.common.ids import parse_id


class PreviewRequestSerializer(RequestSerializer):
    """What it is a preview of: a project, or an idea and a character."""

    project_id = an_id()
    idea = words()
    character_description = words()


class PreviewedFlavorSerializer(Shape):
    """The flavor, and which of its revisions new work uses."""

    name = serializers.CharField()
    title = serializers.CharField()
    revision = serializers.IntegerField()


class PreviewedCallSerializer(Shape):
    """One call as its provider would get it."""

    provider = serializers.CharField()
    model = serializers.CharField()
    prompt = serializers.CharField()
    parameters = serializers.DictField(help_text="What goes along; a seed that nobody gave is drawn anew each time.")
    parameters_not_sent = serializers.ListField(child=serializers.CharField(), help_text="What the model cannot take.")
    warnings = serializers.ListField(child=serializers.CharField())
    estimated_cost_usd = serializers.CharField()


class PreviewedPortraitsSerializer(PreviewedCallSerializer):
    """One portrait's call, and how many of them."""

    times = serializers.IntegerField()


class PreviewedClipSerializer(PreviewedCallSerializer):
    """One clip's call, and the scene it is of."""

    scene_id = serializers.UUIDField(allow_null=True)
    index = serializers.IntegerField(allow_null=True)


class PreviewSerializer(Shape):
    """Everything a flavor would send for one music video."""

    flavor = PreviewedFlavorSerializer()
    scenes = PreviewedCallSerializer()
    portraits = PreviewedPortraitsSerializer()
    clips = PreviewedClipSerializer(many=True)


_CALL: dict[str, Any] = {
    "provider": "replicate",
    "model": "google/veo-3.1",
    "prompt": examples.TEXT,
    "parameters": {"aspect_ratio": "16:9", "duration": 8, "resolution": "720p", "generate_audio": False, "seed": 7},
    "parameters_not_sent": [],
    "warnings": [],
    "estimated_cost_usd": "1.6000",
}
_EXAMPLE = {
    "flavor": {"name": "mv1", "title": "Stadium concert", "revision": 3},
    "scenes": {**_CALL, "provider": "gemini", "model": "gemini-3.8-flash", "parameters": {"seed": 7}},
    "portraits": {**_CALL, "model": "google/imagen-4", "parameters": {"aspect_ratio": "1:1"}, "times": 4},
    "clips": [{**_CALL, "scene_id": examples.SCENE_ID, "index": 0}],
}


class FlavorPreviewView(APIView):
    """The exact prompts and parameters of a flavor."""

    @extend_schema(
        parameters=[
            OpenApiParameter("project_id", str, description="Whose idea, character, song and scenes are put in."),
            OpenApiParameter("idea", str, description="Instead of a project."),
            OpenApiParameter("character_description", str, description="Instead of a project."),
        ],
        responses=PreviewSerializer,
        examples=[examples.answer("Before the click", _EXAMPLE, "200")],
    )
    def get(self, request: Request, pk: str) -> Response:
        """Show what would be sent; nothing is sent or bought."""
        flavor = flavor_list().filter(pk=parse_id(pk)).first()
        if flavor is None:
            raise UserError("user:request:not_found")
        asked = PreviewRequestSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        given = asked.given
        mine = Project.objects.for_user(owner_of(request)).kept()
        project = named(mine, given.get("project_id"), "The project")
        if project is not None:
            noted(request, project)
        wanted = Wanted(
            flavor=flavor.name,
            idea=given.get("idea", project.idea if project else ""),
            character_description=given.get("character_description", project.character_description if project else ""),
            project=project,
        )
        return Response(flavor_preview(wanted))
