"""Films, a portrait and impatience for the tests of Gemini; the stand-in is `google` of tests/generation."""

from pathlib import Path

import pytest
from PIL import Image

from generation.providers.gemini import client
from tests.support.clips import marker_clip, tone


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let clients give up after a second."""
    monkeypatch.setattr(client, "TIMEOUT_SECONDS", 1)


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give the bytes of a real clip."""
    return marker_clip(tmp_path_factory.mktemp("film") / "clip.mp4", seconds=1).read_bytes()


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    """Give a picture of a character."""
    path = tmp_path / "portrait.png"
    Image.new("RGB", (32, 32), (90, 20, 20)).save(path)
    return path


@pytest.fixture(scope="session")
def sounding(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give the bytes of a real clip with sound."""
    folder = tmp_path_factory.mktemp("film")
    return marker_clip(folder / "clip.mp4", seconds=1, audio=tone(folder / "tone.wav", seconds=1)).read_bytes()
