"""The cache on Redis: what it gives while Redis is down or silent, how little that costs, and that it comes back."""

import logging
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.cache import cache, caches
from django.core.cache.backends.redis import RedisCacheClient
from pytest_django.fixtures import Settings
from redis.exceptions import ResponseError

from mvsite.common import redis_cache
from mvsite.common.redis_cache import PAUSE_SECONDS, CircuitBreaker, cache_answers
from mvsite.settings import base
from tests.support import needs
from tests.support.dead_redis import refusing, silent
from tests.support.own_redis import OwnRedis
from tests.support.threads import running_time

Clock = list[float]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Give the time, in a list so that a test can change it."""
    now = [100.0]
    monkeypatch.setattr(redis_cache, "_now", lambda: now[0])
    return now


@pytest.fixture
def own_redis(settings: Settings, tmp_path: Path) -> Iterator[OwnRedis]:
    with OwnRedis(tmp_path) as server:
        settings.CACHES = {"default": base.cache_at(server.url(1))}
        yield server


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [(line.levelname, line.message) for line in caplog.records if line.name == "mv.events"]


def test_a_redis_that_is_down_is_an_empty_cache(settings: Settings) -> None:
    with refusing() as url:
        settings.CACHES = {"default": base.cache_at(url)}
        assert (cache.add("a", 1), cache.add("a", 1)) == (True, True)
        cache.set("a", 1)
        cache.set_many({"a": 1, "b": 2})
        cache.delete_many(["b"])
        cache.clear()
        assert (cache.get("a"), cache.get("a", 7), cache.get_many(["a", "b"])) == (None, 7, {})
        assert ("a" in cache, cache.touch("a"), cache.delete("a")) == (False, False, False)
        assert cache.get_or_set("a", lambda: 3) == 3
        for change in (cache.incr, cache.decr):
            with pytest.raises(ValueError, match="Redis"):
                change("a")


def came(listening: socket.socket) -> int:
    """Return how many have connected since this was asked last."""
    count = 0
    try:
        while True:
            listening.accept()[0].close()
            count += 1
    except BlockingIOError:
        return count


def test_a_silent_redis_costs_one_second_and_is_let_alone_then(settings: Settings, clock: Clock) -> None:
    with silent() as (url, listening):
        settings.CACHES = {"default": base.cache_at(url)}
        with running_time() as seconds:
            assert [cache.get("a", 7) for _ in range(50)] == [7] * 50
            assert seconds() < 2.5
        assert came(listening) == 1
        clock[0] += PAUSE_SECONDS
        assert [cache.get("a", 7) for _ in range(50)] == [7] * 50
        assert came(listening) == 1


@pytest.mark.usefixtures("clock")
def test_threads_share_the_pause(settings: Settings) -> None:
    with silent() as (url, listening), ThreadPoolExecutor(8) as threads:
        settings.CACHES = {"default": base.cache_at(url)}
        cache.get("a")
        assert came(listening) == 1
        with running_time() as seconds:
            assert list(threads.map(lambda _: caches["default"].get("a", 7), range(8))) == [7] * 8
            assert seconds() < 0.9
        assert came(listening) == 0


def test_after_a_pause_one_asks_and_the_others_wait_for_what_it_finds(clock: Clock) -> None:
    breaker = CircuitBreaker()
    assert [breaker.lets_through() for _ in range(3)] == [True] * 3
    breaker.failed(OSError())
    assert not breaker.lets_through()
    clock[0] += PAUSE_SECONDS
    assert [breaker.lets_through() for _ in range(3)] == [True, False, False]
    breaker.answered()
    assert [breaker.lets_through() for _ in range(3)] == [True] * 3


def test_its_going_and_its_coming_back_are_told_once(
    own_redis: OwnRedis, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "mv.events")
    cache.set("a", 1)
    assert (cache.get("a"), cache.incr("a"), told(caplog)) == (1, 2, [])
    own_redis.stop()
    for _ in range(4):
        assert cache.get("a") is None
        clock[0] += PAUSE_SECONDS
    assert told(caplog) == [("WARNING", "cache_lost")]
    own_redis.start()
    assert [cache.add("a", 1, timeout=60) for _ in range(2)] == [True, False]
    assert (cache.get("a"), cache.incr("a")) == (1, 2)
    assert told(caplog) == [("WARNING", "cache_lost"), ("INFO", "cache_healed")]
    assert caplog.records[-1].__dict__["seconds"] == 4 * PAUSE_SECONDS


def test_a_redis_that_was_started_anew_is_not_missed(own_redis: OwnRedis, caplog: pytest.LogCaptureFixture) -> None:
    cache.set("a", 1)
    own_redis.stop()
    own_redis.start()
    assert cache.add("a", 2)
    assert (cache.get("a"), told(caplog)) == (2, [])


def test_a_full_redis_keeps_nothing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise ResponseError("OOM command not allowed when used memory > 'maxmemory'.")

    monkeypatch.setattr(RedisCacheClient, "set", refused)
    with refusing() as url:
        settings.CACHES = {"default": base.cache_at(url)}
        cache.set("a", 1)
        assert not cache_answers()


def test_other_caches_are_not_asked(settings: Settings) -> None:
    assert cache_answers()
    settings.CACHES = {"default": {**base.cache_at(needs.redis(7)), "KEY_PREFIX": "test-of-answers"}}
    assert cache_answers()
