"""What `make_video` answers to words that make no sense; the whole job is tried in tests/chaos and by the launcher."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.support.processes import prepare, ran


def test_make_video_fails_with_words(tmp_path: Path) -> None:
    prepare(tmp_path)
    ended = ran(tmp_path, "manage.py", "make_video", "--scenes", "many")
    assert ended.returncode == 1
    assert "invalid int value" in ended.stderr


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--confirm-usd", "NaN"], "NaN is no amount in USD"),
        (["--idea", "a boat"], "Give --idea and --character"),
        (["--scenes", "61"], "--scenes takes 1 to 60"),
        (["--resume", "nothing"], "is not a project's id"),
        (["--idea", "a boat", "--character", "a man", "--song", "no-such-song.mp3"], "There is no file"),
    ],
)
def test_make_video_refuses_what_makes_no_sense(words: list[str], told: str) -> None:
    with pytest.raises(CommandError, match=told):
        call_command("make_video", *words)
