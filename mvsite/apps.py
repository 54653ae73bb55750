"""App configuration of the hall."""

from django.apps import AppConfig


class HallConfig(AppConfig):
    """Gives every Django process the hall's checks and the Celery application that rings our own queues."""

    name = "mvsite"

    def ready(self) -> None:
        """Register the checks; name our Celery application before a task could reach for a default one."""
        from mvsite import celery, checks

        celery.app.set_default()
        checks.register_all()
