"""What a studio stands on, and how it is pulled away: SQLite and the folder broker, or PostgreSQL and a Redis."""

import shutil
import sqlite3
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg
import redis
from psycopg import sql

from mvsite.supervisor.address import free_port
from tests.support import needs
from tests.support.processes import wait_for

Rows = list[tuple[Any, ...]]


class Ground(Protocol):
    """The database and the broker of one studio."""

    def settings(self) -> dict[str, str]:
        """Give the settings that make a studio stand on it."""
        ...

    def rows(self, query: str) -> Rows:
        """Ask the database."""
        ...

    def break_broker(self) -> None:
        """Let the broker forget every message."""
        ...


class Embedded:
    """SQLite and a folder of messages, both in the data folder."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir

    def settings(self) -> dict[str, str]:
        """Nothing to set: it is the default."""
        return {}

    def rows(self, query: str) -> Rows:
        """Ask the file."""
        with sqlite3.connect(self.data_dir / "studio.sqlite3", timeout=20) as database:
            return database.execute(query).fetchall()

    def break_broker(self) -> None:
        """Empty its folder, the tables of its exchanges included."""
        for path in (self.data_dir / "broker").iterdir():
            shutil.rmtree(path, ignore_errors=True)  # a worker may be writing into it


class Scaled:
    """A database on PostgreSQL and a Redis that keeps nothing, both of this test alone."""

    def __init__(self, folder: Path) -> None:
        self._server = needs.postgresql()
        self._program = needs.redis_server()
        self._folder = folder
        self._name = f"chaos_{uuid.uuid4().hex[:12]}"
        self._port = free_port("127.0.0.1", 0)
        self._redis: subprocess.Popen[bytes] | None = None

    @property
    def _database(self) -> str:
        return f"{self._server.rsplit('/', 1)[0]}/{self._name}"

    def settings(self) -> dict[str, str]:
        """Lead the studio to both."""
        return {
            "DATABASE_URL": self._database,
            "CELERY_BROKER_URL": f"redis://127.0.0.1:{self._port}/0",
            "CACHE_URL": f"redis://127.0.0.1:{self._port}/1",
        }

    def rows(self, query: str) -> Rows:
        """Ask the database."""
        with psycopg.connect(self._database) as database:
            return database.execute(query.encode()).fetchall()

    def break_broker(self) -> None:
        """Kill Redis and start it again, empty."""
        self._stop()
        self._start()

    def begin(self) -> None:
        """Make the database and start Redis."""
        self._ask_server(sql.SQL("create database {}"))
        self._start()

    def end(self) -> None:
        """Stop Redis and drop the database."""
        self._stop()
        self._ask_server(sql.SQL("drop database if exists {} with (force)"))

    def _ask_server(self, words: sql.SQL) -> None:
        with psycopg.connect(self._server, autocommit=True) as server:
            server.execute(words.format(sql.Identifier(self._name)))

    def _start(self) -> None:
        words = ["--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._redis = subprocess.Popen([self._program, *words], cwd=self._folder, stdout=subprocess.DEVNULL)
        wait_for(self._answers, seconds=20, saying="Redis answers")

    def _answers(self) -> bool:
        client = redis.Redis(port=self._port, socket_connect_timeout=1)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def _stop(self) -> None:
        if self._redis is not None:
            self._redis.kill()
            self._redis.wait(10)


@contextmanager
def ground_of(profile: str, data_dir: Path) -> Iterator[Ground]:
    """Give the ground of a profile, `embedded` or `scaled`, until the block ends."""
    if profile == "embedded":
        yield Embedded(data_dir)
        return
    scaled = Scaled(data_dir)
    scaled.begin()
    try:
        yield scaled
    finally:
        scaled.end()
