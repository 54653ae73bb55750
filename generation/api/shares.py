"""Links that show one video or one project to people without an account: make, list, revoke."""

from datetime import datetime
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_serializer, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from assets.models import Video
from generation.api import examples
from generation.api.answers import Shape
from generation.api.fields import an_id, number
from generation.api.finding import named, owner_of
from generation.api.resources import SAVED, ResourceViewSet, checked
from generation.models import Project, Share
from generation.services.shares import DEFAULT_HOURS, LONGEST_HOURS, share_create, share_revoke, share_token
from mvsite.accounts.reach import owned
from mvsite.common.bodies import RequestSerializer
from mvsite.common.errors import UserError
from mvsite.common.links import absolute_url

_ID = "2f7e1f1b-9c2d-4f46-8a77-0d6a5a7d3e21"
_TOKEN = "L34fG5wtT0aKdw1qWn0-IQ.c2lnbmF0dXJl"  # noqa: S105 - an example, signed by nobody
_EXAMPLE = {
    "id": _ID,
    "url": f"https://studio.example/share/{_TOKEN}/",
    "project_id": examples.PROJECT_ID,
    "video_id": None,
    "is_open": True,
    "expires_at": "2026-11-28T09:00:00Z",
    "revoked_at": None,
    "opened": 3,
    "last_opened_at": examples.WHEN,
    "created_at": examples.WHEN,
}


@extend_schema_serializer(
    examples=[examples.body("A project for a week", {"project_id": examples.PROJECT_ID, "expires_in_hours": 168})]
)
class ShareRequestSerializer(RequestSerializer):
    """Body of POST: what to show, and for how many hours (168)."""

    video_id = an_id()
    project_id = an_id()
    expires_in_hours = number(0.01, LONGEST_HOURS)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Take one of the two ids."""
        if bool(attrs.get("video_id")) == bool(attrs.get("project_id")):
            raise serializers.ValidationError("Give a video_id or a project_id.")
        return attrs


@extend_schema_serializer(examples=[examples.answer("A link to a project", _EXAMPLE)])
class ShareSerializer(Shape):
    """One link; `opened` counts how often its page was opened."""

    id = serializers.UUIDField()
    url = serializers.CharField()
    project_id = serializers.UUIDField(allow_null=True)
    video_id = serializers.UUIDField(allow_null=True)
    is_open = serializers.BooleanField()
    expires_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)
    opened = serializers.IntegerField()
    last_opened_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class ShareFilter(django_filters.FilterSet):
    """Filters of `/api/mv/shares/`."""

    project_id = django_filters.UUIDFilter(field_name="project_id")
    video_id = django_filters.UUIDFilter(field_name="video_id")
    is_open = django_filters.BooleanFilter(method="only_open", label="true: only links that work")

    class Meta:
        model = Share
        fields = ["project_id", "video_id"]

    def only_open(self, rows: Any, name: str, value: bool) -> QuerySet[Share]:  # noqa: FBT001  django-filter calls it so
        """Keep the links that work, or the others."""
        working = Share.objects.open(timezone.now()).values("pk")
        found: QuerySet[Share] = rows.filter(pk__in=working) if value else rows.exclude(pk__in=working)
        return found


@extend_schema_view(
    list=extend_schema(responses=ShareSerializer(many=True)), retrieve=extend_schema(responses=ShareSerializer)
)
class ShareViewSet(ResourceViewSet):
    """`/api/mv/shares/`."""

    queryset = Share.objects.all()
    filterset_class = ShareFilter
    ordering_fields = ("created_at", "expires_at")

    def shape(self, row: Share) -> dict[str, Any]:
        """Answer a link with its address."""
        times = ("expires_at", "revoked_at", "last_opened_at", "created_at")
        return {
            "id": str(row.pk),
            "url": absolute_url(self.request, f"/share/{share_token(row)}/"),
            "project_id": str(row.project_id) if row.project_id else None,
            "video_id": str(row.video_id) if row.video_id else None,
            "is_open": row.is_open(timezone.now()),
            "opened": row.opened,
            **{name: _when(getattr(row, name)) for name in times},
        }

    @extend_schema(request=ShareRequestSerializer, responses={201: ShareSerializer})
    def create(self, request: Request) -> Response:
        """Make a link that shows a video or a project, read only, until it expires or is revoked."""
        words, owner = checked(ShareRequestSerializer, request).given, owner_of(request)
        video = named(Video.objects.for_user(owner).kept(), words.get("video_id"), "The video")
        project = named(Project.objects.filter(owned(owner)).kept(), words.get("project_id"), "The project")
        hours = words.get("expires_in_hours", DEFAULT_HOURS)
        return self.post_once(
            lambda: self.answer(share_create(owner=owner, video=video, project=project, hours=hours), SAVED),
            again=self._told_again,
        )

    def _told_again(self, pk: str) -> Response:
        """Answer a link as it is now, as often as a key is repeated; its address is kept in no other row."""
        found = self.get_queryset().filter(pk=pk).first()
        if found is None:
            raise UserError("user:request:not_found")
        return self.answer(found)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Revoke a link at once; it stays in the list."""
        share_revoke(share=self.get_object())
        return Response(status=204)


def _when(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
