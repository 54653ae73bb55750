"""Runs the whole studio under one supervisor: web, workers and schedule; Ctrl-C stops all of it."""

import os
import sys
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mvsite import env
from mvsite.supervisor.address import free_port, is_loopback, url_of
from mvsite.supervisor.lock import AlreadyRunningError, take_lock
from mvsite.supervisor.plan import Plan
from mvsite.supervisor.prepare import collect_static_when_changed, migrate
from mvsite.supervisor.services import PARTS, Service, part, schedule, web, workers


class Command(BaseCommand):
    help = "Run the studio: web, workers and schedule, kept alive until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000); 0 takes a free one")
        parser.add_argument(
            "--data", metavar="DIR", help="folder for everything that is made (MV_DATA_DIR)"
        )  # read by env.py
        parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
        parser.add_argument("--no-migrate", action="store_true", help="leave the database as it is")
        parser.add_argument(
            "--only", metavar="PARTS", type=parts, help=f"only these parts, with commas: {', '.join(PARTS)}"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        host = options["host"]
        port = self._port(host, options["port"])
        url = url_of(host, port)
        lock = self._lock(url)
        self.stdout.write(f"Starting the studio; everything it makes goes to {settings.MV_DATA_DIR}")
        self.stdout.flush()
        if not options["no_migrate"]:
            migrate()
        collect_static_when_changed()
        become_supervisor(
            Plan(
                services=tuple(services(options["only"], host=host, port=port, url=url)),
                data_dir=settings.MV_DATA_DIR,
                cwd=env.BASE_DIR,
                url=url,
                host_name=served_name(url),
                lock=lock,
                browser=not options["no_browser"] and (options["only"] is None or "web" in options["only"]),
            )
        )

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

    @staticmethod
    def _lock(url: str) -> int:
        try:
            return take_lock(settings.MV_DATA_DIR, told=url)
        except AlreadyRunningError as error:
            raise CommandError(
                f"A studio already runs on {settings.MV_DATA_DIR} ({error}). Stop it first, or give another --data."
            ) from None


def parts(text: str) -> list[str]:
    """Read the names of parts. Raises ArgumentTypeError for one that is none."""
    names = [name.strip() for name in text.split(",")]
    if wrong := [name for name in names if name not in PARTS]:
        raise ArgumentTypeError(f"{wrong[0]!r} is none of {', '.join(PARTS)}")
    return list(dict.fromkeys(names))


def services(only: list[str] | None, *, host: str, port: int, url: str) -> list[Service]:
    """Give a whole studio, or the named parts of one; a queue that is named has workers of its own."""
    serving, renders = web(host, port, url=url, drain_seconds=settings.MV_DRAIN_SECONDS), settings.MV_RENDER_WORKERS
    if only is None:
        return [serving, *workers(renders), schedule()]
    return [one for name in only for one in ([serving] if name == "web" else part(name, render_workers=renders))]


def become_supervisor(plan: Plan) -> NoReturn:
    """Turn into the supervisor: the same process, with a tenth of the memory of one that has loaded Django."""
    os.chdir(env.BASE_DIR)
    command = [sys.executable, "-m", "mvsite.supervisor", plan.as_text()]
    os.execve(command[0], command, env.for_child())  # noqa: S606 - our own interpreter, no shell


def served_name(url: str) -> str:
    """Give a Host name this studio serves, for asking it whether it is there."""
    own = url.removeprefix("http://").rstrip("/")
    if settings.MV_AUTH == "local":
        return own
    name = next(iter(settings.ALLOWED_HOSTS), "*").lstrip(".")
    return own if name == "*" else name
