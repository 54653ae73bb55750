"""What operations of the OpenAPI page have in common: the shape of errors, tokens, keys for POST, waiting for work."""

from typing import Any

_TEXT = {"type": "string"}
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "Every error (RFC 9457). `code` is `family:subject:reason`; some codes bring members of their own.",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "code": _TEXT,
        "request_id": _TEXT,
        "next_step": _TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail", "code"],
                "properties": {"pointer": _TEXT, "detail": _TEXT, "code": _TEXT},
            },
        },
    },
    "additionalProperties": True,
}
_EXAMPLE = {
    "type": "/problems/user/request/invalid",
    "title": "Some fields need attention",
    "status": 400,
    "detail": "Some fields need attention.",
    "code": "user:request:invalid",
    "request_id": "7f0c2b9d4e5a4c6f8a1b3d5e7f901234",
    "next_step": "Correct the fields named and send it again.",
    "errors": [{"pointer": "#/num_images", "detail": "Ensure this value is at most 4.", "code": "max_value"}],
}
_ANSWER = {
    "description": "Anything else is a problem.",
    "content": {
        "application/problem+json": {
            "schema": {"$ref": "#/components/schemas/Problem"},
            "examples": {"SomeFieldsNeedAttention": {"value": _EXAMPLE}},
        }
    },
}


_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": 255},
    "description": "The same key and body get the same answer for 48 hours, and nothing happens twice.",
}
_PREFER = {
    "name": "Prefer",
    "in": "header",
    "schema": {"type": "string"},
    "description": "`wait=N`: answer with the result if the work ends within N seconds (at most 600).",
    "example": "wait=600",
}


def add_common(result: dict[str, Any], generator: Any, request: Any, public: Any) -> dict[str, Any]:
    """Add the problem to every operation, the key to every POST, and the wait where a 202 is answered."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
    result["components"].setdefault("securitySchemes", {})["token"] = {"type": "http", "scheme": "bearer"}
    result["security"] = [{"token": []}, {}]
    for path, operations in result.get("paths", {}).items():
        for method, operation in operations.items():
            operation["responses"].setdefault("default", _ANSWER)
            # What accounts answer is told once and kept nowhere, so it cannot be told again.
            words = [_KEY] if method == "post" and not path.startswith("/api/account/") else []
            words += [_PREFER] if "202" in operation["responses"] else []
            if words:
                operation["parameters"] = [*operation.get("parameters", []), *words]
    return result
