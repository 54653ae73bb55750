"""The check after a render listens: sound that is silent, late, too long or another is found, and told."""

import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assets.media.errors import RenderCheckError
from assets.media.ffmpeg import run_ffmpeg
from assets.media.mp4 import read_movie
from assets.media.stitch import clip_sound, overlay
from assets.media.stitch.check import check_joined
from assets.media.stitch.join import CopiedSong
from assets.media.stitch.tables import read_clip
from assets.media.stitch.tracks import Grid, Piece
from tests.media.stitch.conftest import Refusal, Stitcher, shifted
from tests.support.clips import click_wav, marker_clip

FPS = Fraction(24)
GRID = Grid.of(FPS)


@pytest.mark.parametrize(
    "fault",
    [
        ("volume=0:enable='between(t,5,7)'", "the sound is silent from 5.1 s to 7.0 s"),
        ("volume=0", "the sound is silent from 0.0 s to 16.0 s"),
        ("adelay=60:all=1", "the sound is +60 ms off at the last join"),
        ("atrim=start=0.1,asetpts=N/SR/TB,apad", "the sound is -100 ms off at the last join"),
    ],
)
def test_sound_that_is_silent_or_late_is_found(
    clips: list[Path],
    tmp_path: Path,
    refused: Refusal,
    monkeypatch: pytest.MonkeyPatch,
    fault: tuple[str, str],
) -> None:
    song = tmp_path / "song.wav"
    sweep = "0.4*sin(2*PI*(200+20*t)*t)"
    run_ffmpeg(["-f", "lavfi", "-i", f"aevalsrc='{sweep}|{sweep}':s=48000:d=30", str(song)], timeout=30)
    exact = overlay._exact  # the last filters of every sound
    monkeypatch.setattr(overlay, "_exact", lambda plan: f"{fault[0]},{exact(plan)}")
    for alone in (True, False):
        assert refused(clips[:2], audio_overlay=song, suppress_video_audio=alone) == fault[1]


def test_later_rounds_of_a_looped_song_are_heard_too(
    clips: list[Path], tmp_path: Path, made: Stitcher, refused: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    song = tmp_path / "song.mp3"
    run_ffmpeg(["-f", "lavfi", "-i", "sine=frequency=330:duration=4", str(song)], timeout=30)
    wishes = {"audio_overlay": song, "overlay_fit": "loop", "suppress_video_audio": True}
    result, film = made(clips[:2], **wishes, overlay_start_ms=1000)
    assert result.overlay_applied
    film.unlink()
    exact = overlay._exact
    silent = "volume=0:enable='between(t,9,11)'"  # in the third round
    monkeypatch.setattr(overlay, "_exact", lambda plan: f"{silent},{exact(plan)}")
    assert refused(clips[:2], **wishes) == "the sound is silent from 9.1 s to 11.0 s"


def test_clip_sound_that_is_late_after_the_last_join_is_found(
    clips: list[Path], refused: Refusal, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = clip_sound._exact  # each clip's samples, from its first picture on

    def late(clip: Any, length: int, warnings: list[str]) -> Any:
        if clip.number == 1:
            yield np.zeros((2, 2_400), np.float32)
        yield from real(clip, length - (2_400 if clip.number == 1 else 0), warnings)

    monkeypatch.setattr(clip_sound, "_exact", late)
    assert refused(clips[:2], video_audio_volume=0.5) == "the clips' sound is +50 ms off at the last join"


def test_fades_rests_and_quiet_songs_are_no_fault(clips: list[Path], tmp_path: Path, made: Stitcher) -> None:
    song = tmp_path / "song.mp3"
    rests = "0.3*sin(2*PI*330*t)*(1-between(t,3,6))"
    run_ffmpeg(["-f", "lavfi", "-i", f"aevalsrc='{rests}':s=44100:d=20", str(song)], timeout=30)
    for wishes in ({"fade_in_seconds": 4, "fade_out_seconds": 6}, {"overlay_volume": 0.001}, {"overlay_fit": "loop"}):
        result, _ = made(clips, audio_overlay=song, suppress_video_audio=True, **wishes)
        assert result.overlay_applied


@pytest.mark.parametrize("kind", ["song", "own"])
def test_copied_sound_that_is_out_of_step_is_found(
    clips: list[Path], tmp_path: Path, refused: Refusal, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    song = tmp_path / "song.m4a"
    run_ffmpeg(["-i", str(click_wav(tmp_path / "song.wav", seconds=20, at=9)), str(song)], timeout=30)

    def late(track: Any) -> None:
        moved = tuple((length, begin + 1_920) for length, begin in track.edits)
        object.__setattr__(track, "edits", moved)

    shifted(monkeypatch, "song_track" if kind == "song" else "own_track", late)
    wishes = {"audio_overlay": song, "suppress_video_audio": True} if kind == "song" else {}
    said = refused(clips[:2], **wishes)
    assert said == "picture and sound are 40.0 ms apart at the last join"


def test_sound_that_ends_elsewhere_or_that_nobody_asked_for_is_found(
    clips: list[Path], tmp_path: Path, made: Stitcher
) -> None:
    pieces = [Piece(clip, read_clip(clip), 0, 192) for clip in clips[:2]]
    _, film = made(clips[:2])
    with pytest.raises(RenderCheckError, match="1 sound tracks"):
        check_joined(film, pieces, grid=GRID)
    longer = tmp_path / "longer.mp4"
    words = ["-i", str(film), "-c:v", "copy", "-af", "apad=pad_dur=0.1", "-movflags", "+faststart"]
    run_ffmpeg([*words, str(longer)], timeout=30)
    with pytest.raises(RenderCheckError, match="sound and picture end"):
        check_joined(longer, pieces, grid=GRID, own_sound=True)


def test_song_shorter_than_the_picture_is_found(clips: list[Path], tmp_path: Path, made: Stitcher) -> None:
    song = tmp_path / "song.m4a"
    run_ffmpeg(["-i", str(click_wav(tmp_path / "song.wav", seconds=30, at=9)), str(song)], timeout=30)
    _, film = made(clips[:2], audio_overlay=song, suppress_video_audio=True)
    pieces = [Piece(clip, read_clip(clip), 0, 192) for clip in clips[:2]]
    check_joined(film, pieces, grid=GRID, song=CopiedSong(song))
    with pytest.raises(RenderCheckError, match=r"1000\.0 ms|another sound"):
        check_joined(film, pieces, grid=GRID, song=CopiedSong(song, Fraction(1)))
    assert sum(length for length, _ in read_movie(film).one("sound").edits) == 384 * GRID.tick


def test_clip_of_one_colour_stands_still_as_planned(clips: list[Path], tmp_path: Path, made: Stitcher) -> None:
    odd = marker_clip(tmp_path / "odd.mp4", size=(480, 270))
    assert made([clips[0], odd, clips[1]])[0].plan.strategy == "P4"
    with wave.open(str(tmp_path / "silence.wav"), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(48_000)
        out.writeframes(bytes(4 * 48_000 * 30))
    result, _ = made(clips, audio_overlay=tmp_path / "silence.wav", suppress_video_audio=True)
    assert result.overlay_applied
