"""`/health/live` and `/health/ready`: what each part's absence does to them."""

import shutil
from collections import namedtuple
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from generation.jobs import workers
from generation.management import findings
from mvsite import health
from mvsite.settings import base
from tests.support.dead_redis import refusing

Usage = namedtuple("Usage", "total used free")
NAMES = {"data_folder_in": "in", "data_folder_out": "in", "processed_folder": "taken", "control_folder": "control"}


@pytest.fixture(autouse=True)
def all_is_well(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 0, 1 << 39))
    folder = settings.CELERY_BROKER_FOLDER
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {option: str(folder / name) for option, name in NAMES.items()}
    workers.beat(name="all@here", queues=["provider", "default", "render"])
    health._ffmpeg_runs.cache_clear()


def ready() -> tuple[int, dict[str, Any]]:
    answer = Client(HTTP_HOST="127.0.0.1").get("/health/ready")
    return answer.status_code, answer.json()["checks"]


def test_ready_when_everything_is_there() -> None:
    parts = ("database", "broker", "cache", "workers", "disk", "ffmpeg")
    assert ready() == (200, dict.fromkeys(parts, "ok"))


def test_not_ready_without_a_worker_for_every_queue() -> None:
    workers.beat(name="fast@here", queues=["provider", "default"])
    code, checks = ready()
    assert (code, checks["workers"], checks["database"]) == (503, "missing", "ok")
    workers.leave()
    assert ready()[0] == 503


def test_not_ready_on_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 1 << 40, 1 << 20))
    code, checks = ready()
    assert (code, checks["disk"]) == (503, "missing")


def test_not_ready_without_the_broker(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": str(tmp_path / "file" / "in")}
    code, checks = ready()
    assert (code, checks["broker"]) == (503, "missing")


def test_ready_without_the_cache_and_says_so(settings: Settings) -> None:
    with refusing() as url:
        settings.CACHES = {"default": base.cache_at(url)}
        assert (ready()[0], ready()[1]["cache"]) == (200, "missing")
        assert Client(HTTP_HOST="127.0.0.1").get("/health/ready").json()["status"] == "degraded"
        workers.leave()
        answer = Client(HTTP_HOST="127.0.0.1").get("/health/ready")
        assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")


def test_not_ready_without_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "ffmpeg_path", lambda: "no-such-program")
    code, checks = ready()
    assert (code, checks["ffmpeg"]) == (503, "missing")


def test_live_whatever_is_missing(settings: Settings) -> None:
    workers.leave()
    assert Client(HTTP_HOST="127.0.0.1").get("/health/live").json() == {"status": "ok"}
