"""Servers and programs that some tests need: found → its address; absent → the test is left out, in CI it fails.

Use it in a fixture or at the top of a test: `url = needs.postgresql()`. CI is where `CI=true` is set; nothing may be
left out there, because a test that is skipped everywhere proves nothing anywhere.
"""

import os
import shutil
from functools import cache

import psycopg
import pytest
import redis as redis_client

POSTGRESQL = "postgres://postgres@127.0.0.1:5432/postgres"
REDIS = "redis://127.0.0.1:6379"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "/usr/bin/chromium", "/usr/lib/chromium/chromium")


def postgresql() -> str:
    """Return the URL of a PostgreSQL in which a test may make databases of its own."""
    return _found(_postgresql(), "PostgreSQL on 127.0.0.1:5432 that trusts the user postgres")


def redis(database: int = 0) -> str:
    """Return the URL of a Redis; use keys with a prefix of your own, other tests run at the same time."""
    return f"{_found(_redis(), 'Redis on 127.0.0.1:6379')}/{database}"


def redis_server() -> str:
    """Return the path of Redis's own server program, for tests that stop and start one."""
    return _found(shutil.which("redis-server"), "redis-server on the PATH")


def nginx() -> str:
    """Return the path of nginx."""
    return _found(shutil.which("nginx") or shutil.which("/usr/sbin/nginx"), "nginx on the PATH")


def chromium() -> str:
    """Return the path of the system's Chromium."""
    return _found(_chromium(), "Chromium on the PATH")


def _found(value: str | None, what: str) -> str:
    if value is not None:
        return value
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(f"CI must have {what}", pytrace=False)
    pytest.skip(f"needs {what}")


@cache
def _postgresql() -> str | None:
    try:
        psycopg.connect(POSTGRESQL, connect_timeout=2).close()
    except psycopg.OperationalError:
        return None
    return POSTGRESQL


@cache
def _redis() -> str | None:
    client = redis_client.Redis.from_url(REDIS, socket_connect_timeout=2)
    try:
        client.ping()
    except redis_client.RedisError:
        return None
    finally:
        client.close()
    return REDIS


@cache
def _chromium() -> str | None:
    return next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)
