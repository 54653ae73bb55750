"""What the frame of every page needs, an error's page as well: light or dark, and who makes what."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from generation.providers.registry import configured
from mvsite.common.themes import theme_of


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give `theme` (`light`, `dark` or empty), `mock_clips`, and `sample_only` (worked out when a template asks)."""
    return {
        "theme": theme_of(request),
        "mock_clips": settings.MOCK_VID_GENS,
        "sample_only": lambda: configured() == ("sample",),
    }
