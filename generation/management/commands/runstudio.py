"""Runs the whole studio under one supervisor: web, workers and schedule; Ctrl-C stops all of it."""

import os
import signal
import sys
import threading
import time
import webbrowser
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mvsite import env
from mvsite.supervisor import Supervisor, SupervisorError
from mvsite.supervisor.address import free_port, is_loopback, url_of
from mvsite.supervisor.lock import AlreadyRunningError, studio_lock
from mvsite.supervisor.prepare import collect_static_when_changed, migrate
from mvsite.supervisor.services import schedule, web, workers
from mvsite.supervisor.tended import Place

SLOW_START = 30.0  # seconds after which a person is told what is not there yet


@dataclass(slots=True)
class Stop:
    """Whether somebody asked for the end."""

    asked: bool = False

    def listen(self) -> None:
        """Take Ctrl-C, SIGTERM and a closed terminal as the wish to stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True


class Command(BaseCommand):
    help = "Run the studio: web, workers and schedule, kept alive until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000); 0 takes a free one")
        parser.add_argument("--data", metavar="DIR", help="folder for everything that is made (MV_DATA_DIR)")
        parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
        parser.add_argument("--no-migrate", action="store_true", help="leave the database as it is")

    def handle(self, *_: Any, **options: Any) -> None:
        self._use_data_dir(options["data"])
        host = options["host"]
        port = self._port(host, options["port"])
        url = url_of(host, port)
        try:
            with studio_lock(settings.MV_DATA_DIR, told=url):
                self._prepare(migrating=not options["no_migrate"])
                self._run(host, port, url, browser=not options["no_browser"])
        except AlreadyRunningError as error:
            raise CommandError(
                f"A studio already runs on {settings.MV_DATA_DIR} ({error}). Stop it first, or give another --data."
            ) from None

    @staticmethod
    def _use_data_dir(wanted: str | None) -> None:
        """Start again with another data folder: settings have read theirs before this command was asked."""
        if wanted and Path(wanted).expanduser().resolve() != settings.MV_DATA_DIR.resolve():
            folder = str(Path(wanted).expanduser().resolve())
            os.execve(sys.executable, [sys.executable, *sys.argv], env.for_child(MV_DATA_DIR=folder))  # noqa: S606 - ourselves again

    @staticmethod
    def _port(host: str, port: int) -> int:
        if settings.MV_AUTH == "local" and not is_loopback(host):
            raise CommandError(
                f"{host} can be reached from other machines, and this studio has no log-in. "
                "Listen on 127.0.0.1, or set MV_AUTH=required (docs/settings.md)."
            )
        try:
            return free_port(host, port)
        except OSError as error:
            raise CommandError(
                f"Port {port} on {host} cannot be used: {error.strerror}. Give another one with --port, or --port 0."
            ) from None

    def _prepare(self, *, migrating: bool) -> None:
        self._say(f"Starting the studio; everything it makes goes to {settings.MV_DATA_DIR}")
        if migrating:
            migrate()
        collect_static_when_changed()

    def _run(self, host: str, port: int, url: str, *, browser: bool) -> None:
        stop = Stop()
        place = Place(
            data_dir=settings.MV_DATA_DIR,
            cwd=env.BASE_DIR,
            env=env.for_child(
                MV_DATA_DIR=str(settings.MV_DATA_DIR), CELERY_SKIP_CHECKS="1"
            ),  # this command has run them
            host_name=_served_name(url),
        )
        services = [web(host, port, url=url), *workers(settings.MV_RENDER_WORKERS), schedule()]
        studio = Supervisor(services, place, tell=self._say)
        stop.listen()
        try:
            studio.start()
            self._until_ready(studio, stop)
            if not stop.asked:
                self._say(self.style.SUCCESS(f"MV Studio is ready: {url}"))
                self._say(f"Ctrl-C stops it. Logs: {settings.MV_DATA_DIR / 'logs'}")
                if browser and env.has_display():
                    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
            studio.run(until=lambda: stop.asked)
        except SupervisorError as error:
            raise CommandError(str(error)) from None
        finally:
            studio.stop()
        self._say("The studio has stopped.")

    def _until_ready(self, studio: Supervisor, stop: Stop) -> None:
        slow_at = time.monotonic() + SLOW_START
        studio.run(until=lambda: stop.asked or studio.ready or time.monotonic() > slow_at)
        if not studio.ready and not stop.asked:
            self._say(f"Still waiting for: {', '.join(studio.waiting_for)}")
            studio.run(until=lambda: stop.asked or studio.ready)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _served_name(url: str) -> str:
    """Give a Host name this studio serves, for asking it whether it is there."""
    own = url.removeprefix("http://").rstrip("/")
    if settings.MV_AUTH == "local":
        return own
    name = next(iter(settings.ALLOWED_HOSTS), "*").lstrip(".")
    return own if name == "*" else name
