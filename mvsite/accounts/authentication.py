"""Who a request of the API comes from."""

from django.conf import settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from mvsite.accounts.models import User
from mvsite.accounts.services import local_owner


class LocalOwnerAuthentication(BaseAuthentication):
    """Everybody who reaches a local studio is its owner; `LocalOnlyMiddleware` decides who reaches it."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        """Return the local owner, or nobody when the studio asks for log-in."""
        if settings.MV_AUTH != "local":
            return None
        return local_owner(), None
