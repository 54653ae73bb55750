"""Flavors over HTTP: the list, one of them, and the plain names."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ReadOnlyModelViewSet

from flavors.api.serializers import FlavorDetailSerializer, FlavorNamesSerializer, FlavorSerializer
from flavors.models import ConfigFlavor
from flavors.selectors import flavor_list
from mvsite.common.errors import UserError
from mvsite.common.ids import parse_id


class FlavorViewSet(ReadOnlyModelViewSet[ConfigFlavor]):
    """The flavors that may be chosen, `default` first; one of them with its prompts, parameters and rules."""

    queryset = ConfigFlavor.objects.none()
    lookup_value_regex = "[^/]+"
    filterset_fields = ("name",)
    search_fields = ("name", "title")
    ordering_fields = ("name", "title", "created_at")
    ordering = ("rank", "name")

    def get_queryset(self) -> QuerySet[ConfigFlavor]:
        """Return what people may choose."""
        return ConfigFlavor.objects.none() if getattr(self, "swagger_fake_view", False) else flavor_list()

    def get_object(self) -> ConfigFlavor:
        """Return the flavor of the address. Raises user:request:malformed_id, user:request:not_found."""
        found = self.get_queryset().filter(pk=parse_id(self.kwargs["pk"])).first()
        if found is None:
            raise UserError("user:request:not_found")
        return found

    def get_serializer_class(self) -> type[Any]:
        """Answer one flavor with everything it says, a list with names only."""
        return FlavorDetailSerializer if self.action == "retrieve" else FlavorSerializer


class ConfigFlavorNamesView(APIView):
    """`GET /api/mv/get_config_flavors`."""

    @extend_schema(responses=FlavorNamesSerializer)
    def get(self, request: Request) -> Response:
        """List the names of the flavors, `default` first."""
        return Response({"flavors": [flavor.name for flavor in flavor_list()]})
