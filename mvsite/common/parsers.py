"""Reading JSON bodies: UTF-8 of whole characters, limited in size and depth; anything else is a clear refusal."""

import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.parsers import JSONParser

from mvsite.common.errors import FieldError, UserError


class StudioJSONParser(JSONParser):
    """JSON as RFC 8259 has it: no NaN, no Infinity. A view with `max_json_bytes` takes more than the usual 2 MB.

    Django's own limit counts only bodies that are read through `request.body`; REST framework reads the stream.
    """

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return what the body says. Raises user:request:too_large, user:request:malformed, user:request:invalid."""
        view = (parser_context or {}).get("view")
        limit = getattr(view, "max_json_bytes", settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise UserError("user:request:too_large", f"A request may have {limit // 1024} KB of JSON.")
        try:
            value = json.loads(body.decode("utf-8-sig"), parse_constant=_refuse)
            halves = _half_characters(value)
        except (ValueError, RecursionError) as error:
            reason = f" ({error.msg}, line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
            raise UserError("user:request:malformed", f"The body is not JSON in UTF-8{reason}.") from None
        if halves:
            raise UserError("user:request:invalid", "Some fields need attention.", errors=tuple(halves))
        return value


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _half_characters(value: Any) -> list[FieldError]:
    """Name each member with `"\\ud800"` in it: half a character (RFC 8259, 8.2) can be neither stored nor sent back."""
    errors = []
    for name, member in value.items() if isinstance(value, dict) else [("", value)]:
        try:
            json.dumps([name, member], ensure_ascii=False).encode()
        except UnicodeEncodeError:
            pointer = f"#/{name}".encode(errors="replace").decode() if name else "#"
            errors.append(FieldError(pointer, "Only half of a character stands here.", "half_character"))
    return errors
