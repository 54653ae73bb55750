"""Cuts that are exact, curves that keep their peaks, and songs that are none."""

import json
import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assets.media.analysis import analyse
from assets.media.audio import cut, envelope, song_seconds, to_aac, to_mp3, trim
from assets.media.errors import FFmpegTimeoutError, MediaProblem
from assets.media.ffmpeg import run_ffmpeg
from assets.media.loudness import loudness
from assets.media.plain import write_plain
from assets.media.probe import opened, probe
from assets.media.samples import samples
from assets.media.waveform import waveform
from tests.support.clips import click_wav, clicks, tone


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a click at 4 s as WAV, MP3 and M4A, and a tone."""
    folder = tmp_path_factory.mktemp("songs")
    wav = click_wav(folder / "click.wav")
    codecs = {"click.ogg": "libvorbis", "click.webm": "libopus", "click24.wav": "pcm_s24le"}
    for name in ("click.mp3", "click.m4a", "click.flac", "click.aac", "click.opus", *codecs):
        run_ffmpeg(
            ["-i", str(wav), *(["-c:a", codecs[name]] if name in codecs else []), str(folder / name)], timeout=30
        )
    tone(folder / "tone.wav", seconds=3, channels=1)
    return folder


def heard_at(path: Path) -> float:
    """Give the second of the first click, counted from the first sample that is played."""
    sound = np.concatenate(list(samples(path, rate=48_000, layout="mono")), axis=1)[0]
    return int(np.flatnonzero(np.abs(sound) > 0.25)[0]) / 48_000


def packets(path: Path) -> list[bytes]:
    with opened(path) as (_, container):
        return [bytes(packet) for packet in container.demux(container.streams.audio[0]) if packet.size]


@pytest.mark.parametrize("name", ["click.wav", "click.mp3", "click.m4a", "click.flac"])
def test_cut_is_exact_to_the_sample(songs: Path, tmp_path: Path, name: str) -> None:
    seconds = cut(songs / name, tmp_path / "cut.wav", start_ms=3_210, end_ms=6_460)
    assert seconds == 3.25
    assert sum(piece.shape[1] for piece in samples(tmp_path / "cut.wav")) == 3.25 * 48_000
    assert clicks(tmp_path / "cut.wav") == [pytest.approx(4.0 - 3.21, abs=0.001)]


@pytest.mark.parametrize("start_ms", [0, 30, 260])
@pytest.mark.parametrize("name", ["click.wav", "click.mp3", "click.m4a", "click.flac"])
def test_cut_near_the_begin_loses_nothing(songs: Path, tmp_path: Path, name: str, start_ms: int) -> None:
    cut(songs / name, tmp_path / "cut.wav", start_ms=start_ms, end_ms=6_000)
    assert clicks(tmp_path / "cut.wav") == [pytest.approx(4.0 - start_ms / 1000, abs=0.001)]


def test_cut_clamps_the_end_and_refuses_a_start_past_it(songs: Path, tmp_path: Path) -> None:
    assert cut(songs / "click.wav", tmp_path / "cut.wav", start_ms=7_500, end_ms=99_000) == 0.5
    with pytest.raises(MediaProblem) as caught:
        cut(songs / "click.wav", tmp_path / "none.wav", start_ms=8_000)
    assert caught.value.reason == "window"
    assert not (tmp_path / "none.wav").exists()


EXACT, HALF_A_PACKET = 0.001, 0.017  # seconds


@pytest.mark.parametrize("start_ms", [3_000, 3_210, 3_507])
@pytest.mark.parametrize(
    ("name", "slack"),
    [
        ("click.wav", EXACT),
        ("click24.wav", EXACT),
        ("click.flac", EXACT),
        ("click.m4a", EXACT),
        ("click.mp3", HALF_A_PACKET),
        ("click.aac", HALF_A_PACKET),
        ("click.ogg", HALF_A_PACKET),
        ("click.opus", HALF_A_PACKET),
        ("click.webm", HALF_A_PACKET),
    ],
)
def test_trim_keeps_the_kind_and_starts_on_time(
    songs: Path, tmp_path: Path, name: str, slack: float, start_ms: int
) -> None:
    before = (songs / name).read_bytes()
    made = trim(songs / name, tmp_path / "cut", start_ms=start_ms, end_ms=start_ms + 2_000)
    assert made.kind == name.split(".")[1]
    assert made.seconds == pytest.approx(2.0)
    assert probe(tmp_path / "cut").kind == made.kind
    assert song_seconds(tmp_path / "cut") == pytest.approx(2.0, abs=0.05)
    assert heard_at(tmp_path / "cut") == pytest.approx(heard_at(songs / name) - start_ms / 1000, abs=slack)
    assert (songs / name).read_bytes() == before


@pytest.mark.parametrize("name", ["click.mp3", "click.aac", "click.opus"])
def test_trim_copies_the_packets_that_are_there(songs: Path, tmp_path: Path, name: str) -> None:
    trim(songs / name, tmp_path / "cut", start_ms=2_000, end_ms=6_000)
    whole, part = packets(songs / name), packets(tmp_path / "cut")
    assert len(part) > 100
    assert set(part) <= set(whole)


@pytest.mark.parametrize("name", ["click24.wav", "click.flac"])
def test_trim_loses_no_bit_of_a_lossless_song(songs: Path, tmp_path: Path, name: str) -> None:
    trim(songs / name, tmp_path / "cut", start_ms=2_500, end_ms=6_000)
    whole, part = (np.concatenate(list(samples(path)), axis=1) for path in (songs / name, tmp_path / "cut"))
    sound = probe(songs / name).audio
    assert sound is not None
    assert probe(tmp_path / "cut").audio == replace(sound, seconds=Fraction(7, 2))
    assert np.array_equal(part, whole[:, 120_000:288_000])


def test_trim_of_a_codec_that_its_file_does_not_carry_alone_becomes_aac(songs: Path, tmp_path: Path) -> None:
    adpcm = tmp_path / "adpcm.wav"
    run_ffmpeg(["-i", str(songs / "click.wav"), "-c:a", "adpcm_ima_wav", str(adpcm)], timeout=30)
    assert trim(adpcm, tmp_path / "cut", start_ms=3_000, end_ms=5_000).kind == "m4a"
    assert clicks(tmp_path / "cut") == [pytest.approx(1.0, abs=0.03)]


@pytest.mark.parametrize("name", ["click.mp3", "click.wav", "click.m4a"])
def test_trim_that_takes_too_long_is_stopped(songs: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(FFmpegTimeoutError):
        trim(songs / name, tmp_path / "cut", start_ms=3_000, end_ms=5_000, timeout=0.0)
    assert list(tmp_path.iterdir()) == []


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
    assert level[120] == pytest.approx(0.125 / math.sqrt(2) * 10 ** (-3 / 20), rel=0.05)


def test_one_channel_is_as_loud_as_it_was_wherever_it_becomes_two(songs: Path, tmp_path: Path) -> None:
    to_aac(songs / "tone.wav", tmp_path / "tone.m4a", seconds=3)
    to_mp3(songs / "tone.wav", tmp_path / "tone.mp3", seconds=3)
    cut(songs / "tone.wav", tmp_path / "cut.wav", start_ms=500)
    write_plain(songs / "tone.wav", tmp_path / "plain.wav")
    for name in ("tone.m4a", "tone.mp3", "cut.wav", "plain.wav"):
        wave = np.concatenate(list(samples(tmp_path / name, rate=48_000, layout="stereo")), axis=1)
        peaks = np.abs(wave[:, 24_000:96_000]).max(axis=1)
        assert peaks == pytest.approx([0.125, 0.125], rel=0.05), name


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


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An MP3 put together from two: noise at 44.1 kHz stereo for 3 s, then at 48 kHz mono for 8 s."""
    folder = tmp_path_factory.mktemp("changing")
    for name, rate, channels, seconds in (("one", 44_100, 2, 3), ("two", 48_000, 1, 8)):
        words = ["-f", "lavfi", "-i", f"anoisesrc=d={seconds}:r={rate}:a=0.3:seed={seconds}", "-ac", str(channels)]
        run_ffmpeg([*words, "-b:a", "192k", str(folder / f"{name}.mp3")], timeout=30)
    (folder / "both.mp3").write_bytes((folder / "one.mp3").read_bytes() + (folder / "two.mp3").read_bytes())
    return folder / "both.mp3"


