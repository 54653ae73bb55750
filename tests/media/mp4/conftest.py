"""Small real files whose boxes are read, broken and written again."""

from pathlib import Path

import pytest

from tests.support.clips import click_wav, marker_clip


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds with sound: 48 frames, B-frames, AAC."""
    folder = tmp_path_factory.mktemp("boxes")
    return marker_clip(folder / "clip.mp4", seconds=2, audio=click_wav(folder / "click.wav", seconds=2, at=1))
