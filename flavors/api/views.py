"""Flavors over HTTP: the list, one of them, its revisions, what staff write, and the plain names."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ReadOnlyModelViewSet

from flavors.api.serializers import (
    FlavorChangeSerializer,
    FlavorDetailSerializer,
    FlavorNamesSerializer,
    FlavorRequestSerializer,
    FlavorRevisionSerializer,
    FlavorSerializer,
)
from flavors.models import ConfigFlavor, FlavorRevision
from flavors.selectors import flavor_list
from flavors.services import flavor_reset
from flavors.writing import as_user_error, flavor_create, flavor_update
from flavors.yaml_text import FlavorInvalidError
from mvsite.accounts.audit import audit
from mvsite.accounts.models import User
from mvsite.common.bodies import RequestSerializer
from mvsite.common.errors import UserError
from mvsite.common.idempotency import once
from mvsite.common.ids import parse_id

_NEEDED = {
    "create": "flavors.add_configflavor",
    "partial_update": "flavors.change_configflavor",
    "reset": "flavors.change_configflavor",
}


class MayWrite(BasePermission):
    """Only staff with the right of the admin to this kind of writing."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Say whether they have it."""
        user = request.user
        return isinstance(user, User) and user.is_staff and user.has_perm(_NEEDED[view.action])


class FlavorViewSet(ReadOnlyModelViewSet[ConfigFlavor]):
    """The flavors that may be chosen, `default` first; one of them with all it says. Staff write them."""

    queryset = ConfigFlavor.objects.none()
    lookup_value_regex = "[^/]+"
    filterset_fields = ("name",)
    search_fields = ("name", "title")
    ordering_fields = ("name", "title", "created_at")
    ordering = ("rank", "name")

    def get_permissions(self) -> list[Any]:
        """Let staff write who may in the admin, and everybody read."""
        needed = super().get_permissions()
        return [*needed, MayWrite()] if self.action in _NEEDED else list(needed)

    def get_queryset(self) -> QuerySet[ConfigFlavor]:
        """Return what people may choose; by their ids staff also reach those that are switched off."""
        if getattr(self, "swagger_fake_view", False):
            return ConfigFlavor.objects.none()
        user = self.request.user
        if self.action != "list" and isinstance(user, User) and user.is_staff:
            return ConfigFlavor.objects.filter(revision__isnull=False).select_related("revision")
        return flavor_list()

    def get_object(self) -> ConfigFlavor:
        """Return the flavor of the address. Raises user:request:malformed_id, user:request:not_found."""
        found = self.get_queryset().filter(pk=parse_id(self.kwargs["pk"])).first()
        if found is None:
            raise UserError("user:request:not_found")
        return found

    def get_serializer_class(self) -> type[Any]:
        """Answer one flavor with everything it says, a list with names only."""
        return FlavorSerializer if self.action == "list" else FlavorDetailSerializer

    @extend_schema(
        parameters=[OpenApiParameter("revision", int, description="What this revision said, instead of today's.")]
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Read one, as it is or as it was."""
        flavor, number = self.get_object(), request.query_params.get("revision")
        if number is not None:
            flavor.revision = _revision(flavor, number)
        return _told(flavor)

    @extend_schema(request=FlavorRequestSerializer, responses={201: FlavorDetailSerializer})
    def create(self, request: Request) -> Response:
        """Make a flavor. A mistake in a text is told with its file, line and field, and nothing is kept."""
        given = _checked(FlavorRequestSerializer, request)

        def act() -> Response:
            flavor = flavor_create(**given, created_by=_writer(request))
            _noted("flavor.made", request, flavor)
            return _told(flavor, 201)

        return once(request, act)

    @extend_schema(request=FlavorChangeSerializer, responses=FlavorDetailSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change texts as a new revision, which the very next job uses; or switch the flavor on or off."""
        given = _checked(FlavorChangeSerializer, request)
        words = {"files": given.get("files", {}), "active": given.get("active"), "revision": given.get("revision")}
        with transaction.atomic():
            flavor = flavor_update(flavor=self.get_object(), **words, changed_by=_writer(request))
            _noted("flavor.changed", request, flavor)
        return _told(flavor)

    @extend_schema(request=None, responses=FlavorDetailSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def reset(self, request: Request, pk: str) -> Response:
        """Go back to what the flavor's folder said last."""
        flavor = self.get_object()

        def act() -> Response:
            try:
                flavor_reset(name=flavor.name, created_by=_writer(request))
            except FlavorInvalidError as error:
                raise as_user_error(error) from error
            after = self.get_object()
            _noted("flavor.reset", request, after)
            return _told(after)

        return once(request, act)

    @extend_schema(responses=FlavorRevisionSerializer(many=True))
    @action(detail=True, methods=["get"], filter_backends=[])
    def revisions(self, request: Request, pk: str) -> Response:
        """List what it said before, newest first; `?revision=N` of the flavor shows one."""
        rows: Any = self.get_object().revisions.order_by("-number")
        page: Any = self.paginate_queryset(rows)
        return self.get_paginated_response(FlavorRevisionSerializer(page, many=True).data)


def _told(flavor: ConfigFlavor, status: int = 200) -> Response:
    return Response(FlavorDetailSerializer(flavor).data, status=status)


def _noted(action: str, request: Request, flavor: ConfigFlavor) -> None:
    number = flavor.revision.number if flavor.revision else None
    words = {"name": flavor.name, "revision": number, "active": flavor.active}
    audit(action, request=request, by=_writer(request), about=flavor, detail=words)


def _checked(kind: type[RequestSerializer], request: Request) -> dict[str, Any]:
    body = kind(data=request.data)
    body.is_valid(raise_exception=True)
    return body.given


def _writer(request: Request) -> User:
    if not isinstance(request.user, User):
        raise UserError("user:auth:required")
    return request.user


def _revision(flavor: ConfigFlavor, number: str) -> FlavorRevision:
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise UserError("user:request:invalid", "revision is a number from 1.")
    found = flavor.revisions.filter(number=int(number)).first()
    if found is None:
        raise UserError("user:request:not_found")
    return found


class ConfigFlavorNamesView(APIView):
    """`GET /api/mv/get_config_flavors`."""

    @extend_schema(responses=FlavorNamesSerializer)
    def get(self, request: Request) -> Response:
        """List the names of the flavors, `default` first."""
        return Response({"flavors": [flavor.name for flavor in flavor_list()]})
