"""Every request is read in UTF-8; one that names another charset is refused before anything of it is read.

Django takes whatever codec of Python's a `Content-Type` names, `rot13` and `idna` too, and breaks over their errors;
where an address has `?…`, before any middleware is asked.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest, HttpResponseBase
from django.utils.http import parse_header_parameters
from django.views.defaults import bad_request

from mvsite.common.errors import UserError
from mvsite.common.problems import problem_response

_OURS = {"", "utf8", "ascii", "usascii"}  # every ASCII text is the same in UTF-8
_UNREADABLE = "unreadable"


class StudioRequest(WSGIRequest):
    """A request whose `Content-Type` chooses no codec; one that cannot be read counts as one in another charset."""

    def _set_content_type_params(self, meta: Mapping[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except ValueError:  # `boundary*=no-charset''x`
            self.content_type, self.content_params = "", {"charset": _UNREADABLE}


class StudioHandler(WSGIHandler):
    """Django's own, with such requests."""

    request_class = StudioRequest


class CharsetMiddleware:
    """Refuse what is in another charset than UTF-8: a problem under /api/, a page elsewhere, both 415."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer one request in UTF-8, however that is written."""
        if request.encoding is not None:  # a test's client makes requests of Django's own
            request.encoding = "utf-8"
        named = (request.content_params or {}).get("charset", "")
        if re.sub(r"[^a-z0-9]", "", named.lower()) in _OURS:
            return self.get_response(request)
        error = UserError("user:request:media_type", "Bodies are read in UTF-8 only.")
        if f"{request.path}/".startswith("/api/"):
            return problem_response(error, request)
        answer = bad_request(request, error)
        answer.status_code = error.text.status
        return answer
