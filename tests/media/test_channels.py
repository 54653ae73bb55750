"""A channel that is alone is heard from both sides, whatever side the file says it is for."""

from pathlib import Path

import numpy as np
import pytest

from assets.media.audio import cut, to_aac, trim
from assets.media.ffmpeg import run_ffmpeg
from assets.media.plain import write_plain
from assets.media.probe import opened
from assets.media.samples import samples


@pytest.mark.parametrize(("kind", "label"), [("wav", "FL"), ("flac", "FR"), ("mov", "FL")])
def test_one_channel_is_mono_whatever_speaker_it_is_said_to_be_for(tmp_path: Path, kind: str, label: str) -> None:
    song = tmp_path / f"song.{kind}"
    sine = f"aevalsrc='0.125*sin(2*PI*480*t)':c={label}:s=48000:d=3"
    words = {"wav": ["-rf64", "auto"], "flac": [], "mov": ["-c:a", "pcm_s16le"]}[kind]  # a WAV with a chunk in front
    run_ffmpeg(["-f", "lavfi", "-i", sine, *words, str(song)], timeout=30)
    with opened(song) as (_, container):
        assert container.streams.audio[0].layout.name == f"1 channels ({label})"
    to_aac(song, tmp_path / "made.m4a", seconds=3)
    cut(song, tmp_path / "cut.wav", start_ms=500)
    trim(song, tmp_path / "trimmed", start_ms=500)
    write_plain(song, tmp_path / "plain.wav")
    for name in ("made.m4a", "cut.wav", "trimmed", "plain.wav"):
        wave = np.concatenate(list(samples(tmp_path / name, rate=48_000, layout="stereo")), axis=1)
        peaks = np.abs(wave[:, 24_000:96_000]).max(axis=1)
        assert peaks == pytest.approx([0.125, 0.125], rel=0.05), name


def test_two_channels_are_no_mono(tmp_path: Path) -> None:
    left = "aevalsrc='0.125*sin(2*PI*480*t)|0':s=48000:d=3"
    for name in ("a.wav", "a.flac"):
        run_ffmpeg(["-f", "lavfi", "-i", left, str(tmp_path / name)], timeout=30)
        cut(tmp_path / name, tmp_path / "cut.wav", start_ms=500)
        wave = np.concatenate(list(samples(tmp_path / "cut.wav", rate=48_000, layout="stereo")), axis=1)
        assert np.abs(wave[:, 24_000:96_000]).max(axis=1) == pytest.approx([0.125, 0], abs=0.005)
