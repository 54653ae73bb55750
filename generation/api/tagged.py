"""JSON that a client may keep: an ETag, and 304 when it has the newest."""

from typing import Any

from django.utils.http import parse_etags
from rest_framework.request import Request
from rest_framework.response import Response


def tagged(request: Request, tag: str, told: dict[str, Any]) -> Response:
    """Answer `told`, or 304 when the client has what `tag` stands for."""
    quoted = f'"{tag}"'
    headers = {"ETag": quoted, "Cache-Control": "private, no-cache"}
    seen = [known.removeprefix("W/") for known in parse_etags(request.headers.get("If-None-Match", ""))]
    if quoted in seen:
        return Response(status=304, headers=headers)
    return Response(told, headers=headers)
