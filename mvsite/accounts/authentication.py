"""Who a request of the API comes from: a token, the owner of a local studio, or a browser that is signed in."""

from typing import Any

from django.conf import settings
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from mvsite.accounts.audit import audit
from mvsite.accounts.models import ApiToken, User
from mvsite.accounts.rights import may_invite, may_reset_passwords
from mvsite.accounts.services import local_owner
from mvsite.accounts.tokens import token_behind, token_noted


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer …`. A request that brings one is judged by it alone, whatever cookies come along."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return the token's owner. Raises AuthenticationFailed for a token that is not valid (any more)."""
        kind, _, key = request.headers.get("Authorization", "").strip().partition(" ")
        if settings.MV_AUTH == "local" or kind.lower() != "bearer":
            return None
        token = token_behind(key.strip())
        if token is None:
            raise AuthenticationFailed("This token is not valid (any more).")
        if token_noted(token=token) or request.method not in SAFE_METHODS:
            audit("token.used", request=request, by=token.owner, via=str(token), detail={"method": request.method})
        return token.owner, token

    def authenticate_header(self, request: Request) -> str:
        """Say how to come in, which makes the refusal a 401."""
        return "Bearer"


class LocalOwnerAuthentication(BaseAuthentication):
    """Everybody who reaches a local studio is its owner; `LocalOnlyMiddleware` decides who reaches it."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """Return the local owner, or nobody when the studio asks for log-in."""
        if settings.MV_AUTH != "local":
            return None
        return local_owner(), None


class BrowserAuthentication(SessionAuthentication):
    """The session of the pages, with CSRF; in a local studio there is none."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """Return who is signed in. Raises PermissionDenied without the CSRF token."""
        return None if settings.MV_AUTH == "local" else super().authenticate(request)


class ScopeAllows(BasePermission):
    """What a token may do: look with `read`, everything else with `generate`; a view's own `scope` goes before."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Compare the token's scopes with what this request needs; who came without a token may."""
        if not isinstance(request.auth, ApiToken):
            return True
        usual = "read" if request.method in SAFE_METHODS else "generate"
        return getattr(view, "scope", usual) in request.auth.scopes


class MayInvite(BasePermission):
    """Only staff with the right to add people."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Say whether they have it."""
        return isinstance(request.user, User) and may_invite(request.user)


class MayResetPasswords(BasePermission):
    """Only staff with the right to change people."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Say whether they have it."""
        return isinstance(request.user, User) and may_reset_passwords(request.user)
