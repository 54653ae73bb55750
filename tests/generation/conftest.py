"""What the studio's tests share."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from pytest_django.fixtures import Settings

from generation.jobs import heartbeat
from generation.providers import prices
from mvsite.logs import hide
from tests.providers_server import prices as vendors
from tests.providers_server.google import Google
from tests.providers_server.google_answers import KEY
from tests.providers_server.media import Media
from tests.providers_server.replicate import TOKEN, Replicate
from tests.providers_server.serving import House, providers_server
from tests.support.engine import picture_jobs
from tests.support.quick_clips import quick_clips

__all__ = ["picture_jobs", "quick_clips"]


@pytest.fixture(autouse=True)
def calm_heartbeats(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let heartbeats come late in tests that hold a transaction, which their own connection cannot see into."""
    mark = request.node.get_closest_marker("django_db")
    if mark is None or not mark.kwargs.get("transaction"):
        monkeypatch.setattr(heartbeat, "LONGEST_PAUSE", 3600.0)


@pytest.fixture(autouse=True)
def prices_on(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """Let prices be those of a day, here and at the stand-in; before it is called, of one before any is to change."""

    def on(day: date) -> None:
        monkeypatch.setattr(prices, "day_of", lambda at: day)
        monkeypatch.setattr(vendors, "today", lambda: day)

    on(date(2026, 12, 31))
    return on


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Media:
    """Give what the stand-in's clips look like: one short film, whatever is ordered."""
    return Media(tmp_path_factory.mktemp("standin-media"), pool=1, seconds=2)


@pytest.fixture
def house(media: Media, tmp_path_factory: pytest.TempPathFactory, settings: Settings) -> Iterator[House]:
    """Serve both providers in this process; no key is set yet."""
    with providers_server(tmp_path_factory.mktemp("standin"), media) as serving:
        settings.MV_PROVIDER_ALLOW_HOSTS = ["localhost"]
        settings.MV_RECONCILE_GRACE_SECONDS = 0.0
        yield serving


@pytest.fixture
def replicate(house: House, settings: Settings) -> Replicate:
    """Let the studio use the stand-in for Replicate."""
    settings.REPLICATE_API_TOKEN = TOKEN
    settings.REPLICATE_BASE_URL = house.replicate.api
    return house.replicate


@pytest.fixture
def google(house: House, settings: Settings) -> Google:
    """Let the studio use the stand-in for the Gemini API."""
    hide(KEY)
    settings.GEMINI_API_KEY = KEY
    settings.GOOGLE_GEMINI_BASE_URL = house.google.url
    return house.google
