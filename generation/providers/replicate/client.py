"""The door to Replicate's API: every call has time limits, and the token goes to that one address only.

The SDK makes the creates; it gives them no time limit of its own and forgets the headers of errors, so it gets a
transport of ours. The other calls are plain HTTP, because the SDK cannot read every answer (status `aborted`,
`created_after`) and repeats some of them without a limit.
"""

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import httpx
from django.conf import settings
from replicate.client import Client

from mvsite.common.errors import ProviderError

USER_AGENT = "mv-studio"
LONGEST_WISH = 120.0
_MAX_BYTES = 32 << 20
LIMITS = {"connect": 5.0, "read": 30.0, "write": 30.0, "pool": 10.0}
TOTAL_SECONDS = 90.0


class Bounded(httpx.BaseTransport):
    """Limits each wait, the whole answer in time and bytes, and Retry-After; remembers how the last answer began."""

    def __init__(self, inner: httpx.BaseTransport) -> None:
        self._inner = inner
        self.status: int | None = None
        self.retry_after: float | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it."""
        asked = request.extensions.get("timeout") or {}
        request.extensions["timeout"] = {name: min(asked.get(name) or most, most) for name, most in LIMITS.items()}
        self.status = self.retry_after = None
        end = time.monotonic() + TOTAL_SECONDS
        response = self._inner.handle_request(request)
        self.status = response.status_code
        self.retry_after = wish(response.headers.get("Retry-After"))
        if self.retry_after is not None:
            response.headers["Retry-After"] = str(round(self.retry_after))  # the SDK would sleep for a day
        response.stream = _Limited(response.stream, end)
        return response

    def close(self) -> None:
        """Close what it wraps."""
        self._inner.close()


class _Limited(httpx.SyncByteStream):
    def __init__(self, inner: httpx.SyncByteStream | httpx.AsyncByteStream, end: float) -> None:
        if not isinstance(inner, httpx.SyncByteStream):
            raise TypeError("a synchronous client is meant")
        self._inner = inner
        self._end = end

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._inner:
            size += len(chunk)
            if time.monotonic() > self._end or size > _MAX_BYTES:
                raise httpx.ReadTimeout("the answer does not end")
            yield chunk

    def close(self) -> None:
        self._inner.close()


def wish(header: str | None) -> float | None:
    """Read Retry-After in seconds, at most two minutes; None when it says nothing that can be used."""
    text = (header or "").strip()
    return min(float(text), LONGEST_WISH) if text.isascii() and text.isdigit() else None


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context()


@cache
def _pool() -> httpx.HTTPTransport:
    """Keep connections for looking; orders get one of their own, because a stale one would lose their answer."""
    return httpx.HTTPTransport(verify=_tls(), limits=httpx.Limits(max_connections=64, keepalive_expiry=20.0))


@contextmanager
def ordering(*, cancel_after: int) -> Iterator[tuple[Client, Bounded]]:
    """Give the SDK for one create, which the provider itself ends after `cancel_after` seconds, and its transport.

    Raises ProviderError provider:call:auth when no usable token is set.
    """
    transport = Bounded(httpx.HTTPTransport(verify=_tls()))
    headers = {"User-Agent": USER_AGENT, "Cancel-After": f"{cancel_after}s"}  # its own: the SDK writes the token in
    client = Client(api_token=_token(), base_url=settings.REPLICATE_BASE_URL, transport=transport, headers=headers)
    try:
        yield client, transport
    finally:
        transport.close()


def ask(method: str, path: str, **words: Any) -> httpx.Response:
    """Make one plain call of the API, whatever it answers; no redirect is followed. Raises httpx.TransportError."""
    fresh = method == "POST"
    transport = Bounded(httpx.HTTPTransport(verify=_tls()) if fresh else _pool())
    headers = {"Authorization": f"Bearer {_token()}", "User-Agent": USER_AGENT}
    client = httpx.Client(base_url=settings.REPLICATE_BASE_URL, headers=headers, transport=transport, trust_env=False)
    try:
        return client.request(method, path, **words)
    finally:
        if fresh:
            transport.close()


def _token() -> str:
    """Give the key. One that cannot stand in a header is refused here: the library's error would show it."""
    token: str = settings.REPLICATE_API_TOKEN
    if not token or not token.isascii() or not token.isprintable():
        raise ProviderError("provider:call:auth", "The key of Replicate is missing or damaged.")
    return token
