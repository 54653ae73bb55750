"""App configuration of the cellar."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class CommonConfig(AppConfig):
    """The cellar as a Django app: it owns the idempotency keys."""

    name = "mvsite.common"
    label = "common"

    def ready(self) -> None:
        """Set up each new connection to the database."""
        from mvsite.common.postgresql import without_compiling

        connection_created.connect(without_compiling, dispatch_uid="without_compiling")
