"""What `make_video` answers to words that make no sense; the whole job is tried in tests/chaos and by the launcher."""

from pathlib import Path

import pytest

from tests.support.processes import ran


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--scenes", "many"], "invalid int value"),
        (["--idea", "a boat"], "Give --idea and --character"),
        (["--scenes", "61"], "--scenes takes 1 to 60"),
        (["--resume", "nothing"], "is not a project's id"),
        (["--idea", "a boat", "--character", "a man", "--song", "no-such-song.mp3"], "There is no file"),
    ],
)
def test_make_video_fails_with_words(tmp_path: Path, words: list[str], told: str) -> None:
    ran(tmp_path / "data", "manage.py", "migrate", "-v0")
    ended = ran(tmp_path / "data", "manage.py", "make_video", *words)
    assert ended.returncode == 1
    assert told in ended.stderr
