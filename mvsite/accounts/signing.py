"""Signing in: the same answer and the same time whatever was wrong, and only so often a minute."""

from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import authenticate, login
from django.http import HttpRequest
from django.utils import timezone

from mvsite.accounts.audit import audit
from mvsite.accounts.models import User
from mvsite.common.errors import UserError
from mvsite.common.limits import take
from mvsite.common.visitors import counted_as

LONGEST = timedelta(days=14)
IDLE_STAFF_SECONDS = 24 * 3600
_SEEN, _SEEN_EVERY = "seen", 300


def password_checked(request: HttpRequest, *, username: str, password: str) -> User | None:
    """Return whose name and password these are. Raises user:request:throttled.

    Tries are counted by address and by name, right ones too: nobody guesses many names from one place, or one name
    from many places. What an address is refused does not count for the name, so that one place shuts few people out.
    """
    _count(f"login:from:{counted_as(request)}")
    count_password(username)
    found = authenticate(request, username=username, password=password)
    if not isinstance(found, User):
        audit("sign_in.refused", request=request, detail={"name": username[:150]})
        return None
    return found


def count_password(username: str) -> None:
    """Count one try of somebody's password, wherever it is asked for. Raises user:request:throttled."""
    _count(f"login:name:{username.casefold()[:150]}")


def _count(name: str) -> None:
    wait = take(name, limit=settings.MV_RATE_LOGIN)
    if wait is not None:
        raise UserError("user:request:throttled", extra={"retry_after": wait})


def signed_in(request: HttpRequest, user: User) -> None:
    """Begin a session: a new key, and an end two weeks from now whatever happens."""
    login(request, user)
    request.session.set_expiry(timezone.now() + LONGEST)
    request.session[_SEEN] = timezone.now().timestamp()
    audit("sign_in.succeeded", request=request, by=user)


def is_idle(request: HttpRequest) -> bool:
    """Say whether a session of staff has rested for a day; one in use is noted every few minutes."""
    if not getattr(request.user, "is_staff", False):
        return False
    now = timezone.now().timestamp()
    rested = now - request.session.get(_SEEN, now)
    if rested > IDLE_STAFF_SECONDS:
        return True
    if _SEEN not in request.session or rested > _SEEN_EVERY:
        request.session[_SEEN] = now
    return False


def sessions_prune() -> None:
    """Delete the sessions that are over, as Django's `clearsessions` does: a browser that stays away ends none."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
