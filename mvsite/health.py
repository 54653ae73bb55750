"""Is it alive, is it ready, and the answers for addresses that do not exist or break."""

from django.core.exceptions import DisallowedHost
from django.db import connection
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.defaults import bad_request as django_bad_request
from django.views.defaults import page_not_found
from django.views.defaults import server_error as django_server_error

from mvsite.common.errors import AppError, UserError
from mvsite.common.problems import problem_response


def live(request: HttpRequest) -> JsonResponse:
    """Say that the process answers."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> HttpResponseBase:
    """Say that the database answers too, else 503."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer an unknown address: a problem under /api/, a page elsewhere."""
    if f"{request.path}/".startswith("/api/"):
        return problem_response(UserError("user:request:not_found"), request)
    return page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Answer our own failure: a problem under /api/, a page elsewhere."""
    if f"{request.path}/".startswith("/api/"):
        return problem_response(AppError("app:server:error"), request)
    return django_server_error(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer what Django itself refuses (a host name, a body beyond its limits): a problem under /api/."""
    if not f"{request.path}/".startswith("/api/"):
        return django_bad_request(request, exception)
    code = "user:request:host" if isinstance(exception, DisallowedHost) else "user:request:malformed"
    return problem_response(UserError(code), request)