def test_cut_of_a_song_that_changes_its_form_is_exact(changing: Path, tmp_path: Path) -> None:
    whole = np.concatenate(list(samples(changing, rate=48_000, layout="stereo")), axis=1)
    assert cut(changing, tmp_path / "cut.wav", start_ms=1000, end_ms=9000) == 8.0
    found = np.concatenate(list(samples(tmp_path / "cut.wav")), axis=1)
    assert found.shape == (2, 384_000)
    assert np.abs(found - whole[:, 48_000:432_000]).max() < 0.001


def test_what_is_no_number_is_silence(tmp_path: Path) -> None:
    sound = np.array([0.5, np.nan, np.inf, -np.inf, 900.0, -0.5] * 8_000, "<f4")
    form = b"RIFF" + (36 + sound.nbytes).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    form += (3).to_bytes(2, "little") + (1).to_bytes(2, "little") + (48_000).to_bytes(4, "little")
    form += (192_000).to_bytes(4, "little") + (4).to_bytes(2, "little") + (32).to_bytes(2, "little")
    path = tmp_path / "wild.wav"
    path.write_bytes(form + b"data" + sound.nbytes.to_bytes(4, "little") + sound.tobytes())
    found = np.concatenate(list(samples(path)), axis=1)[0]
    assert found[:6].tolist() == [0.5, 0.0, 0.0, 0.0, 8.0, -0.5]
    json.dumps(analyse(path).as_dict(), allow_nan=False)
    assert max(waveform(path, buckets=10)) <= 1


def test_measuring_loudness_can_be_stopped(songs: Path) -> None:
    class StopError(Exception):
        pass

    def stop(done: float) -> None:
        if done >= 0.5:
            raise StopError

    with pytest.raises(StopError):
        loudness(songs / "click.wav", progress=stop)
