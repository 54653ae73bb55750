"""Work of which one may be under way at a time in a whole installation; a lock goes with whoever held it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.conf import settings
from django.db import DatabaseError, connection


@contextmanager
def alone(name: str) -> Iterator[bool]:
    """Say whether nobody else is at it, on this host or another, and keep others away until the block ends."""
    folder = settings.MV_DATA_DIR / "run"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        with _on_all_hosts(name) as is_ours:
            yield is_ours


@contextmanager
def _on_all_hosts(name: str) -> Iterator[bool]:
    """Hosts that share a database share its locks; with SQLite there is one host."""
    if connection.vendor != "postgresql":
        yield True
        return
    is_ours = _asked("SELECT pg_try_advisory_lock(hashtext(%s))", name)
    try:
        yield is_ours
    finally:
        if is_ours:
            with suppress(DatabaseError):  # a connection that broke has let go by itself
                _asked("SELECT pg_advisory_unlock(hashtext(%s))", name)


def _asked(statement: str, name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [f"mv-studio-{name}"])
        return bool(cursor.fetchone()[0])
