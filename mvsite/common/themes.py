"""Light or dark: the visitor's choice is a cookie, drawn by the server so that no page flashes."""

from django.http import HttpRequest


def theme_of(request: HttpRequest) -> str:
    """Return `light` or `dark`, empty when the visitor's system decides."""
    theme = request.COOKIES.get("mv_theme", "")
    return theme if theme in ("light", "dark") else ""
