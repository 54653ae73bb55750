"""The song under a film: which part is heard, how loud, mixed with what; and that bad sound never fails a stitch."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assets.media.audio import envelope
from assets.media.ffmpeg import run_ffmpeg
from assets.media.loudness import loudness
from assets.media.samples import samples
from assets.media.stitch import StitchWishes, Track
from assets.media.stitch.plan import song_part
from tests.media.stitch.conftest import Stitcher
from tests.support.clips import click_wav, clicks, marker_clip, tone


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


def test_a_track_that_begins_when_the_film_is_over_is_told(clips: list[Path], click: Path, made: Stitcher) -> None:
    tracks = (Track(click, 1.5), Track(click, 24), Track(click, 90))
    result, film = made(clips, suppress_video_audio=True, audio_tracks=tracks)
    late = "sound {} begins after the end of the film: it was left out"
    assert (result.plan.tracks, result.warnings) == (1, (late.format(2), late.format(3)))
    assert clicks(film) == [pytest.approx(5.5, abs=0.001)]
    result, _ = made(clips, suppress_video_audio=True, audio_tracks=tracks[1:])
    assert (result.plan.sound, result.has_audio, len(result.warnings)) == ("none", False, 2)


def test_further_tracks_have_their_volumes_and_lie_over_each_other(
    clips: list[Path], made: Stitcher, shelf: Path
) -> None:
    low, high = (tone(shelf / f"{hertz}.wav", seconds=6, hertz=hertz) for hertz in (300, 1700))
    tracks = (Track(low, 2, 0.8), Track(high, 5, 0.4), Track(low, 20, 1.0))
    level = envelope(made(clips, suppress_video_audio=True, audio_tracks=tracks)[1])
    one = envelope(low)[24]
    for second, power in ((1, 0), (3, 0.8), (6.5, (0.8**2 + 0.4**2) ** 0.5), (9.5, 0.4), (15, 0), (22, 1.0)):
        assert level[round(second * 24)] == pytest.approx(one * power, abs=0.03 * one), second


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


def test_loudness_stops_where_a_peak_would_pass_one_decibel(clips: list[Path], made: Stitcher, shelf: Path) -> None:
    music = shelf / "peaks.wav"
    sound = "0.05*sin(2*PI*440*t)+0.5*between(mod(t,3),1,1.02)*sin(2*PI*700*t)"
    run_ffmpeg(["-f", "lavfi", "-i", f"aevalsrc='{sound}|{sound}':s=48000:d=30", str(music)], timeout=30)
    _, film = made(clips, audio_overlay=music, suppress_video_audio=True, normalize_loudness=True)
    found = loudness(film, between=True)
    assert found.peak_dbfs == pytest.approx(-1, abs=0.5)
    assert found.lufs < -15


def test_loud_sounds_together_do_not_pass_full_scale(clips: list[Path], made: Stitcher, shelf: Path) -> None:
    run_ffmpeg(["-f", "lavfi", "-i", "sine=f=300:d=30,volume=17dB", str(shelf / "loud.wav")], timeout=30)
    loud = shelf / "loud.wav"
    _, film = made(clips, audio_overlay=loud, suppress_video_audio=True, audio_tracks=(Track(loud, 0),))
    assert loudness(film).peak_dbfs < 0.3


@pytest.mark.parametrize("kind", ["song", "clips"])
def test_a_sound_made_louder_stays_clean(made: Stitcher, shelf: Path, kind: str) -> None:
    pure = shelf / "pure.wav"
    run_ffmpeg(["-f", "lavfi", "-i", "aevalsrc='0.8*sin(2*PI*480*t)':s=48000:d=4", str(pure)], timeout=30)
    alone = {"audio_overlay": pure, "suppress_video_audio": True, "overlay_volume": 2}
    wishes = alone if kind == "song" else {"video_audio_volume": 2}
    clip = marker_clip(shelf / "pure.mp4", seconds=4, audio=pure)
    for normalized in (True, False):
        _, film = made([clip], **wishes, normalize_loudness=normalized)
        wave = np.concatenate(list(samples(film, rate=48_000, layout="stereo")), axis=1)[0]
        power = np.abs(np.fft.rfft(wave[48_000:96_000] * np.hanning(48_000))) ** 2
        overtones = sum(power[480 * number - 3 : 480 * number + 4].sum() for number in range(2, 20))
        assert overtones < 1e-4 * power[477:484].sum()  # less than one percent
        assert np.abs(wave).max() < 1


def peak(path: Path) -> list[float]:
    """Give the peak of each channel from 1 s to 2 s."""
    wave = np.concatenate(list(samples(path, rate=48_000, layout="stereo")), axis=1)
    return [float(np.abs(channel[48_000:96_000]).max()) for channel in wave]


@pytest.mark.parametrize("kind", ["copied", "encoded", "mixed", "track", "clips"])
def test_a_sound_of_one_channel_is_as_loud_in_the_film(made: Stitcher, shelf: Path, kind: str) -> None:
    song, copied, silent, own = (shelf / name for name in ("one.wav", "one.m4a", "silent.mp4", "one.mp4"))
    speaker = "FL" if kind in {"encoded", "track"} else "mono"  # front left alone is mono, too
    run_ffmpeg(["-f", "lavfi", "-i", f"aevalsrc='0.5*sin(2*PI*480*t)':c={speaker}:s=48000:d=4", str(song)], timeout=30)
    run_ffmpeg(["-i", str(song), "-ac", "1", "-c:a", "aac", "-b:a", "160k", str(copied)], timeout=30)
    marker_clip(silent, seconds=3)
    run_ffmpeg(["-i", str(silent), "-i", str(copied), "-c", "copy", "-t", "3", str(own)], timeout=30)
    ways: dict[str, tuple[Path, dict[str, Any]]] = {
        "copied": (silent, {"audio_overlay": copied}),
        "encoded": (silent, {"audio_overlay": song}),
        "mixed": (own, {"audio_overlay": song, "overlay_volume": 0.2, "video_audio_volume": 0.8}),
        "track": (silent, {"audio_tracks": (Track(song, 0),)}),
        "clips": (own, {"fade_out_seconds": 0.1}),
    }
    clip, wishes = ways[kind]
    result, film = made([clip], **wishes)
    assert result.plan.copy_sound == (kind == "copied")
    assert peak(film) == [pytest.approx(0.5, abs=0.02)] * 2


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


@pytest.mark.parametrize(("fps", "frames"), [("30000/1001", 62), ("30000/1001", 64), ("60000/1001", 63)])
def test_sound_made_anew_is_as_long_as_a_film_of_a_fractional_rate(
    click: Path, tmp_path: Path, made: Stitcher, fps: str, frames: int
) -> None:
    clip = tmp_path / "clip.mp4"
    picture = ["-f", "lavfi", "-i", f"testsrc2=s=320x180:r={fps}", "-i", str(click)]
    words = ["-frames:v", str(frames), "-t", "2.2", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-c:a", "aac"]
    run_ffmpeg([*picture, *words, str(clip)], timeout=30)
    for wishes in ({"audio_overlay": click, "suppress_video_audio": True}, {"video_audio_volume": 0.5}):
        result, _ = made([clip], **wishes)
        assert result.frames == frames
        assert result.has_audio


@pytest.mark.parametrize("second", [{"r": 48_000, "ac": 2}, {"r": 22_050, "ac": 1}])
def test_a_song_that_changes_its_form_is_heard_whole(
    clips: list[Path], tmp_path: Path, made: Stitcher, second: dict[str, int]
) -> None:
    parts = []
    for number, form in enumerate(({"r": 44_100, "ac": 2}, second)):
        part = tmp_path / f"{number}.mp3"
        source = f"anoisesrc=d=10:r={form['r']}:a=0.3:seed={number + 1}"
        run_ffmpeg(["-f", "lavfi", "-i", source, "-ac", str(form["ac"]), "-b:a", "160k", str(part)], timeout=30)
        parts.append(part.read_bytes())
    song = tmp_path / "both.mp3"
    song.write_bytes(b"".join(parts))
    result, film = made(clips[:2], audio_overlay=song, suppress_video_audio=True, overlay_start_ms=2_500)
    assert result.overlay_applied
    assert result.warnings == ()
    heard, meant = (np.concatenate(list(samples(path, rate=48_000, layout="mono")), axis=1)[0] for path in (film, song))
    for at in (1.0, 6.0, 9.0, 14.0):  # before and after the change, which comes at 7.5 s of the film
        wanted = meant[round((at + 2.5) * 48_000) :][:24_000]
        found = heard[round(at * 48_000) :][:24_000]
        assert np.corrcoef(found, wanted)[0, 1] > 0.8, at
