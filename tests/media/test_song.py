"""The demo song and the sound of a clip: exact length, something to hear, always the same."""

import wave
from pathlib import Path

import numpy as np
import pytest

from assets.media import song


@pytest.mark.parametrize("seconds", [1.0, 8.0, 20.5])
def test_demo_song_has_its_length_and_is_heard(tmp_path: Path, seconds: float) -> None:
    path = tmp_path / "s.wav"
    song.demo_song(path, seconds=seconds)
    with wave.open(str(path), "rb") as made:
        assert (made.getframerate(), made.getnchannels(), made.getsampwidth()) == (48000, 2, 2)
        assert made.getnframes() == round(seconds * 48000)
        samples = np.frombuffer(made.readframes(made.getnframes()), dtype="<i2")
    assert 20000 < int(np.abs(samples).max()) < 32767
    assert abs(int(samples[-1])) < 800


@pytest.mark.parametrize("mood", ["warm", "dark", "bright"])
def test_ambience_is_the_same_for_the_same_seed(tmp_path: Path, mood: str) -> None:
    made = []
    for number, seed in enumerate((1, 1, 2)):
        path = tmp_path / f"{number}.wav"
        song.ambience(path, seconds=4, seed=seed, mood=mood, wind=0.5)
        made.append(path.read_bytes())
    assert made[0] == made[1]
    assert made[0] != made[2]
