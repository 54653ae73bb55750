"""The Celery application; jobs live in the database, Celery only rings the doorbell."""

import os

from celery import Celery
from celery.signals import setup_logging

from mvsite.broker import register

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mvsite.settings")

register()
app = Celery("mvsite")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Leave logging as the settings made it; Celery would replace it."""
