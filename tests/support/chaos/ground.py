"""What a studio stands on, and how it is pulled away: SQLite and the folder broker, or PostgreSQL and a Redis."""

import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import sql

from tests.support import needs
from tests.support.own_redis import OwnRedis

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
        self._redis = OwnRedis(folder)
        self._name = f"chaos_{uuid.uuid4().hex[:12]}"

    @property
    def _database(self) -> str:
        return f"{self._server.rsplit('/', 1)[0]}/{self._name}"

    def settings(self) -> dict[str, str]:
        """Lead the studio to both."""
        return {
            "DATABASE_URL": self._database,
            "CELERY_BROKER_URL": self._redis.url(0),
            "CACHE_URL": self._redis.url(1),
        }

    def rows(self, query: str) -> Rows:
        """Ask the database."""
        with psycopg.connect(self._database) as database:
            return database.execute(query.encode()).fetchall()

    def break_broker(self) -> None:
        """Kill Redis and start it again, empty."""
        self._redis.stop()
        self._redis.start()

    def begin(self) -> None:
        """Make the database and start Redis."""
        self._ask_server(sql.SQL("create database {}"))
        self._redis.start()

    def end(self) -> None:
        """Stop Redis and drop the database."""
        self._redis.stop()
        self._ask_server(sql.SQL("drop database if exists {} with (force)"))

    def _ask_server(self, words: sql.SQL) -> None:
        with psycopg.connect(self._server, autocommit=True) as server:
            server.execute(words.format(sql.Identifier(self._name)))


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
