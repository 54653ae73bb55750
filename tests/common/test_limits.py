"""Limits are counted by all processes together: never one too many, whoever comes first."""

import multiprocessing
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

import pytest
from django.core.cache.backends.filebased import FileBasedCache
from django.test import Client
from pytest_django.fixtures import Settings

from mvsite.common import limits, redis_cache
from mvsite.common.limits import take
from mvsite.settings import base
from tests.support import needs
from tests.support.dead_redis import refusing
from tests.support.own_redis import OwnRedis
from tests.support.people import HOST, accounts, person, session

PROCESSES, TIMES, ROOM = 4, 50, 100
NOW = 1_800_000_010.0  # ten seconds after a minute began


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_now", lambda: NOW)


def taken(name: str, counts: "Queue[int]") -> None:
    counts.put(sum(take(name, limit=ROOM) is None for _ in range(TIMES)))


def let_through(name: str) -> int:
    """Let several processes take at once; return how often they were let in all."""
    forked = multiprocessing.get_context("fork")
    counts: Queue[int] = forked.Queue()
    running = [forked.Process(target=taken, args=(name, counts)) for _ in range(PROCESSES)]
    for process in running:
        process.start()
    total = sum(counts.get(timeout=120) for _ in running)
    for process in running:
        process.join(timeout=30)
    return total


@pytest.fixture
def files(settings: Settings, data_dir: Path) -> None:
    backend = "django.core.cache.backends.filebased.FileBasedCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": str(data_dir / "cache")}}


@pytest.mark.usefixtures("files")
def test_processes_count_together_through_files() -> None:
    assert let_through("files") == ROOM


@pytest.mark.usefixtures("files")
def test_many_others_make_no_count_be_forgotten(settings: Settings, data_dir: Path) -> None:
    assert [take("ada", limit=2) for _ in range(3)] == [None, None, 51]
    for number in range(1500):
        assert take(f"filler {number}", limit=2) is None
        if number % 50 == 0:
            assert take("ada", limit=2) == 51
    assert [take(f"filler {number}", limit=2) for number in (0, 700, 1499)] == [None] * 3
    assert [take(f"filler {number}", limit=2) for number in (0, 700, 1499)] == [51] * 3


def test_the_cache_of_files_keeps_what_people_look_at_in_an_hour(data_dir: Path) -> None:
    words = base.CACHES["default"]
    kept = FileBasedCache(str(data_dir / "kept"), {"OPTIONS": words["OPTIONS"]})
    added = [kept.add(f"looked:{number}", 1, timeout=3600) for _ in range(2) for number in range(1000)]
    assert added == [True] * 1000 + [False] * 1000


@pytest.mark.usefixtures("files")
def test_counts_of_another_minute_leave_nothing_behind(monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> None:
    for number in range(500):
        take(f"filler {number}", limit=9)
    full = sum(path.stat().st_size for path in (data_dir / "limits").iterdir())
    monkeypatch.setattr(limits, "_now", lambda: NOW + 60)
    for number in range(500):
        take(f"other {number}", limit=9)
    kept = [path.stat().st_size for path in (data_dir / "limits").iterdir()]
    assert (len(kept) <= 64, sum(kept) < 1.3 * full) == (True, True)


@pytest.mark.django_db
@pytest.mark.usefixtures("files")
def test_an_address_that_is_refused_counts_for_no_name(settings: Settings) -> None:
    accounts(settings)
    person("ada")

    def tries(name: str, place: str) -> int:
        words = {"username": name, "password": "wrong"}
        return int(Client(HTTP_HOST=HOST, REMOTE_ADDR=place).post("/sign-in/", words).status_code)

    assert [tries("nobody", "192.0.2.1") for _ in range(6)][-1] == 429
    assert [tries("ada", "192.0.2.1") for _ in range(6)] == [429] * 6
    assert [tries("ada", f"192.0.2.{place}") == 429 for place in range(2, 8)] == [False] * 5 + [True]


def test_processes_count_together_through_redis(settings: Settings, data_dir: Path) -> None:
    settings.CACHES = {"default": {**base.cache_at(needs.redis(7)), "KEY_PREFIX": data_dir.name}}
    assert let_through(str(data_dir)) == ROOM
    assert not (data_dir / "limits").exists()


def test_processes_count_together_through_files_while_redis_is_down(settings: Settings) -> None:
    with refusing() as url:
        settings.CACHES = {"default": base.cache_at(url)}
        assert let_through("down") == ROOM


def test_a_redis_that_comes_back_empty_counts_anew_and_the_files_do_not(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_cache, "PAUSE_SECONDS", 0.0)
    with OwnRedis(tmp_path) as server:
        settings.CACHES = {"default": base.cache_at(server.url(1))}
        assert [take("ada", limit=2) for _ in range(3)] == [None, None, 51]
        server.stop()
        assert [take("ada", limit=2) for _ in range(3)] == [None, None, 51]
        server.start()  # empty
        assert [take("ada", limit=2) for _ in range(3)] == [None, None, 51]
        server.stop()
        assert take("ada", limit=2) == 51


def test_a_limit_says_how_long_to_wait_and_ends_with_the_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [take("a", limit=2) for _ in range(4)] == [None, None, 51, 51]
    assert take("b", limit=2) is None
    monkeypatch.setattr(limits, "_now", lambda: NOW + 51)
    assert take("a", limit=2) is None
    assert [take("c", limit=0) for _ in range(5)] == [None] * 5


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("setting", "method", "path"),
    [
        ("MV_RATE_READ", "get", "/api/mv/projects/"),
        ("MV_RATE_GENERATE", "post", "/api/mv/generate_video"),
        ("MV_RATE_UPLOAD", "post", "/api/audio/upload"),
        ("MV_RATE_FETCH", "post", "/api/audio/download"),
    ],
)
def test_each_kind_of_request_has_its_limit_for_each_person(
    settings: Settings, setting: str, method: str, path: str
) -> None:
    accounts(settings)
    setattr(settings, setting, 2)
    ada, ben = session(person("ada")), session(person("ben"))

    def asked(client: Any) -> Any:
        return getattr(client, method)(path)

    assert 429 not in {asked(ada).status_code for _ in range(2)}
    refused = asked(ada)
    assert (refused.status_code, refused.json()["code"]) == (429, "user:request:throttled")
    assert 1 <= int(refused["Retry-After"]) <= 61
    assert asked(ben).status_code != 429
    assert (ada.get("/api/mv/usage").status_code == 200) is (method != "get")
