"""The song under a film: which part is heard, how loud, mixed with what; and that bad sound never fails a stitch."""

from pathlib import Path
from typing import Any

import pytest

from assets.media.audio import envelope
from assets.media.ffmpeg import run_ffmpeg
from assets.media.loudness import loudness
from assets.media.stitch import StitchWishes, Track
from assets.media.stitch.plan import song_part
from tests.media.stitch.conftest import Stitcher
from tests.support.clips import click_wav, clicks, tone


@pytest.fixture(scope="module")
def song(shelf: Path) -> Path:
    """A minute of MP3 with a click at 30.000 s."""
    wav = click_wav(shelf / "song.wav", seconds=60, at=30.0)
    run_ffmpeg(["-i", str(wav), str(shelf / "song.mp3")], timeout=30)
    return shelf / "song.mp3"


def test_song_part_follows_the_wishes() -> None:
    def part(length: float, film: float, **wishes: Any) -> tuple[float, float, bool] | None:
        found, _ = song_part(length, film, StitchWishes(**wishes))
        return (found.start, found.seconds, found.loop) if found else None

    assert part(60, 24) == (0, 24, False)
    assert part(60, 24, overlay_start_ms=50_000) == (50, 10, False)
    assert part(60, 24, overlay_from="middle") == (18, 24, False)
    assert part(60, 24, overlay_from="end") == (36, 24, False)
    assert part(10, 24) == (0, 10, False)
    assert part(10, 24, overlay_fit="loop", overlay_start_ms=4_000) == (4, 24, True)
    assert part(10, 24, overlay_start_ms=10_000) is None


@pytest.mark.parametrize(
    ("wishes", "heard"),
    [
        ({"overlay_start_ms": 20_000}, 10.0),
        ({"overlay_from": "middle"}, 12.0),
        ({"overlay_from": "end", "overlay_start_ms": -10_000}, 4.0),
        ({"overlay_start_ms": 45_500, "overlay_fit": "loop"}, None),
    ],
)
def test_song_is_heard_from_where_it_was_asked(
    clips: list[Path], song: Path, made: Stitcher, wishes: dict[str, Any], heard: float | None
) -> None:
    result, film = made(clips, audio_overlay=song, suppress_video_audio=True, **wishes)
    assert (result.plan.strategy, result.overlay_applied, result.overlay_seconds) == ("P0", True, 24.0)
    assert clicks(film) == ([] if heard is None else [pytest.approx(heard, abs=0.001)])


def test_short_song_starts_again_when_looped(clips: list[Path], click: Path, made: Stitcher, shelf: Path) -> None:
    run_ffmpeg(["-i", str(click), str(shelf / "click.flac")], timeout=30)
    _, film = made(clips, audio_overlay=shelf / "click.flac", suppress_video_audio=True, overlay_fit="loop")
    assert clicks(film) == [pytest.approx(mark, abs=0.001) for mark in (4.0, 12.0, 20.0)]


def test_short_song_ends_early_and_says_so(clips: list[Path], click: Path, made: Stitcher) -> None:
    result, film = made(clips, audio_overlay=click, suppress_video_audio=True)
    assert (result.overlay_applied, result.overlay_seconds, result.overlay_warning) == (True, 8.0, None)
    assert result.warnings == ("the song ends 16.0 s before the picture",)
    assert clicks(film) == [pytest.approx(4.0, abs=0.001)]


def test_clip_sound_is_mixed_under_the_song(clips: list[Path], song: Path, made: Stitcher) -> None:
    result, film = made(clips, audio_overlay=song, overlay_start_ms=22_000)
    assert result.plan.sound == "mix"
    assert clicks(film) == [pytest.approx(mark, abs=0.001) for mark in (4.0, 8.0, 12.0, 20.0)]


def test_further_tracks_start_at_their_moment(clips: list[Path], click: Path, made: Stitcher) -> None:
    result, film = made(clips, suppress_video_audio=True, audio_tracks=(Track(click, 1.5), Track(click, 13, 0.6)))
    assert result.plan.tracks == 2
    assert clicks(film) == [pytest.approx(5.5, abs=0.001), pytest.approx(17.0, abs=0.001)]


def test_volumes_and_fades_shape_the_sound(clips: list[Path], made: Stitcher, shelf: Path) -> None:
    music = tone(shelf / "music.wav", seconds=30)
    wishes = {"audio_overlay": music, "suppress_video_audio": True, "fade_in_seconds": 2, "fade_out_seconds": 4}
    full = envelope(made(clips, **wishes)[1])
    half = envelope(made(clips, **wishes, overlay_volume=0.5)[1])
    assert half[240] == pytest.approx(full[240] / 2, rel=0.05)
    assert full[24] == pytest.approx(full[240] / 2, rel=0.1)
    assert full[22 * 24] == pytest.approx(full[240] / 2, rel=0.1)
    assert full[0] < 0.01


def test_loudness_is_brought_to_fourteen(clips: list[Path], made: Stitcher, shelf: Path) -> None:
    music = tone(shelf / "quiet.wav", seconds=30)
    _, film = made(clips, audio_overlay=music, suppress_video_audio=True, overlay_volume=0.2, normalize_loudness=True)
    assert loudness(film).lufs == pytest.approx(-14, abs=0.7)


def test_loud_sounds_together_do_not_pass_full_scale(clips: list[Path], made: Stitcher, shelf: Path) -> None:
    run_ffmpeg(["-f", "lavfi", "-i", "sine=f=300:d=30,volume=17dB", str(shelf / "loud.wav")], timeout=30)
    loud = shelf / "loud.wav"
    _, film = made(clips, audio_overlay=loud, suppress_video_audio=True, audio_tracks=(Track(loud, 0),))
    assert loudness(film).peak_dbfs < 0.3


@pytest.mark.parametrize("content", [b"", b"la la la", b"ID3\x04\0\0\0\0\0\0" + b"\xff\xfb\x90\x00" + bytes(99)])
def test_song_that_is_none_leaves_a_film_and_a_warning(
    clips: list[Path], made: Stitcher, tmp_path: Path, content: bytes
) -> None:
    song = tmp_path / "song.mp3"
    song.write_bytes(content)
    result, film = made(clips, audio_overlay=song)
    assert not result.overlay_applied
    assert "the song was left out" in (result.overlay_warning or "")
    assert clicks(film) == [pytest.approx(mark, abs=0.001) for mark in (4.0, 12.0, 20.0)]


def test_song_that_starts_past_its_end_is_left_out(clips: list[Path], song: Path, made: Stitcher) -> None:
    result, _ = made(clips, audio_overlay=song, overlay_start_ms=60_100, suppress_video_audio=True)
    assert (result.overlay_applied, result.has_audio) == (False, False)
    assert "was to start at 60.1 s" in (result.overlay_warning or "")


def test_unreadable_track_is_left_out_and_the_rest_is_heard(clips: list[Path], made: Stitcher, tmp_path: Path) -> None:
    words = tmp_path / "words.wav"
    words.write_bytes(b"RIFF\x00\x00\x00\x00WAVEnothing")
    result, film = made(clips, audio_tracks=(Track(words, 0),))
    assert result.plan.tracks == 0
    assert "sound 1 was left out" in result.warnings[0]
    assert len(clicks(film)) == 3
