"""From where the admin is open; sessions of staff that rested for a day end; what staff do there is written down."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponseBase

from mvsite.accounts.admin_audit import AdminRequest, admin_request
from mvsite.accounts.models import User
from mvsite.accounts.signing import is_idle
from mvsite.common.visitors import is_within


class AdminNetworksMiddleware:
    """With `MV_ADMIN_NETWORKS` there is no admin for whoever comes from elsewhere, signed in or not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer one request, or say that there is no such page."""
        open_to = settings.MV_ADMIN_NETWORKS
        if open_to and request.path_info.startswith(settings.MV_ADMIN_PATH) and not is_within(request, open_to):
            raise Http404
        return self.get_response(request)


class IdleStaffMiddleware:
    """A session of staff that rested for a day is over; looked at only where there is a session cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer one request, as a stranger's when its session is over."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES and settings.MV_AUTH == "required" and is_idle(request):
            logout(request)
        return self.get_response(request)


class AdminAuditMiddleware:
    """Write down each row that staff open in the admin, what they search, and everything they change there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer one request, then note it."""
        response = self.get_response(request)
        seen = request.__dict__.get("admin_seen")
        if isinstance(seen, AdminRequest) and response.status_code < 400:
            seen.write(request, response)
        return response

    def process_view(self, request: HttpRequest, view: Any, _args: Any, kwargs: dict[str, Any]) -> None:
        """Look up what the request is about while it is there: afterwards it may be deleted."""
        person = getattr(request, "user", None)
        is_there = request.path_info.startswith(settings.MV_ADMIN_PATH)
        if is_there and isinstance(person, User) and person.is_staff:
            request.__dict__["admin_seen"] = admin_request(request, person, getattr(view, "model_admin", None), kwargs)
