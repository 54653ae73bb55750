"""Where a request comes from."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request


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
