"""What every test gets: no way off this machine, a data folder of its own, an owner and a client."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from mvsite.accounts.models import User
from mvsite.accounts.services import local_owner
from mvsite.common import limits
from tests.support.network import GUARD

CHILD_GUARD = str(Path(__file__).parent / "support" / "child_guard")
ROWS = {"db", "transactional_db", "live_server", "django_db_reset_sequences", "django_db_serialized_rollback"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option to leave out what another database makes no difference to."""
    parser.addoption("--rows", action="store_true", help="only tests that use the database, themselves or by a fixture")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `--rows` keep the tests that use the database."""
    if config.getoption("rows"):
        kept = [item for item in items if uses_rows(item)]
        config.hook.pytest_deselected(items=[item for item in items if not uses_rows(item)])
        items[:] = kept


def uses_rows(item: pytest.Item) -> bool:
    """Say whether a test may ask the database: pytest-django refuses the others."""
    return item.get_closest_marker("django_db") is not None or not ROWS.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.fixture(autouse=True, scope="session")
def children() -> Iterator[None]:
    """Let every Python that a test starts refuse to leave the machine too, and keep to its own data folder.

    Servers named for this run are for the rows of this process: a child that shared them would write beside a test.
    """
    before = os.environ.get("PYTHONPATH")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(path for path in (CHILD_GUARD, before) if path))
        for name in ("DATABASE_URL", "CACHE_URL", "CELERY_BROKER_URL"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(autouse=True)
def no_network() -> Iterator[list[str]]:
    """Fail a test that tries to leave the machine, even when it swallows the refusal."""
    with GUARD.on_duty() as refused:
        yield refused
    if refused:
        pytest.fail(f"this test tried to leave the machine: {', '.join(refused)}", pytrace=False)


@pytest.fixture(autouse=True)
def data_dir(tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Path:
    """Give the test a data folder of its own: media, temporary files, embedded broker; `tmp_path` stays empty."""
    root = tmp_path_factory.mktemp("data")
    media = root / "media"
    settings.MV_DATA_DIR = root
    settings.REPLICATE_API_TOKEN = settings.GEMINI_API_KEY = settings.MV_GOOGLE_CLOUD_PROJECT = (
        ""  # a developer's own keys are not for tests
    )
    settings.MEDIA_ROOT = media
    settings.MV_TEMP_DIR = root / "tmp"
    settings.CELERY_BROKER_FOLDER = root / "broker"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(media)}},
        # Pages under test need no manifest of hashed names; the manifest has a test of its own.
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": str(root)}}
    settings.STATIC_ROOT = root / "static"
    for folder in (media, settings.MV_TEMP_DIR, settings.STATIC_ROOT):
        folder.mkdir()
    return root


@pytest.fixture(autouse=True)
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is counted by the minute be counted in one: the clock's own minute may end between two requests."""
    monkeypatch.setattr(limits, "_now", lambda: 1_800_000_010.0)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Put SQLite's test database into a file: threads and processes lock it as they do in production."""
    database: dict[str, Any] = django_settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture
def owner(db: None) -> User:
    """Return the local owner."""
    return local_owner()


@pytest.fixture
def api(owner: User) -> APIClient:
    """Return a client of the API as the owner's own programs are: on 127.0.0.1, no token, no cookie."""
    return APIClient(HTTP_HOST="127.0.0.1")
