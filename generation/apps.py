"""App configuration of `generation`."""

from django.apps import AppConfig


class GenerationConfig(AppConfig):
    """Django's handle on the room."""

    name = "generation"
