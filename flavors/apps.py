"""App configuration of `flavors`."""

from django.apps import AppConfig


class FlavorsConfig(AppConfig):
    """Django's handle on the room."""

    name = "flavors"
