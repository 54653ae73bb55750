"""Whole addresses of pages here, for whoever gets a link."""

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request


def absolute_url(request: HttpRequest | Request, path: str) -> str:
    """Return the address of a path that begins with a slash, at `MV_PUBLIC_URL` where that is set.

    Without it the address is at the name the request bears, which its sender has chosen among `ALLOWED_HOSTS`.
    """
    return settings.MV_PUBLIC_URL + path if settings.MV_PUBLIC_URL else request.build_absolute_uri(path)
