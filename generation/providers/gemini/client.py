"""Clients of Google's two doors, each made once and kept: the Gemini API by key, the Enterprise platform by project.

Kept, because the SDK closes its connections when a client is collected. Bounded, because it waits for ever by default.
Never retrying, because a request that was sent twice is paid twice: `attempts=1` counts the first one, and without it
`interactions` sends five.
"""

from functools import lru_cache
from threading import Lock
from typing import Any

from django.conf import settings
from google import genai
from google.genai import types

from generation.providers.registry import output_hosts
from mvsite.common.errors import ProviderError

TIMEOUT_SECONDS = 60
"""How long one answer (or one piece of a streamed answer) may take; under 10 s the server refuses the request."""

_making = Lock()  # two that are made at once are one too many: the one that is not kept closes under its first order


def by_key() -> genai.Client:
    """Give the client of the Gemini API: scenes, and clips by `interactions`."""
    with _making:
        return _by_key(settings.GEMINI_API_KEY, settings.GOOGLE_GEMINI_BASE_URL, settings.GOOGLE_GENAI_API_VERSION)


def by_project() -> genai.Client:
    """Give the client of the Enterprise platform, where Veo is; it signs in as Google's own tools do."""
    with _making:
        return _by_project(
            settings.MV_GOOGLE_CLOUD_PROJECT, settings.MV_GOOGLE_CLOUD_LOCATION, settings.GOOGLE_VERTEX_BASE_URL
        )


@lru_cache(maxsize=4)
def _by_key(key: str, base_url: str, api_version: str) -> genai.Client:
    options = _options(base_url, api_version)
    return genai.Client(enterprise=False, api_key=key, http_options=options)


@lru_cache(maxsize=4)
def _by_project(project: str, location: str, base_url: str) -> genai.Client:
    return genai.Client(enterprise=True, project=project, location=location, http_options=_options(base_url, "v1beta1"))


def _options(base_url: str, api_version: str) -> types.HttpOptions:
    return types.HttpOptions(
        base_url=base_url or None,
        api_version=api_version,
        timeout=TIMEOUT_SECONDS * 1000,
        retry_options=types.HttpRetryOptions(attempts=1),
        client_args={"event_hooks": {"request": [_KeepKeyAtHome()]}},
    )


class _KeepKeyAtHome:
    """Watches redirects, which the SDK follows anywhere with the key: to Google's hosts without it, elsewhere never."""

    def __init__(self) -> None:
        self.home: tuple[str, int | None] | None = None

    def __call__(self, request: Any) -> None:
        where = (request.url.host, request.url.port)
        self.home = self.home or where
        if where != self.home:
            request.headers.pop("x-goog-api-key", None)
            if not _is_allowed(str(request.url.host)):
                raise ProviderError("provider:answer:bad", "Gemini leads to a host that is not allowed.")


def _is_allowed(host: str) -> bool:
    known = any(host == name or host.endswith(f".{name}") for name in output_hosts("gemini"))
    return known or host in settings.MV_PROVIDER_ALLOW_HOSTS
