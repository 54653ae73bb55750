from pathlib import Path

import pytest
from pytest_django.fixtures import Settings


@pytest.fixture(autouse=True)
def vault(settings: Settings, data_dir: Path) -> Path:
    """Give the folder of the files; a small disk is fine here."""
    settings.MV_MIN_FREE_MB = 1
    return data_dir / "media"
