"""Tempo and beats of songs whose beats are known, and none where there are none."""

import json
import math
import time
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np
import pytest

from assets.media.analysis import SongAnalysis, analyse
from assets.media.errors import MediaProblem
from assets.media.ffmpeg import run_ffmpeg
from assets.media.synth import noise, place, snare, times, tone, write_wav
from tests.support.songs import beat_song


def error_of(song: SongAnalysis, beats: list[float]) -> float:
    """Give the median distance in seconds from a true beat to the nearest that was found."""
    found = np.array(song.beats)
    return median(float(np.abs(found - beat).min()) for beat in beats)


def candidates(song: SongAnalysis) -> list[float]:
    return [each.bpm for each in song.candidates]


@pytest.mark.parametrize("bpm", [84, 97.3, 110, 128, 150])
@pytest.mark.parametrize("style", ["rock", "house"])
def test_tempo_and_beats_of_an_even_song(tmp_path: Path, bpm: float, style: str) -> None:
    beats = beat_song(tmp_path / "song.wav", bpm=bpm, seconds=40, style=style, noise_level=0.1)
    song = analyse(tmp_path / "song.wav")
    assert song.bpm == pytest.approx(bpm, rel=0.0005)
    assert song.even
    assert song.confidence > 0.9
    assert error_of(song, beats) < 0.005
    assert len(song.beats) == pytest.approx(40 * bpm / 60, abs=1)


@pytest.mark.parametrize(
    ("style", "bpm"),
    [("swing", 140), ("syncopated", 92), ("syncopated", 104), ("strummed", 72), ("strummed", 96), ("waltz", 132)],
)
def test_tempo_of_songs_that_make_it_hard(tmp_path: Path, style: str, bpm: float) -> None:
    beats = beat_song(tmp_path / "song.wav", bpm=bpm, seconds=40, style=style, offset=1.13, noise_level=0.01)
    song = analyse(tmp_path / "song.wav")
    assert song.bpm == pytest.approx(bpm, rel=0.005)
    assert error_of(song, beats) < 0.025
    assert song.beats_per_bar == (3 if style == "waltz" else 4)


@pytest.mark.parametrize(("style", "bpm"), [("half_time", 140), ("rock", 60), ("rock", 180), ("house", 174)])
def test_a_tempo_that_could_be_twice_or_half_is_among_the_candidates(tmp_path: Path, style: str, bpm: float) -> None:
    beat_song(tmp_path / "song.wav", bpm=bpm, seconds=40, style=style)
    song = analyse(tmp_path / "song.wav")
    assert min(abs(each / bpm - 1) for each in candidates(song)) < 0.005
    assert song.candidates[0].bpm == song.bpm
    if abs((song.bpm or 0) / bpm - 1) > 0.005:
        other = next(each for each in song.candidates if abs(each.bpm / bpm - 1) < 0.005)
        assert other.octave


def test_a_quiet_beginning_does_not_move_the_grid(tmp_path: Path) -> None:
    beats = beat_song(tmp_path / "song.wav", bpm=101, seconds=80, silent_until=20, noise_level=0.003)
    song = analyse(tmp_path / "song.wav")
    assert error_of(song, beats) < 0.005
    assert song.beats[0] < 60 / 101


def test_tempo_that_changes_is_followed_and_not_called_even(tmp_path: Path) -> None:
    jump = beat_song(tmp_path / "jump.wav", bpm=lambda at: 100 if at < 40 else 125, seconds=80)
    song = analyse(tmp_path / "jump.wav")
    assert not song.even
    assert error_of(song, jump) < 0.025
    assert {100, 125} <= {round(each) for each in candidates(song)}
    sway = beat_song(tmp_path / "sway.wav", bpm=lambda at: 100 + 6 * math.sin(at / 20), seconds=80)
    assert error_of(analyse(tmp_path / "sway.wav"), sway) < 0.025


def test_bars_begin_where_harmony_changes(tmp_path: Path) -> None:
    beats = beat_song(tmp_path / "song.wav", bpm=97.3, seconds=40, offset=1.13)
    song = analyse(tmp_path / "song.wav")
    bars = beats[::4]
    assert median(min(abs(bar - found) for found in song.downbeats) for bar in bars) < 0.025
    assert song.bar_confidence > 0.5


@pytest.mark.parametrize("seconds", [8, 45])
@pytest.mark.parametrize("seed", [1, 2])
def test_noise_has_no_tempo(tmp_path: Path, seconds: int, seed: int) -> None:
    hiss = noise(seconds, seed)
    for sound in (hiss, np.cumsum(hiss), hiss * (0.6 + 0.4 * np.sin(0.7 * times(seconds)))):
        write_wav(tmp_path / "noise.wav", sound, sound)
        song = analyse(tmp_path / "noise.wav")
        assert (song.bpm, song.beats, song.candidates, song.confidence) == (None, (), (), 0.0)


def test_silence_a_held_tone_and_drops_of_rain_have_no_tempo(tmp_path: Path) -> None:
    rain = np.zeros(60 * 48_000)
    for at in np.cumsum(np.random.Generator(np.random.PCG64(4)).exponential(0.4, 140)):
        place(rain, snare(), float(at), 0.5)
    for sound in (np.zeros(20 * 48_000), tone(220, 30), rain, tone(440, 0.3)):
        write_wav(tmp_path / "quiet.wav", sound, sound)
        song = analyse(tmp_path / "quiet.wav")
        assert song.bpm is None
        assert song.sections[0].start == 0
        assert song.sections[-1].end == pytest.approx(song.seconds)


def test_the_same_song_gives_the_same_bytes_in_any_wrapping(tmp_path: Path) -> None:
    beat_song(tmp_path / "song.wav", bpm=97.3, seconds=30)
    told = [json.dumps(analyse(tmp_path / "song.wav").as_dict()) for _ in range(2)]
    assert told[0] == told[1]
    run_ffmpeg(["-i", str(tmp_path / "song.wav"), "-c:a", "flac", str(tmp_path / "song.flac")], timeout=60)
    assert json.dumps(analyse(tmp_path / "song.flac").as_dict()) == told[0]
    again = SongAnalysis.from_dict(json.loads(told[0]))
    assert json.dumps(again.as_dict()) == told[0]


def test_opposite_channels_do_not_cancel_to_silence(tmp_path: Path) -> None:
    beat_song(tmp_path / "song.wav", bpm=110, seconds=30)
    turned = "pan=stereo|c0=c0|c1=-1*c1"
    run_ffmpeg(["-i", str(tmp_path / "song.wav"), "-af", turned, str(tmp_path / "turned.wav")], timeout=60)
    assert analyse(tmp_path / "turned.wav").bpm == pytest.approx(110, rel=0.001)


@pytest.mark.long
def test_four_minutes_take_less_than_ten_seconds(tmp_path: Path) -> None:
    beats = beat_song(tmp_path / "song.wav", bpm=110, seconds=240)
    begun = time.process_time()
    song = analyse(tmp_path / "song.wav")
    assert time.process_time() - begun < 10
    assert max(min(abs(beat - found) for found in song.beats) for beat in beats) < 0.005
    assert len(song.energy) <= 600
    steps = {round(after - before, 2) for before, after in pairwise(song.beats)}
    assert steps <= {0.54, 0.55}


def test_a_file_without_sound_is_refused(tmp_path: Path) -> None:
    (tmp_path / "none.wav").write_bytes(b"RIFF\x24\0\0\0WAVEfmt ")
    with pytest.raises(MediaProblem):
        analyse(tmp_path / "none.wav")
