"""One GET of a user's URL into a file: addresses checked, redirects checked again, time and bytes capped."""

import http.client
import logging
import os
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from mvsite.common.errors import UserError
from mvsite.common.fetch.addresses import is_public
from mvsite.common.fetch.net import Net, TimedSocket
from mvsite.common.fetch.urls import Place, RefusedError, follow, parse

log = logging.getLogger(__name__)
CHUNK = 1 << 16
REDIRECTS = {301, 302, 303, 307, 308}
_CONNECT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class FetchRules:
    """What may be fetched: bytes at most, content types by their beginning, seconds in all and between bytes.

    `coming` hears how many bytes will come, where the server says so, before they do; what it raises ends the fetch.
    """

    max_bytes: int
    kinds: tuple[str, ...] = ("audio/", "video/", "image/")
    total_seconds: float = 60.0
    idle_seconds: float = 10.0
    max_redirects: int = 3
    coming: Callable[[int], None] | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came: the content type the server named (never trusted further) and the size in bytes."""

    content_type: str
    size: int


def fetch_url(url: str, *, target: Path, rules: FetchRules, net: Net | None = None) -> Fetched:
    """Fetch a user's URL into the new file `target`; nothing is left there when it fails.

    Raises `UserError` user:url:refused, with one text for every reason: how our network looks, and what
    answers at an address, is nobody's business. Blocks for at most `rules.total_seconds` and a name lookup.
    """
    end = time.monotonic() + rules.total_seconds
    try:
        return _fetch(parse(url), target, rules, net or Net(), end)
    except (RefusedError, OSError, UnicodeError, ValueError, http.client.HTTPException) as error:
        target.unlink(missing_ok=True)
        log.info("url_refused", extra={"reason": str(error)[:200], "error": type(error).__name__})
        raise UserError("user:url:refused", _sentence(rules)) from None


def _fetch(place: Place, target: Path, rules: FetchRules, net: Net, end: float) -> Fetched:
    for _ in range(rules.max_redirects + 1):
        connection = connect(place, rules, net, end)
        try:
            headers = {"Accept-Encoding": "identity", "Accept": "*/*", "User-Agent": "mv-studio", "Connection": "close"}
            connection.request("GET", place.path, headers=headers)
            with connection.getresponse() as response:
                if response.status in REDIRECTS:
                    place = follow(place, response.headers.get("Location", ""))
                    continue
                return _receive(response, target, rules)
        finally:
            connection.close()
    raise RefusedError("too many redirects")


def connect(place: Place, rules: FetchRules, net: Net, end: float) -> http.client.HTTPConnection:
    """Open a connection to the one address that was checked; a name is never looked up twice."""
    addresses = net.resolve(place.host, place.port)
    if not addresses or not all(is_public(address, settings.MV_FETCH_DENY) for address in addresses):
        raise RefusedError("address")
    left = end - time.monotonic()
    if left <= 0:
        raise TimeoutError("out of time")
    wire = net.dial(addresses[0], place.port, min(_CONNECT_SECONDS, left))
    try:
        if place.scheme == "https":
            wire.settimeout(min(rules.idle_seconds, left))
            wire = ssl.create_default_context().wrap_socket(wire, server_hostname=place.host)
    except BaseException:
        wire.close()
        raise
    connection = http.client.HTTPConnection(place.host, place.port)
    connection.default_port = 443 if place.scheme == "https" else 80
    connection.sock = TimedSocket(wire, idle=rules.idle_seconds, end=end)
    return connection


def _receive(response: http.client.HTTPResponse, target: Path, rules: FetchRules) -> Fetched:
    kind = response.headers.get_content_type() if "Content-Type" in response.headers else ""
    if response.status != 200:
        raise RefusedError(f"status {response.status}")
    if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise RefusedError("content encoding")
    if not kind.startswith(rules.kinds) and not kind.endswith("/octet-stream"):
        raise RefusedError("content type")
    declared = declared_length(response)
    if declared is not None and not 0 < declared <= rules.max_bytes:
        raise RefusedError("declared size")
    if declared is not None and rules.coming is not None:
        rules.coming(declared)
    size = 0
    with target.open("xb") as file:
        while chunk := response.read(CHUNK):
            size += len(chunk)
            if size > rules.max_bytes:
                raise RefusedError("size")
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if size == 0 or (declared is not None and declared != size):
        raise RefusedError("length")
    return Fetched(kind, size)


def declared_length(response: http.client.HTTPResponse) -> int | None:
    """Return the size that was promised, None when none was. Raises `RefusedError` for one that is no size."""
    if response.length is None and not response.chunked and "Content-Length" in response.headers:
        raise RefusedError("declared size")
    return response.length


def _sentence(rules: FetchRules) -> str:
    kinds = ", ".join(kind.rstrip("/") for kind in rules.kinds)
    return (
        f"This address cannot be used. It must be a public http(s) link straight to a file ({kinds}) "
        f"of at most {rules.max_bytes // 1_000_000} MB that arrives within {rules.total_seconds:.0f} seconds."
    )
