"""Is it alive, is it ready, and the answers for addresses that do not exist or break."""

import sys
import time
from collections.abc import Iterator
from functools import lru_cache

from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.http import HttpRequest, HttpResponseBase, HttpResponseServerError, JsonResponse
from django.template.loader import render_to_string
from django.views.defaults import bad_request as django_bad_request
from django.views.defaults import page_not_found

from generation.management import findings
from mvsite.common.errors import UserError
from mvsite.common.problems import our_failure, problem_response

_LOOK_AGAIN_SECONDS = 60


def live(request: HttpRequest) -> JsonResponse:
    """Say that the process answers."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """Say whether work can be taken and done: database, broker, a worker for every queue, disk, ffmpeg; else 503.

    Without its cache a studio does all its work, so that alone is 200 and "degraded".
    """
    checks = {name: "ok" if good else "missing" for name, good in _looks()}
    missing = {name for name, said in checks.items() if said != "ok"}
    if missing - {"cache"}:
        return JsonResponse({"status": "unavailable", "checks": checks}, status=503)
    return JsonResponse({"status": "degraded" if missing else "ok", "checks": checks})


def _looks() -> Iterator[tuple[str, bool]]:
    has_database = findings.database_answers()
    yield "database", has_database
    yield "broker", findings.queue().level != findings.BAD
    yield "cache", findings.cache().level == findings.OK
    yield "workers", has_database and findings.queues_without_worker() == []
    yield "disk", findings.free_disk().level != findings.BAD
    yield "ffmpeg", _ffmpeg_runs(int(time.monotonic() // _LOOK_AGAIN_SECONDS))


@lru_cache(maxsize=1)
def _ffmpeg_runs(minute: int) -> bool:
    """Start ffmpeg, but not for every look; `minute` only makes the answer grow old."""
    return findings.ffmpeg().level != findings.BAD


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer an unknown address: a problem under /api/, a page elsewhere."""
    if f"{request.path}/".startswith("/api/"):
        return problem_response(UserError("user:request:not_found"), request)
    return page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Answer our own failure: a problem under /api/, a page elsewhere."""
    if f"{request.path}/".startswith("/api/"):
        return problem_response(our_failure(sys.exc_info()[1]), request)
    told = {"request_id": getattr(request, "request_id", "")}  # no more: what every page asks for may be what broke
    return HttpResponseServerError(render_to_string("500.html", told))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer what Django itself refuses (a host name, a body beyond its limits): a problem under /api/."""
    is_too_large = isinstance(exception, RequestDataTooBig)
    if not f"{request.path}/".startswith("/api/"):
        answer = django_bad_request(request, exception)
        answer.status_code = 413 if is_too_large else answer.status_code
        return answer
    if is_too_large:
        return problem_response(UserError("user:request:too_large"), request)
    code = "user:request:host" if isinstance(exception, DisallowedHost) else "user:request:malformed"
    return problem_response(UserError(code), request)
