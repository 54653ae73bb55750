"""One video served by our own code under our own web server, without log-in, rows and middleware: what B11 measures."""

import os
from datetime import UTC, datetime

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponseBase
from django.urls import path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mvsite.settings")
django.setup()

from assets.serving import Served, serve  # noqa: E402 - the settings come first

KEY = "mv/jobs/benchmark/video.mp4"
FILE = Served(KEY, "video/mp4", "benchmark", datetime(2026, 1, 1, tzinfo=UTC), "video.mp4")


def video(request: HttpRequest) -> HttpResponseBase:
    """Serve the file."""
    return serve(request, FILE)


urlpatterns = [path("video.mp4", video)]
settings.MIDDLEWARE = []
settings.ROOT_URLCONF = __name__
application = WSGIHandler()
