"""Counting what somebody does a minute, together with all other processes of the studio."""

import fcntl
import hashlib
import json
import time
from pathlib import Path

from django.conf import settings
from django.core.cache import cache

SECONDS = 60
_FOLDERS = 64  # so that people seldom wait for one another's lock


def take(name: str, *, limit: int) -> int | None:
    """Count one `name` in this minute; return None while it is at most `limit`, else the seconds to wait.

    Redis adds by itself. Without it there is one host, and its processes count in small files of their own: a cache
    of files throws out what it likes once it has many entries, counters too. While a Redis does not answer each host
    counts in such files: a minute may then hold the limit once for each host and once for what Redis had counted.
    0 is no limit. Minutes are those of the clock: two of them next to each other may hold twice the limit in 60
    seconds.
    """
    if limit <= 0:
        return None
    now = _now()
    key, minute = hashlib.sha256(name.encode()).hexdigest()[:32], int(now // SECONDS)
    if _added(key, minute) <= limit:
        return None
    return int(SECONDS - now % SECONDS) + 1


def _now() -> float:
    return time.time()


def _added(key: str, minute: int) -> int:
    counted = None
    if "redis" in str(settings.CACHES["default"]["BACKEND"]).lower():
        counted = _added_in_cache(f"limit:{key}:{minute}")
    return _added_in_file(key, minute) if counted is None else counted


def _added_in_cache(key: str) -> int | None:
    """Return the count, None when there is none to add to: Redis does not answer, or has thrown it out meanwhile."""
    cache.add(key, 0, timeout=2 * SECONDS)
    try:
        return int(cache.incr(key))
    except ValueError:
        return None


def _added_in_file(key: str, minute: int) -> int:
    """Add one under a lock that keeps other processes and threads away; what is not of this minute is forgotten."""
    folder = Path(settings.MV_DATA_DIR) / "limits"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / str(int(key, 16) % _FOLDERS)).open("a+", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        counts = _read(file.read(), minute)
        counts[key] = counts.get(key, 0) + 1
        file.truncate(0)
        file.write(json.dumps({"minute": minute, "counts": counts}))
        file.flush()
        return counts[key]


def _read(text: str, minute: int) -> dict[str, int]:
    """Return the counts of this minute; a file that a full disk has cut off counts anew."""
    try:
        kept = json.loads(text)
    except ValueError:
        return {}
    counts: dict[str, int] = kept["counts"]
    return counts if kept["minute"] == minute else {}
