"""How much one person may ask of the API a minute (settings `MV_RATE_…`); none of it counts in a local studio."""

from typing import Any

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from mvsite.accounts.models import User
from mvsite.common.errors import UserError
from mvsite.common.limits import take
from mvsite.common.visitors import counted_as


class PersonThrottle(BaseThrottle):
    """Counts by user, or by address for people without one. A view's `rate` names another kind than the method does."""

    _wait: int | None = None

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count the request; say whether it may pass."""
        if settings.MV_AUTH == "local":
            return True
        kind = getattr(view, "rate", "generate")
        if request.method in SAFE_METHODS:
            kind = "read"
        who = str(request.user.pk) if isinstance(request.user, User) else counted_as(request)
        self._wait = take(f"{kind}:{who}", limit=getattr(settings, f"MV_RATE_{kind.upper()}"))
        return self._wait is None

    def wait(self) -> float | None:
        """Return how long to wait, in seconds."""
        return self._wait


def count_fetch(user: User) -> None:
    """Count something that is fetched from elsewhere for somebody, in the same minute as views of that rate.

    Raises user:request:throttled.
    """
    if settings.MV_AUTH == "local":
        return
    wait = take(f"fetch:{user.pk}", limit=settings.MV_RATE_FETCH)
    if wait is not None:
        raise UserError("user:request:throttled", "Too many addresses to fetch.", extra={"retry_after": wait})
