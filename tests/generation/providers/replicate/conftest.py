"""A Replicate of our own for each test, and a key that works there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from assets.media.ffmpeg import FrameEncoder
from tests.support.replicate_server import replicate_server
from tests.support.replicate_state import TOKEN, Replicate


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Encode the small film that every clip of the stand-in is: 2 s of one colour."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    with FrameEncoder(path, width=160, height=90) as out:
        for _ in range(48):
            out.write(bytes((40, 90, 160)) * (160 * 90))
    return path


@pytest.fixture
def replicate(film: Path, settings: Settings) -> Iterator[Replicate]:
    """Serve a Replicate, and let the studio use it."""
    with replicate_server(film) as server:
        settings.REPLICATE_API_TOKEN = TOKEN
        settings.REPLICATE_BASE_URL = server.api
        settings.MV_PROVIDER_ALLOW_HOSTS = ["127.0.0.1"]
        settings.MV_RECONCILE_GRACE_SECONDS = 0.0
        yield server
