"""RFC 9457 problem+json: one shape for every error that leaves the studio."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

from mvsite.common.errors import AppError, FieldError, ProviderError, StudioError, UserError

log = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"
_DATABASE_BACK = 2  # seconds after which a call is worth repeating
_DISK_FULL, _LASTING = "53100", ("28", "54", "58")  # wrong password, limits of the program, failures of the system
_BY_CLASS: tuple[tuple[type[Exception], str], ...] = (
    (exceptions.NotAuthenticated, "user:auth:required"),
    (exceptions.AuthenticationFailed, "user:auth:required"),
    (exceptions.PermissionDenied, "user:auth:forbidden"),
    (PermissionDenied, "user:auth:forbidden"),
    (exceptions.NotFound, "user:request:not_found"),
    (Http404, "user:request:not_found"),
    (exceptions.MethodNotAllowed, "user:request:method"),
    (exceptions.NotAcceptable, "user:request:not_acceptable"),
    (exceptions.UnsupportedMediaType, "user:request:media_type"),
    (exceptions.Throttled, "user:request:throttled"),
    (exceptions.ParseError, "user:request:malformed"),
    (RequestDataTooBig, "user:request:too_large"),
    (TooManyFieldsSent, "user:request:too_large"),
    (TooManyFilesSent, "user:request:too_large"),
)


def problem_body(error: StudioError, request: HttpRequest | None) -> dict[str, Any]:
    """Build the members of a problem: type, title, status, detail, code, request_id, next_step and errors."""
    body: dict[str, Any] = {
        "type": f"/problems/{error.code.replace(':', '/')}",
        "request_id": getattr(request, "request_id", ""),
        **error.as_dict(),
    }
    if error.errors:
        body["errors"] = [{"pointer": e.pointer, "detail": e.detail, "code": e.code} for e in error.errors]
    return body


def problem_headers(error: StudioError) -> dict[str, str]:
    """Give Retry-After when the error knows it (whole seconds, at least 1), and how to come in where that is asked."""
    if error.text.status == 401:
        return {"WWW-Authenticate": "Bearer"}
    wait = error.retry_after if isinstance(error, ProviderError) else error.extra.get("retry_after")
    return {"Retry-After": str(max(1, round(wait)))} if wait is not None else {}


def problem_response(error: StudioError, request: HttpRequest | None) -> JsonResponse:
    """Answer a problem outside REST framework (middleware, Django's own error views)."""
    return JsonResponse(
        problem_body(error, request),
        status=error.text.status,
        content_type=CONTENT_TYPE,
        headers=problem_headers(error),
    )


def problem_handler(raised: Exception, context: Mapping[str, Any]) -> Response | None:
    """Turn whatever a view raised into a problem; REST framework calls it (`EXCEPTION_HANDLER`)."""
    request = context.get("request")
    error = _translate(raised)
    if error.text.status >= 500 and not isinstance(error, ProviderError):
        log.error("request_failed", exc_info=raised, extra={"code": error.code})
    response = Response(
        problem_body(error, request),
        status=error.text.status,
        content_type=CONTENT_TYPE,
        headers=problem_headers(error),
    )
    response.exception = True
    return response


def _translate(raised: Exception) -> StudioError:
    if isinstance(raised, StudioError):
        return raised
    if isinstance(raised, exceptions.ValidationError):
        return UserError(
            "user:request:invalid", "Some fields need attention.", errors=tuple(_fields(raised.detail, "#"))
        )
    if isinstance(raised, exceptions.Throttled):
        return UserError("user:request:throttled", extra={"retry_after": getattr(raised, "wait", None) or 1})
    for known, code in _BY_CLASS:
        if isinstance(raised, known):
            detail = str(raised.detail) if isinstance(raised, exceptions.APIException) else ""
            return UserError(code, detail)
    return our_failure(raised)


def our_failure(raised: BaseException | None) -> AppError:
    """Say what is wrong on our side: the database is away for a moment, or something broke."""
    if _will_pass(raised):
        return AppError("app:server:busy", extra={"retry_after": _DATABASE_BACK})
    return AppError("app:server:error")


def _will_pass(raised: BaseException | None) -> bool:
    """Say whether the database was away, locked, or broke a circle of waiting: the same call may succeed later.

    Its other operational errors (no such table, a full disk, a wrong password) stay as they are.
    """
    if not isinstance(raised, OperationalError):
        return isinstance(raised, InterfaceError)
    sqlite_says = getattr(raised.__cause__, "sqlite_errorname", None)
    if sqlite_says is not None:
        return str(sqlite_says).startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))
    state = str(getattr(raised.__cause__, "sqlstate", None) or "")  # PostgreSQL's; none when no connection was had
    return state != _DISK_FULL and not state.startswith(_LASTING)


def _fields(detail: Any, pointer: str) -> list[FieldError]:
    """Flatten REST framework's nested error lists into pointers."""
    if isinstance(detail, Mapping):
        return [
            found
            for name, inner in detail.items()
            for found in _fields(inner, pointer if name == "non_field_errors" else f"{pointer}/{name}")
        ]
    if isinstance(detail, Sequence) and not isinstance(detail, str):
        flat: list[FieldError] = []
        for index, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            flat += _fields(inner, f"{pointer}/{index}" if nested else pointer)
        return flat
    return [FieldError(pointer, str(detail), getattr(detail, "code", "invalid"))]
