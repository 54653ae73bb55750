"""App configuration of the hall."""

from django.apps import AppConfig


class HallConfig(AppConfig):
    """Makes Django run the hall's own checks with its own."""

    name = "mvsite"

    def ready(self) -> None:
        """Register the checks."""
        from mvsite import checks

        checks.register_all()
