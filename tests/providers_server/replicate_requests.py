"""What a request to Replicate's API asks for: operation, model, files; and how the API writes a moment."""

import re
from datetime import UTC, datetime
from typing import Any

from tests.providers_server.answers import Request
from tests.providers_server.replicate_models import FILES


def is_picture(model: str) -> bool:
    return "imagen" in model or "nano-banana" in model


def stamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")


def operation_of(request: Request) -> str:
    patterns = {
        ("POST", r"/v1/models/[\w.-]+/[\w.-]+/predictions"): "create",
        ("POST", r"/v1/predictions"): "create",
        ("GET", r"/v1/predictions"): "list",
        ("GET", r"/v1/predictions/\w+"): "read",
        ("POST", r"/v1/predictions/\w+/cancel"): "cancel",
        ("POST", r"/v1/files"): "upload",
        ("GET", r"/v1/files/[\w-]+"): "read-file",
        ("GET", r"/v1/webhooks/default/secret"): "secret",
        ("GET", r"/v1/account"): "account",
    }
    found = (
        name
        for (method, pattern), name in patterns.items()
        if method == request.method and re.fullmatch(pattern, request.tail)
    )
    return next(found, "unknown")


def model_of(request: Request) -> str:
    parts = request.tail.split("/")
    return "/".join(parts[3:5]) if parts[2] == "models" else str(request.body.get("version", "")).split(":", 1)[0]


def files_in(given: dict[str, Any]) -> list[tuple[str, str]]:
    found = [(name, given[name]) for name in FILES if given.get(name)]
    return [(name, each) for name, value in found for each in (value if isinstance(value, list) else [value])]
