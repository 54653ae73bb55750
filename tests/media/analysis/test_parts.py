"""The parts of a song, its loudness and energy, and a person's own tempo."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from assets.media.analysis import SongAnalysis, Wish, analyse, tapped, wished
from assets.media.ffmpeg import run_ffmpeg
from assets.media.song import demo_song
from assets.media.waveform import heard_peaks, waveform
from tests.support.songs import beat_song


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SongAnalysis]:
    """A song at 110 BPM: chords, then drums and bass, then the lead; thinner after half, then full again."""
    path = tmp_path_factory.mktemp("demo") / "song.wav"
    demo_song(path, seconds=120)
    return path, analyse(path)


def test_parts_tile_the_song_and_begin_with_bars(demo: tuple[Path, SongAnalysis]) -> None:
    _, song = demo
    edges = [song.sections[0].start, *(section.end for section in song.sections)]
    assert [section.start for section in song.sections[1:]] == edges[1:-1]
    assert (edges[0], edges[-1]) == (0.0, song.seconds)
    assert set(edges[1:-1]) <= set(song.downbeats)
    assert len(song.sections) >= 3


def test_parts_that_sound_alike_have_one_letter(demo: tuple[Path, SongAnalysis]) -> None:
    _, song = demo
    letters = [section.letter for section in song.sections]
    assert song.sections[0].name == "intro"
    assert len(set(letters)) < len(letters)
    assert song.sections[0].energy < max(section.energy for section in song.sections)


def test_loudness_is_what_ffmpeg_says(demo: tuple[Path, SongAnalysis], tmp_path: Path) -> None:
    path, song = demo
    assert -30 < song.loudness_lufs < -5
    run_ffmpeg(["-i", str(path), "-af", "volume=-6dB", str(tmp_path / "softer.wav")], timeout=60)
    softer = analyse(tmp_path / "softer.wav")
    assert softer.loudness_lufs == pytest.approx(song.loudness_lufs - 6, abs=0.1)
    assert softer.peak_dbfs == pytest.approx(song.peak_dbfs - 6, abs=0.1)
    assert len(song.energy) == pytest.approx(song.seconds / song.energy_step, abs=1)


def test_own_tempo_replaces_the_grid() -> None:
    song = SongAnalysis.from_dict(
        {
            "seconds": 20.0, "bpm": 100.0, "confidence": 0.5, "even": True, "ambiguous": True, "candidates": [],
            "beats": [0.3, 0.9, 1.5], "downbeats": [0.9], "beats_per_bar": 4, "bar_confidence": 0.2, "sections": [],
            "energy_step": 0.5, "energy": [0.1], "loudness_lufs": -14.0, "peak_dbfs": -1.0,
        }
    )  # fmt: skip
    assert wished(song, Wish()) is song
    twice = wished(song, Wish(bpm=120))
    assert twice.beats[:3] == (0.4, 0.9, 1.4)
    assert twice.downbeats[0] == 0.9
    assert twice.beats[-1] == 19.9
    placed = wished(song, Wish(bpm=60, offset=2.5, beats_per_bar=3))
    assert placed.beats[:3] == (0.5, 1.5, 2.5)
    assert placed.downbeats[:2] == (2.5, 5.5)
    assert wished(song, Wish(offset=1.0)).beats[:2] == (0.4, 1.0)
    assert wished(song, Wish(bpm=120, offset=500.25)).beats[-1] == 19.75


def test_taps_become_tempo_and_offset() -> None:
    shaky = np.random.Generator(np.random.PCG64(2)).normal(0, 0.02, 24)
    taps = [1.21 + number * 60 / 97.3 + float(shaky[number]) for number in range(24)]
    del taps[7]  # one was missed
    wish = tapped(taps)
    assert wish.bpm == pytest.approx(97.3, rel=0.005)
    assert wish.offset == pytest.approx(1.21 % (60 / 97.3), abs=0.03)
    placed = tapped(taps, bar=1.21 + 3 * 60 / 97.3 + 0.02)  # what was measured says which beat begins a bar
    assert placed.offset == pytest.approx(1.21 + 3 * 60 / 97.3, abs=0.03)
    for wrong in ([1.0, 2.0], [1.0, 0.5, 2.0, 3.0], [0.0, 0.01, 0.02, 0.03]):
        with pytest.raises(ValueError, match=r"[Tt]ap"):
            tapped(wrong)


def test_curve_is_exact_to_the_sample(tmp_path: Path) -> None:
    beat_song(tmp_path / "song.wav", bpm=120, seconds=5)
    raw = np.frombuffer((tmp_path / "song.wav").read_bytes()[44:], "<i2").reshape(-1, 2) / 32_768
    loudest = np.abs(raw).max(axis=1)
    edges = [round(number * loudest.size / 50) for number in range(51)]
    true = [loudest[low:high].max() for low, high in pairwise(edges)]
    assert waveform(tmp_path / "song.wav", buckets=50) == pytest.approx(true, abs=0.001)
    assert len(waveform(tmp_path / "song.wav", buckets=8_000)) == 8_000


def test_curve_of_a_long_song_keeps_little(tmp_path: Path) -> None:
    tone = "sine=f=440:d=1200:r=8000"
    run_ffmpeg(["-f", "lavfi", "-i", tone, "-ac", "1", "-c:a", "flac", str(tmp_path / "long.flac")], timeout=120)
    peaks = heard_peaks(tmp_path / "long.flac")
    assert 1 << 17 <= len(peaks.values()) <= 1 << 18
    assert set(np.round(waveform(tmp_path / "long.flac", buckets=100), 2)) == {0.12}
