"""Request ids, and the door of a studio without log-in."""

import re
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.http.request import split_domain_port

from mvsite.common.errors import UserError
from mvsite.common.problems import problem_response

Handler = Callable[[HttpRequest], HttpResponseBase]
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
_LOOPBACK = {"127.0.0.1", "localhost", "[::1]"}
_SAFE = {"GET", "HEAD", "OPTIONS"}


class RequestIdMiddleware:
    """Give every request an id (the caller's `X-Request-ID` when it is decent) and put it into logs and the answer."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer one request under its id."""
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if _GIVEN.fullmatch(given) else uuid.uuid4().hex  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(request_id=request.request_id):  # type: ignore[attr-defined]
            response = self.get_response(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response


class LocalOnlyMiddleware:
    """In local mode serve loopback names only and refuse requests that another site's page sends.

    Without a log-in, any page in the owner's browser could otherwise spend the owner's money.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Refuse what a local studio must not answer."""
        if settings.MV_AUTH == "local":
            host, _ = split_domain_port(request.META.get("HTTP_HOST", "").lower())
            if host not in _LOOPBACK:
                return problem_response(UserError("user:request:host"), request)
            if self._is_foreign(request):
                return problem_response(UserError("user:request:cross_site"), request)
        return self.get_response(request)

    @staticmethod
    def _is_foreign(request: HttpRequest) -> bool:
        origin = request.headers.get("Origin")
        own = f"{request.scheme}://{request.META.get('HTTP_HOST', '')}"
        if origin is not None and origin.lower() != own.lower():
            return True
        if request.headers.get("Sec-Fetch-Site") != "cross-site":
            return False
        # Following a link to a page is not an attack; everything else from another site is.
        is_visit = request.method in _SAFE and request.headers.get("Sec-Fetch-Mode") == "navigate"
        return not is_visit
