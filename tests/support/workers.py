"""One Celery worker as a process of its own, and orders for it, in tests that look at it from outside."""

import sqlite3
from pathlib import Path
from typing import Any

from tests.support.processes import ran


def worker_command(*, threads: int) -> tuple[str, ...]:
    """Return the words that start one worker for all short steps."""
    return (
        *("-m", "celery", "--quiet", "-A", "mvsite.celery", "worker", "-n", "only@%h", "-Q", "provider,default"),
        *("-P", "threads", "-c", str(threads), "--prefetch-multiplier", "8", "--loglevel", "WARNING"),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    )


_ORDER = """
import django; django.setup()
from generation.services.clips import clip_request
from mvsite.accounts.services import local_owner
for n in range({count}):
    clip_request(
        owner=local_owner(), parameters={{"prompt": f"{prompt} {{n}}", "duration": 4}}, confirm_cost_usd=1000
    )
"""


def order_clips(data_dir: Path, count: int, prompt: str, **settings: str) -> None:
    """Make a database in the data folder and ask for clips there."""
    for command in (("manage.py", "migrate", "-v0"), ("-c", _ORDER.format(count=count, prompt=prompt))):
        done = ran(data_dir, *command, **settings)
        assert done.returncode == 0, done.stderr


def rows(data_dir: Path, query: str) -> list[tuple[Any, ...]]:
    """Ask the studio's SQLite from outside; a changing query is committed."""
    with sqlite3.connect(data_dir / "studio.sqlite3", timeout=30) as database:
        return database.execute(query).fetchall()
