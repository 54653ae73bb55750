"""Taking a user's URL apart, strictly: what two programs could read differently is refused."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

LONGEST = 2048
_PORTS = {"http": 80, "https": 443}
_UNWELCOME = re.compile(r"[\x00-\x20\x7f\\]|[\u200b-\u200f\u2028-\u202e\ufeff]")


class RefusedError(Exception):
    """This URL, or what answers there, is not fetched; the text is for the operator's log only."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a URL leads: `host` in ASCII and without brackets, `path` with its query, ready to send."""

    url: str
    scheme: str
    host: str
    port: int
    path: str


def parse(url: str) -> Place:
    """Take a URL apart. Raises `RefusedError` for everything but a plain http(s) link on its usual port."""
    if len(url) > LONGEST or _UNWELCOME.search(url):
        raise RefusedError("length or characters")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise RefusedError("cannot be taken apart") from error
    usual = _PORTS.get(parts.scheme)
    if usual is None or port not in {None, *_PORTS.values()}:
        raise RefusedError("scheme or port")
    if "@" in parts.netloc or not host:
        raise RefusedError("user part, or no host")
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    if parts.query:
        target += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~?")
    return Place(url, parts.scheme, _ascii(host), port or usual, target)


def follow(place: Place, location: str) -> Place:
    """Take apart where a redirect leads. Raises `RefusedError`, also when it goes from https down to http."""
    try:
        there = urljoin(place.url, location)
    except ValueError as error:
        raise RefusedError("redirect cannot be taken apart") from error
    found = parse(there)
    if place.scheme == "https" and found.scheme != "https":
        raise RefusedError("redirect from https to http")
    return found


def _ascii(host: str) -> str:
    if ":" in host:  # an IPv6 address; resolving checks that it is one
        return host
    try:
        name = host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise RefusedError("host name") from error
    # Full-width letters and dots have become plain ones here; nothing else may have slipped in.
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,253}", name):
        raise RefusedError("host name")
    return name
