"""What the calls about members of a project take and answer."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema_serializer
from rest_framework import serializers

from generation.api import examples
from generation.api.answers import Shape
from generation.models import MemberRole
from mvsite.common.bodies import RequestSerializer

USER_ID = OpenApiParameter("user_id", OpenApiTypes.UUID, OpenApiParameter.PATH, description="Whom it is about.")
_EXAMPLE = {"user_id": "1f6a3c5e-9dd6-42f5-9cea-46a57d8c9b21", "username": "ada", "role": "edit"}


@extend_schema_serializer(examples=[examples.body("Let Ada edit", {"username": "ada", "role": "edit"})])
class MemberRequestSerializer(RequestSerializer):
    """Body of POST: who, and whether they may `view` or `edit`."""

    username = serializers.CharField(max_length=150)
    role = serializers.ChoiceField(choices=MemberRole.choices, default=MemberRole.VIEW)


@extend_schema_serializer(examples=[examples.answer("Somebody who may edit", _EXAMPLE)])
class MemberSerializer(Shape):
    """One person who may see or change a project; the owner comes first, with the role `owner`."""

    user_id = serializers.UUIDField()
    username = serializers.CharField()
    role = serializers.CharField()
