"""A cache on Redis that the studio can do without: a Redis that does not answer is a cache with nothing in it."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

from mvsite.logs import info_event, warn_event

PAUSE_SECONDS = 5.0  # after a failure nobody of this process asks: a Redis that is silent costs a second each time
_TIMEOUTS = {"socket_connect_timeout": 1.0, "socket_timeout": 1.0}  # seconds


class CircuitBreaker:
    """Remembers, for all threads of a process, that a server failed; logs once that it is lost, and that it is back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lost_at: float | None = None
        self._ask_again_at = 0.0

    def lets_through(self) -> bool:
        """Say whether to ask now; after a pause only one thread does, and the others wait for what it finds."""
        with self._lock:
            now = _now()
            if self._lost_at is not None and now < self._ask_again_at:
                return False
            self._ask_again_at = now + PAUSE_SECONDS
            return True

    def failed(self, error: Exception) -> None:
        """Begin a pause."""
        with self._lock:
            now, is_first = _now(), self._lost_at is None
            self._lost_at = now if is_first else self._lost_at
            self._ask_again_at = now + PAUSE_SECONDS
        if is_first:
            warn_event("cache_lost", reason=type(error).__name__)

    def answered(self) -> None:
        """End the pause."""
        with self._lock:
            lost_at, self._lost_at = self._lost_at, None
        if lost_at is not None:
            info_event("cache_healed", seconds=round(_now() - lost_at, 1))


def _now() -> float:
    return time.monotonic()


_breakers: dict[tuple[str, ...], CircuitBreaker] = {}  # Django makes a client for each thread


class _Client(RedisCacheClient):
    """Asks Redis unless it failed a moment ago; each method says what holds when there is no answer."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, **{**_TIMEOUTS, **options})
        self._breaker = _breakers.setdefault(tuple(servers), CircuitBreaker())

    def _asked(self, ask: Callable[..., Any], *words: Any, otherwise: Any = None) -> Any:
        if not self._breaker.lets_through():
            return otherwise
        try:
            found = ask(*words)
        except RedisError as error:  # also of one that answers but cannot: it loads, has no room, is a replica now
            self._breaker.failed(error)
            return otherwise
        self._breaker.answered()
        return found

    def add(self, key: Any, value: Any, timeout: Any) -> bool:
        """Say True, as if nobody had come before: what is noted once an hour is rather noted twice than never."""
        return bool(self._asked(super().add, key, value, timeout, otherwise=True))

    def get(self, key: Any, default: Any) -> Any:
        """Give the default."""
        return self._asked(super().get, key, default, otherwise=default)

    def set(self, key: Any, value: Any, timeout: Any) -> None:
        """Keep nothing."""
        self._asked(super().set, key, value, timeout)

    def touch(self, key: Any, timeout: Any) -> bool:
        """Find nothing."""
        return bool(self._asked(super().touch, key, timeout))

    def delete(self, key: Any) -> bool:
        """Find nothing."""
        return bool(self._asked(super().delete, key))

    def get_many(self, keys: Iterable[Any]) -> dict[Any, Any]:
        """Find nothing."""
        return dict(self._asked(super().get_many, keys, otherwise={}))

    def has_key(self, key: Any) -> bool:
        """Find nothing."""
        return bool(self._asked(super().has_key, key))

    def incr(self, key: Any, delta: int) -> int:
        """Raise ValueError, as for every key that is not there; `limits` counts elsewhere then."""
        found = self._asked(super().incr, key, delta)
        if found is None:
            raise ValueError("nothing is counted without Redis")
        return int(found)

    def set_many(self, data: Mapping[Any, Any], timeout: Any) -> None:
        """Keep nothing."""
        self._asked(super().set_many, data, timeout)

    def delete_many(self, keys: Iterable[Any]) -> None:
        """Find nothing."""
        self._asked(super().delete_many, keys)

    def clear(self) -> bool:
        """Find nothing."""
        return bool(self._asked(super().clear))


class FaultTolerantRedisCache(RedisCache):
    """Django's cache on Redis, to which nothing is raised when Redis is down, silent or full."""

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _Client


def cache_answers() -> bool:
    """Say whether Redis keeps what it is given, or the cache is not on Redis; within a pause it is not asked."""
    cache = caches["default"]
    if not isinstance(cache, FaultTolerantRedisCache):
        return True
    cache.set("answers", "yes", timeout=60)
    return bool(cache.get("answers") == "yes")
