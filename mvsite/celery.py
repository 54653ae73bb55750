"""The Celery application; jobs live in the database, Celery only rings the doorbell."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init, worker_ready
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from flavors.start import sync_at_start
from mvsite.broker import register
from mvsite.checks import refuse_unsafe_start
from mvsite.supervisor.marks import mark_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mvsite.settings")

register()
app = Celery("mvsite")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.imports = ("generation.sweeper",)  # no tasks: a thread that starts with the worker


@setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Leave logging as the settings made it; Celery would replace it."""


@worker_init.connect
@beat_init.connect
def refuse_what_the_checks_refuse(**_: object) -> None:
    """End before the first job: Celery runs Django's checks and does not look at what they find."""
    try:
        refuse_unsafe_start()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error  # any other error in here is logged, and the worker goes on


@worker_init.connect
def worker_knows_flavors(**_: object) -> None:
    """Read the folders of flavors before the first job."""
    sync_at_start()


@worker_ready.connect
def worker_takes_work(sender: Any, **_: object) -> None:
    """Tell whoever waits for this worker that it takes work."""
    mark_ready(settings.MV_DATA_DIR, sender.hostname.partition("@")[0])


@beat_init.connect
def schedule_runs(**_: object) -> None:
    """Tell whoever waits for the schedule that it runs."""
    mark_ready(settings.MV_DATA_DIR, "schedule")
