"""What tests of flavors share."""

from pathlib import Path

import pytest
from pytest_django.fixtures import Settings


@pytest.fixture
def place(tmp_path: Path, settings: Settings) -> Path:
    """Return a folder for flavors of one's own."""
    settings.MV_FLAVORS_DIR = tmp_path / "flavors"
    settings.MV_FLAVORS_DIR.mkdir()
    return tmp_path / "flavors"
