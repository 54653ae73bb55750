"""Both stand-ins at once, and prices that nobody asks back for."""

import pytest
from pytest_django.fixtures import Settings

from tests.providers_server.google import Google
from tests.providers_server.replicate import Replicate
from tests.providers_server.standin import Standin


@pytest.fixture
def providers(replicate: Replicate, google: Google) -> Standin:
    """Let both providers be there."""
    return replicate.standin


@pytest.fixture
def generous(settings: Settings) -> None:
    """Ask nobody back for a price."""
    settings.MV_CONFIRM_ABOVE_USD = 100
