"""Where a request comes from."""

import ipaddress
from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

# What proxies add: one that runs on this machine is here itself, whomever it asks for.
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Proto", "X-Real-IP", "Forwarded")


def address_of(request: HttpRequest | Request) -> str:
    """Return the visitor's IP address; behind our own proxy (`MV_BEHIND_HTTPS`) the one that the proxy saw."""
    seen = str(request.META.get("REMOTE_ADDR") or "")
    if settings.MV_BEHIND_HTTPS:
        # Only the last entry was written by the proxy in front; the others are the visitor's own words.
        seen = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip() or seen
    try:
        return str(ipaddress.ip_address(seen))
    except ValueError:
        return ""


def counted_as(request: HttpRequest | Request) -> str:
    """Return as whom a visitor's tries are counted: the IPv4 address, of IPv6 the /64 that one connection is given."""
    address = address_of(request)
    if ":" not in address:
        return address
    seen = ipaddress.IPv6Address(address)
    return str(seen.ipv4_mapped or ipaddress.IPv6Network((seen.packed, 64), strict=False))


def is_within(request: HttpRequest, networks: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> bool:
    """Say whether a visitor comes from one of these networks; whose address is not known does not."""
    address = address_of(request)
    if not address:
        return False
    seen = ipaddress.ip_address(address)
    plain = getattr(seen, "ipv4_mapped", None) or seen
    return any(plain in network for network in networks)


def is_from_here(request: HttpRequest) -> bool:
    """Say whether this machine itself asks, through no proxy; a Unix socket, which has no address, counts as one."""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        seen = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    # A socket that listens on `::` has ::ffff:127.0.0.1, which not every Python's `is_loopback` knows.
    return (getattr(seen, "ipv4_mapped", None) or seen).is_loopback
