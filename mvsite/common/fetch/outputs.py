"""Fetching a provider's finished file: only from hosts that are named, without any key, bounded like users' URLs."""

import http.client
import os
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from mvsite.common.fetch.client import CHUNK, REDIRECTS, Fetched, FetchRules, connect, declared_length
from mvsite.common.fetch.net import Net, TimedSocket
from mvsite.common.fetch.urls import LONGEST, Place, RefusedError, parse

_HEADERS = {"Accept-Encoding": "identity", "Accept": "*/*", "User-Agent": "mv-studio", "Connection": "close"}
_GONE = (404, 410)
_USUAL = {"https": 443, "http": 80}


class OutputRefused(Exception):  # noqa: N818  one of the named outcomes of a fetch
    """The file could not be had; `may_pass` says that another try may bring it. The text names no address."""

    def __init__(self, reason: str, *, may_pass: bool = False) -> None:
        super().__init__(reason)
        self.may_pass = may_pass


def fetch_output(
    url: str,
    *,
    target: Path,
    rules: FetchRules,
    hosts: tuple[str, ...],
    trusted: tuple[str, ...] = (),
    tick: Callable[[float], None] = lambda part: None,
    net: Net | None = None,
) -> Fetched:
    """Stream `url` into the new file `target`; nothing is left there when it fails.

    `hosts` (and their subdomains) must be public and https. `trusted` ones, which the operator names, may be this
    machine, plain http, any port. A redirect must lead to one of them too. `tick` hears 0..1 and may raise to stop.
    Raises `OutputRefused`.
    """
    errand = _Errand(rules, hosts, trusted, net or Net(), time.monotonic() + rules.total_seconds, tick)
    try:
        return errand.run(url, target)
    except BaseException as error:
        target.unlink(missing_ok=True)
        if isinstance(error, RefusedError):
            raise OutputRefused(str(error)) from None
        if isinstance(error, OSError | http.client.HTTPException):  # cut, slow, reset, half a file
            raise OutputRefused(type(error).__name__, may_pass=True) from None
        raise


@dataclass(frozen=True, slots=True)
class _Errand:
    rules: FetchRules
    hosts: tuple[str, ...]
    trusted: tuple[str, ...]
    net: Net
    end: float
    tick: Callable[[float], None]

    def run(self, url: str, target: Path) -> Fetched:
        for _ in range(self.rules.max_redirects + 1):
            place, trusted = _place(url, self.hosts, self.trusted)
            door = _dial if trusted else connect
            connection = door(place, self.rules, self.net, self.end)
            try:
                connection.request("GET", place.path, headers=_HEADERS)
                with connection.getresponse() as response:
                    if response.status in REDIRECTS:
                        url = urljoin(url, response.headers.get("Location", ""))
                        continue
                    return _receive(response, target, self.rules, self.tick)
            finally:
                connection.close()
        raise RefusedError("too many redirects")


def _place(url: str, hosts: tuple[str, ...], trusted: tuple[str, ...]) -> tuple[Place, bool]:
    """Take a URL apart and say whether it leads to a trusted host. Raises `RefusedError` for any other."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise RefusedError("an address that cannot be taken apart") from error
    if host in trusted and parts.scheme in _USUAL and "@" not in parts.netloc and len(url) <= LONGEST:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return Place(url, parts.scheme, host, port or _USUAL[parts.scheme], path), True
    place = parse(url)
    known = any(place.host.lower() == name or place.host.lower().endswith(f".{name}") for name in hosts)
    if not known or place.scheme != "https" or place.port != _USUAL["https"]:
        raise RefusedError("it lies at a host that is not allowed")
    return place, False


def _dial(place: Place, rules: FetchRules, net: Net, end: float) -> http.client.HTTPConnection:
    """Connect to a host that the operator trusts, wherever its name leads."""
    address = min(net.resolve(place.host, place.port), key=lambda found: ":" in found)  # localhost may mean ::1 first
    wire = net.dial(address, place.port, min(rules.idle_seconds, max(0.1, end - time.monotonic())))
    try:
        if place.scheme == "https":
            wire = ssl.create_default_context().wrap_socket(wire, server_hostname=place.host)
    except BaseException:
        wire.close()
        raise
    connection = http.client.HTTPConnection(place.host, place.port)
    connection.sock = TimedSocket(wire, idle=rules.idle_seconds, end=end)
    return connection


def _receive(
    response: http.client.HTTPResponse, target: Path, rules: FetchRules, tick: Callable[[float], None]
) -> Fetched:
    kind = response.headers.get_content_type() if "Content-Type" in response.headers else ""
    if response.status in _GONE:
        raise RefusedError("it is no longer there")
    if response.status != 200:
        raise OutputRefused(f"status {response.status}", may_pass=response.status >= 500 or response.status == 429)
    if not kind.startswith(rules.kinds) and not kind.endswith("/octet-stream"):
        raise RefusedError("it is of another kind")
    declared = declared_length(response)
    if declared is not None and declared > rules.max_bytes:
        raise RefusedError("it is too large")
    size = 0
    with target.open("xb") as file:
        while chunk := response.read(CHUNK):
            size += len(chunk)
            if size > rules.max_bytes:
                raise RefusedError("it is too large")
            file.write(chunk)
            tick(size / declared if declared else 0.5)
        file.flush()
        os.fsync(file.fileno())
    if size == 0 or (declared is not None and declared != size):
        raise OutputRefused("it came in part only", may_pass=True)
    return Fetched(kind, size)
