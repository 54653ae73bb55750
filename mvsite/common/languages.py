"""Which language a page speaks, and the catalogue its modules read their texts from."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.i18n import JavaScriptCatalog

_NEUTRAL = ("/api/", "/media/", "/static/", "/health/", "/metrics")


class PageLanguageMiddleware:
    """Answer pages in the visitor's language: the cookie that was chosen, else what the browser asks for.

    The API and files stay in English: programs compare texts, and pages translate what they are told. So does the
    admin, of which only Django's own words have other languages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer one request in its language; the thread's own is left as it was."""
        is_neutral = request.path_info.startswith((*_NEUTRAL, settings.MV_ADMIN_PATH))
        language = settings.LANGUAGE_CODE if is_neutral else translation.get_language_from_request(request)
        with translation.override(language):
            response = self.get_response(request)
        if not is_neutral:
            response.headers.setdefault("Content-Language", language)
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


@require_safe
@cache_control(public=True, max_age=3600)
def texts(request: HttpRequest, language: str) -> HttpResponse:
    """Give the catalogue of one language as a script that brings `gettext` and `ngettext`. Raises Http404."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with translation.override(language):
        answer: Any = JavaScriptCatalog.as_view(packages=["mvsite"])(request)
    answer["Content-Language"] = language
    return answer  # type: ignore[no-any-return]  # Django's view is untyped
