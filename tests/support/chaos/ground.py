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

    def __init__(self, database: str, broker: OwnRedis) -> None:
        self._database = database
        self._redis = broker

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


@contextmanager
def _own_database() -> Iterator[str]:
    """Give the URL of an empty database, which is dropped when the block ends."""
    server = needs.postgresql()
    name = f"chaos_{uuid.uuid4().hex[:12]}"
    _ask(server, sql.SQL("create database {}").format(sql.Identifier(name)))
    try:
        yield f"{server.rsplit('/', 1)[0]}/{name}"
    finally:
        _ask(server, sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _ask(server: str, words: sql.Composed) -> None:
    with psycopg.connect(server, autocommit=True) as asked:
        asked.execute(words)


@contextmanager
def ground_of(profile: str, data_dir: Path) -> Iterator[Ground]:
    """Give the ground of a profile, `embedded` or `scaled`, until the block ends."""
    if profile == "embedded":
        yield Embedded(data_dir)
        return
    with _own_database() as database, OwnRedis(data_dir) as broker:
        yield Scaled(database, broker)
