"""App configuration of `assets`."""

from django.apps import AppConfig


class AssetsConfig(AppConfig):
    """Django's handle on the room."""

    name = "assets"

    def ready(self) -> None:
        """Say how much a person keeps here."""
        from assets.services.room import stored_bytes
        from mvsite.accounts.quotas import STORAGE, counts

        counts(STORAGE, stored_bytes)
