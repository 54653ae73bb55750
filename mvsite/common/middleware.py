"""Request ids, the door of a studio without log-in, and who may ask under any host name."""

import re
import time
import uuid
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.http.request import split_domain_port
from django.middleware.common import CommonMiddleware

from mvsite.common.errors import UserError
from mvsite.common.problems import problem_response
from mvsite.common.visitors import is_from_here
from mvsite.logs import debug_event

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
            begun = time.monotonic()
            response = self.get_response(request)
            _log_answer(request, response, time.monotonic() - begun)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response


def _log_answer(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    """Log a request by its pattern: an address may hold the token of a share."""
    route = request.resolver_match.route if request.resolver_match else ""
    debug_event(
        "request_answered", method=request.method, route=route, status=response.status_code, seconds=round(seconds, 4)
    )


def _is_listed(request: HttpRequest) -> bool:
    """Say whether a page of a listed front end asks the API; one that only shows a film sends no Origin."""
    there = urlsplit(request.headers.get("Origin") or request.headers.get("Referer", ""))
    listed = f"{there.scheme}://{there.netloc}" in settings.MV_CORS_ALLOW_ORIGINS
    return listed and re.match(settings.CORS_URLS_REGEX, request.path_info) is not None


def _is_for_machines(request: HttpRequest) -> bool:
    """Say whether it is health or numbers, which have rules of their own."""
    return any(re.match(each, request.path_info.lstrip("/")) for each in settings.SECURE_REDIRECT_EXEMPT)


class StudioCommonMiddleware(CommonMiddleware):
    """Django's own, which refuses hosts that are not listed, but for what machines ask by a host's address.

    These answers name no host and no person, so that a foreign name in a request leads nowhere.
    """

    def process_request(self, request: HttpRequest) -> HttpResponseBase | None:  # type: ignore[override]  # the stubs let it only return a permanent redirect
        """Look at the host's name where it counts."""
        if _is_for_machines(request):
            return None
        return super().process_request(request)


class LocalOnlyMiddleware:
    """In local mode serve loopback names to this machine only and refuse requests that another site's page sends.

    Without a log-in, any page in the owner's browser could otherwise spend the owner's money, and so could whoever
    reaches a server that was bound to more than loopback by hand: a Host header says what its sender likes.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Refuse what a local studio must not answer."""
        if settings.MV_AUTH == "local":
            host, _ = split_domain_port(request.META.get("HTTP_HOST", "").lower())
            if host not in _LOOPBACK:
                return problem_response(UserError("user:request:host"), request)
            if not _is_for_machines(request) and not is_from_here(request):
                return problem_response(UserError("user:request:remote"), request)
            if self._is_foreign(request):
                return problem_response(UserError("user:request:cross_site"), request)
        return self.get_response(request)

    @staticmethod
    def _is_foreign(request: HttpRequest) -> bool:
        if _is_listed(request):
            return False
        origin = request.headers.get("Origin")
        own = f"{request.scheme}://{request.META.get('HTTP_HOST', '')}"
        if origin is not None and origin.lower() != own.lower():
            return True
        if request.headers.get("Sec-Fetch-Site") != "cross-site":
            return False
        # Following a link to a page is not an attack; everything else from another site is.
        is_visit = request.method in _SAFE and request.headers.get("Sec-Fetch-Mode") == "navigate"
        return not is_visit
