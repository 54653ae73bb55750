"""Every address of the studio, read from the URL configuration, with example values put in."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

NOT_OURS = ("admin/", "static/")


@dataclass(frozen=True, slots=True)
class Route:
    """One address: its pattern as written, and the names of what varies in it."""

    pattern: str
    variables: tuple[str, ...]

    def filled(self, value: str = "") -> str:
        """Return a path with `value` (an unknown id when empty) for everything that varies."""
        path = re.sub(r"\(\?P<\w+>(?:[^()]|\([^()]*\))*\)|<[^>]+>", value or str(uuid.UUID(int=0)), self.pattern)
        return "/" + re.sub(r"[\^$?\\]|\(\?:[^)]*\)", "", path).removesuffix("/")


def routes(prefix: str = "") -> list[Route]:
    """Return the addresses below a prefix, without the admin and its kind."""
    found = [route for route in _walk(get_resolver().url_patterns, "") if route.pattern.startswith(prefix)]
    return [route for route in found if not route.pattern.startswith(NOT_OURS)]


def admin_routes() -> list[Route]:
    """Return the addresses of the admin."""
    return [route for route in _walk(get_resolver().url_patterns, "") if route.pattern.startswith("admin/")]


def _walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[Route]:
    for entry in patterns:
        whole = before + str(entry.pattern).removeprefix("^")
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, whole)
        else:
            yield Route(whole, tuple(re.findall(r"<(?:\w+:)?(\w+)>", whole)))
