"""One rendered clip for all tests that only look at it: rendering is what costs here."""

from pathlib import Path

import pytest

from generation.ports import ClipRequest
from generation.providers.sample.clips import SampleClips

PROMPT = "Close-up, static frame. A man with short hair stands in the desert, day"


@pytest.fixture(scope="session")
def sample_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a clip of 4 s with sound, made with the label `scene-7`; nobody may change it."""
    target = tmp_path_factory.mktemp("sample") / "clip.mp4"
    request = ClipRequest(PROMPT, 4, "16:9", "720p", generate_audio=True, seed=1, label="scene-7")
    SampleClips().fetch("x", request, target, lambda _: None)
    return target
