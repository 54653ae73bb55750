"""Cuts that are exact, curves that keep their peaks, and songs that are none."""

import math
from pathlib import Path

import pytest
from PIL import Image

from assets.media.audio import cut, envelope, song_seconds, to_aac, trim
from assets.media.errors import MediaProblem
from assets.media.ffmpeg import run_ffmpeg
from assets.media.loudness import loudness
from assets.media.probe import probe
from assets.media.samples import samples
from assets.media.waveform import waveform
from tests.support.clips import click_wav, clicks, tone


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a click at 4 s as WAV, MP3 and M4A, and a tone."""
    folder = tmp_path_factory.mktemp("songs")
    wav = click_wav(folder / "click.wav")
    for name in ("click.mp3", "click.m4a", "click.flac"):
        run_ffmpeg(["-i", str(wav), str(folder / name)], timeout=30)
    tone(folder / "tone.wav", seconds=3, channels=1)
    return folder


@pytest.mark.parametrize("name", ["click.wav", "click.mp3", "click.m4a", "click.flac"])
def test_cut_is_exact_to_the_sample(songs: Path, tmp_path: Path, name: str) -> None:
    seconds = cut(songs / name, tmp_path / "cut.wav", start_ms=3_210, end_ms=6_460)
    assert seconds == 3.25
    assert sum(piece.shape[1] for piece in samples(tmp_path / "cut.wav")) == 3.25 * 48_000
    assert clicks(tmp_path / "cut.wav") == [pytest.approx(4.0 - 3.21, abs=0.001)]


def test_cut_clamps_the_end_and_refuses_a_start_past_it(songs: Path, tmp_path: Path) -> None:
    assert cut(songs / "click.wav", tmp_path / "cut.wav", start_ms=7_500, end_ms=99_000) == 0.5
    with pytest.raises(MediaProblem) as caught:
        cut(songs / "click.wav", tmp_path / "none.wav", start_ms=8_000)
    assert caught.value.reason == "window"
    assert not (tmp_path / "none.wav").exists()


@pytest.mark.parametrize(("name", "kind"), [("click.wav", "wav"), ("click.mp3", "m4a"), ("click.m4a", "m4a")])
def test_trim_makes_a_song_that_starts_on_time(songs: Path, tmp_path: Path, name: str, kind: str) -> None:
    made = trim(songs / name, tmp_path / "cut", start_ms=3_000, end_ms=5_000)
    assert (made.kind, made.seconds) == (kind, 2.0)
    assert probe(tmp_path / "cut").kind == kind
    assert song_seconds(tmp_path / "cut") == pytest.approx(2.0, abs=0.001)
    assert clicks(tmp_path / "cut") == [pytest.approx(1.0, abs=0.001)]


def test_trim_of_the_whole_is_a_copy(songs: Path, tmp_path: Path) -> None:
    made = trim(songs / "click.mp3", tmp_path / "cut")
    assert made.kind == "mp3"
    assert (tmp_path / "cut").read_bytes() == (songs / "click.mp3").read_bytes()


def test_to_aac_has_the_length_asked_for(songs: Path, tmp_path: Path) -> None:
    to_aac(songs / "tone.wav", tmp_path / "a.m4a", seconds=7.5, loop=True, fade_in=0.5, fade_out=1, gain_db=-3)
    assert song_seconds(tmp_path / "a.m4a") == 7.5
    level = envelope(tmp_path / "a.m4a", fps=24)
    assert level[0] < level[24] / 4
    assert level[int(7.4 * 24)] < level[120] / 2
    assert level[120] == pytest.approx(0.125 / math.sqrt(2) * 10 ** (-6 / 20), rel=0.1)  # -3 dB and mono to stereo


def test_envelope_has_one_loudness_a_frame(songs: Path) -> None:
    tones = envelope(songs / "tone.wav", fps=24)
    assert len(tones) == 72
    assert all(level == pytest.approx(0.125 / math.sqrt(2), rel=0.02) for level in tones)
    click = envelope(songs / "click.wav", fps=24)
    assert [number for number, level in enumerate(click) if level > 0.01] == [96]


def test_waveform_keeps_the_peak_of_one_channel(songs: Path, tmp_path: Path) -> None:
    left = ["-i", str(songs / "click.wav"), "-af", "pan=stereo|c0=c0|c1=0*c0", str(tmp_path / "left.wav")]
    run_ffmpeg(left, timeout=30)
    curve = waveform(tmp_path / "left.wav")
    assert len(curve) == 1200
    assert max(curve) == pytest.approx(0.9, abs=0.02)
    assert curve.index(max(curve)) == pytest.approx(600, abs=4)


def test_loudness_measures_and_leaves_silence_alone(songs: Path) -> None:
    measured = loudness(songs / "tone.wav")
    assert measured.peak_dbfs == pytest.approx(-18, abs=0.3)
    assert measured.lufs == pytest.approx(-21, abs=1)
    assert measured.gain_to(-14) == pytest.approx(-14 - measured.lufs)


def test_peaks_between_the_samples_are_found(tmp_path: Path) -> None:
    # A quarter of the sample rate, begun at 45 degrees: every sample lies 3 dB below the top of the wave.
    sound = "aevalsrc='0.5*sin(2*PI*12000*t+PI/4)':s=48000:d=2"
    fades = "afade=d=0.5,afade=t=out:st=1.5:d=0.5"  # a sudden beginning would ring
    run_ffmpeg(["-f", "lavfi", "-i", sound, "-af", fades, "-c:a", "pcm_s16le", str(tmp_path / "high.wav")], timeout=30)
    assert loudness(tmp_path / "high.wav").peak_dbfs == pytest.approx(-9.03, abs=0.05)
    assert loudness(tmp_path / "high.wav", between=True).peak_dbfs == pytest.approx(-6.02, abs=0.4)


def test_a_song_that_is_a_text_file_is_named_as_that(tmp_path: Path) -> None:
    words = tmp_path / "song.mp3"
    words.write_text("la la la")
    for call in (waveform, envelope, song_seconds, loudness):
        with pytest.raises(MediaProblem) as caught:
            call(words)
        assert caught.value.reason == "type"
    words.write_bytes(b"")
    with pytest.raises(MediaProblem) as caught:
        song_seconds(words)
    assert caught.value.reason == "empty"


@pytest.mark.parametrize("name", ["click.mp3", "click.m4a"])
def test_cover_of_a_song_is_no_film(songs: Path, tmp_path: Path, name: str) -> None:
    Image.new("RGB", (64, 64), "red").save(tmp_path / "cover.jpg")
    covered = tmp_path / name
    words = ["-i", str(songs / name), "-i", str(tmp_path / "cover.jpg"), "-map", "0", "-map", "1", "-c", "copy"]
    run_ffmpeg([*words, "-disposition:v", "attached_pic", str(covered)], timeout=30)
    facts = probe(covered)
    assert facts.video is None
    assert facts.audio is not None
    assert song_seconds(covered) == pytest.approx(song_seconds(songs / name), abs=0.05)


def test_a_film_without_sound_is_no_song(tmp_path: Path) -> None:
    silent = tmp_path / "silent.mp4"
    run_ffmpeg(["-f", "lavfi", "-i", "color=red:s=64x64:d=0.2", str(silent)], timeout=30)
    for call in (waveform, envelope, song_seconds, loudness):
        with pytest.raises(MediaProblem, match="no sound"):
            call(silent)


def test_song_that_changes_its_form_midway_is_read_to_its_end(tmp_path: Path) -> None:
    mono = tone(tmp_path / "mono.mp3", seconds=1, channels=1)
    stereo = tone(tmp_path / "stereo.mp3", seconds=1, channels=2)
    both = tmp_path / "both.mp3"
    both.write_bytes(mono.read_bytes() + stereo.read_bytes())
    assert len(envelope(both)) in range(47, 52)
    assert loudness(both).lufs == pytest.approx(-21, abs=3)
    assert len({round(level, 1) for level in waveform(both)[100:500]}) == 1
