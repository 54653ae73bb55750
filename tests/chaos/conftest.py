"""What the tests in a storm share."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder in which stand-ins keep their films, so that each is made once."""
    return tmp_path_factory.mktemp("films")
