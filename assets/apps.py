"""App configuration of `assets`."""

from django.apps import AppConfig


class AssetsConfig(AppConfig):
    """Django's handle on the room."""

    name = "assets"
