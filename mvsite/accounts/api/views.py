"""`/api/account/`: who am I, tokens, and for staff with the right to it invitations and links for new passwords."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from mvsite.accounts.audit import audit
from mvsite.accounts.authentication import MayInvite, MayResetPasswords, ScopeAllows
from mvsite.accounts.links import link_create
from mvsite.accounts.models import SCOPES, ApiToken, LinkKind, User
from mvsite.accounts.rights import may_change
from mvsite.accounts.tokens import token_create, token_revoke
from mvsite.common.errors import UserError
from mvsite.common.ids import parse_id
from mvsite.common.links import absolute_url

_WHEN = "2026-11-27T09:00:00Z"
_TOKEN = {
    "id": "6b7d1f0e-3c55-4a55-9a0c-0a4f5a1b7c11",
    "name": "edit suite",
    "prefix": "k3Jx9QwZ",
    "scopes": ["generate", "read"],
    "expires_at": "2027-02-27T09:00:00Z",
    "last_used_at": None,
    "revoked_at": None,
    "created_at": _WHEN,
}


class MeSerializer(serializers.Serializer[Any]):
    """Who asks, and with which rights: `scopes` of the token, or all of them."""

    id = serializers.UUIDField()
    username = serializers.CharField()
    email = serializers.CharField()
    is_staff = serializers.BooleanField()
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPES))


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    """One token, without its key."""

    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPES))

    class Meta:
        model = ApiToken
        fields = ("id", "name", "prefix", "scopes", "expires_at", "last_used_at", "revoked_at", "created_at")


class NewTokenSerializer(TokenSerializer):
    """The same with the key, which is told this once."""

    key = serializers.CharField()

    class Meta:
        model = ApiToken
        fields = (*TokenSerializer.Meta.fields, "key")


class TokenRequestSerializer(serializers.Serializer[Any]):
    """Body of POST."""

    name = serializers.CharField(max_length=80)
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPES), min_length=1, max_length=3)
    expires_at = serializers.DateTimeField(required=False, allow_null=True)

    def validate_expires_at(self, value: datetime | None) -> datetime | None:
        """Refuse a moment that is past."""
        from django.utils import timezone

        if value is not None and value <= timezone.now():
            raise serializers.ValidationError("This moment is past.")
        return value


class WhoSerializer(serializers.Serializer[Any]):
    """Whose password is to be new."""

    username = serializers.CharField(max_length=150)


class LinkSerializer(serializers.Serializer[Any]):
    """A link that is told this once and works once."""

    url = serializers.CharField()


def _body(value: Any) -> OpenApiExample:
    return OpenApiExample("What is asked", value=value, request_only=True)


def _answer(value: Any, status: str = "200") -> list[OpenApiExample]:
    return [OpenApiExample("An answer", value=value, response_only=True, status_codes=[status])]


class MeView(APIView):
    """`/api/account`."""

    @extend_schema(
        responses=MeSerializer,
        examples=_answer(
            {**{k: _TOKEN[k] for k in ("id", "scopes")}, "username": "ada", "email": "", "is_staff": False}
        ),
    )
    def get(self, request: Request) -> Response:
        """Tell who asks."""
        person = _person(request)
        scopes = request.auth.scopes if isinstance(request.auth, ApiToken) else list(SCOPES)
        facts = {name: getattr(person, name) for name in ("id", "username", "email", "is_staff")}
        return Response(MeSerializer({**facts, "scopes": scopes}).data)


class TokensView(APIView):
    """`/api/account/tokens`."""

    scope = "admin"

    @extend_schema(operation_id="account_tokens_list", responses=TokenSerializer(many=True), examples=_answer([_TOKEN]))
    def get(self, request: Request) -> Response:
        """List one's tokens, revoked ones too, the newest first."""
        rows = ApiToken.objects.filter(owner=_person(request)).order_by("-created_at")[:200]
        return Response(TokenSerializer(rows, many=True).data)

    @extend_schema(
        request=TokenRequestSerializer,
        responses={201: NewTokenSerializer},
        examples=[
            _body({"name": "edit suite", "scopes": ["read", "generate"]}),
            *_answer({**_TOKEN, "key": "mvk_k3Jx9QwZ…"}, "201"),
        ],
    )
    def post(self, request: Request) -> Response:
        """Make a token; its key is in this answer and nowhere else. No Idempotency-Key: a key is never told twice."""
        words = TokenRequestSerializer(data=request.data)
        words.is_valid(raise_exception=True)
        row, key = token_create(owner=_person(request), **words.validated_data)
        audit("token.made", request=request, by=row.owner, about=row, detail={"scopes": row.scopes})
        return Response({**TokenSerializer(row).data, "key": key}, status=201)


class TokenView(APIView):
    """`/api/account/tokens/{id}`."""

    scope = "admin"

    @extend_schema(responses=TokenSerializer, examples=_answer(_TOKEN))
    def get(self, request: Request, pk: str) -> Response:
        """Read one token."""
        return Response(TokenSerializer(self._found(request, pk)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: str) -> Response:
        """Revoke a token at once; it stays in the list."""
        row = self._found(request, pk)
        audit("token.revoked", request=request, by=row.owner, about=token_revoke(token=row))
        return Response(status=204)

    def _found(self, request: Request, pk: str) -> ApiToken:
        row = ApiToken.objects.filter(owner=_person(request), pk=parse_id(pk)).first()
        if row is None:
            raise UserError("user:request:not_found")
        return row


class InvitationsView(APIView):
    """`/api/account/invitations`, for staff who may add people."""

    scope = "admin"
    permission_classes = (IsAuthenticated, ScopeAllows, MayInvite)

    @extend_schema(
        request=None,
        responses={201: LinkSerializer},
        examples=_answer({"url": "https://studio.example/join/…/"}, "201"),
    )
    def post(self, request: Request) -> Response:
        """Make an invitation: a link with which one person makes an account, within seven days."""
        person = _person(request)
        path = link_create(kind=LinkKind.INVITATION, made_by=person)
        audit("invitation.made", request=request, by=person)
        return _told(request, path)


class PasswordLinksView(APIView):
    """`/api/account/password_links`, for staff who may change people."""

    scope = "admin"
    permission_classes = (IsAuthenticated, ScopeAllows, MayResetPasswords)

    @extend_schema(
        request=WhoSerializer,
        responses={201: LinkSerializer},
        examples=[
            _body({"username": "ada"}),
            *_answer({"url": "https://studio.example/password/new/…/"}, "201"),
        ],
    )
    def post(self, request: Request) -> Response:
        """Make a link with which somebody chooses a new password, within a day; for staff only superusers may."""
        words = WhoSerializer(data=request.data)
        words.is_valid(raise_exception=True)
        person = _person(request)
        other = User.objects.filter(username=words.validated_data["username"], is_active=True).first()
        if other is None or not may_change(person, other):
            raise UserError("user:request:not_found")
        path = link_create(kind=LinkKind.PASSWORD, user=other, made_by=person)
        audit("password.link_made", request=request, by=person, about=other, owner_id=other.pk)
        return _told(request, path)


def _person(request: Request) -> User:
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user


def _told(request: Request, path: str) -> Response:
    return Response({"url": absolute_url(request, path)}, status=201, headers={"Cache-Control": "no-store"})
