"""What is copied is copied: pictures and sound bit for bit, with windows only where transitions are."""

import errno
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from assets.media.audio import to_aac
from assets.media.decode import decode_check
from assets.media.ffmpeg import run_ffmpeg
from assets.media.mp4 import BoxError, read_movie
from assets.media.samples import samples
from assets.media.stitch import StitchWishes, stitch
from assets.media.stitch.tables import sound_of
from assets.media.stitch.tracks import Grid, song_track
from assets.media.stitch.windows import Span, Window, arrange, reach, window_frames
from tests.media.stitch.conftest import Stitcher
from tests.support.clips import click_wav, clicks, flashes, marker_clip, tone
from tests.support.counted import show_only

FRAMES, RATE = 192, 48_000


@pytest.fixture(scope="module")
def music(shelf: Path) -> Path:
    """A minute of a rising tone: no two moments sound alike, and no noise that a decoder would make up anew."""
    tone = "0.3*sin(2*PI*(200+30*t)*t)|0.3*sin(2*PI*(900+7*t)*t)"
    run_ffmpeg(["-f", "lavfi", "-i", f"aevalsrc='{tone}':s=48000:d=60", str(shelf / "music.wav")], timeout=30)
    return shelf / "music.wav"


def packets(path: Path, kind: str = "video") -> list[bytes]:
    with av.open(str(path)) as film:
        stream = next(stream for stream in film.streams if stream.type == kind)
        return [bytes(packet) for packet in film.demux(stream) if packet.size]


def heard(path: Path) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.concatenate(list(samples(path, rate=RATE, layout="stereo")), axis=1)


@pytest.mark.parametrize("start", [0, 2_500, 10_001])
def test_song_in_aac_is_copied_and_sounds_the_same_to_the_sample(
    clips: list[Path], music: Path, tmp_path: Path, made: Stitcher, start: int
) -> None:
    song = tmp_path / "song.m4a"
    to_aac(music, song, seconds=60)
    result, film = made(clips, audio_overlay=song, suppress_video_audio=True, overlay_start_ms=start)
    assert (result.plan.strategy, result.plan.copy_sound, result.overlay_seconds) == ("P0", True, 24.0)
    begin = start * RATE // 1_000
    wanted, seen = heard(song)[:, begin : begin + 24 * RATE], heard(film)[:, : 24 * RATE]
    assert np.abs(seen - wanted).max() < 1e-4  # the decoder makes up some noise anew each time
    kept, whole = packets(film, "audio"), packets(song, "audio")
    at = whole.index(kept[0])
    assert kept == whole[at : at + len(kept)]


def test_song_in_another_format_is_that_song_to_the_sample(clips: list[Path], music: Path, made: Stitcher) -> None:
    result, film = made(clips, audio_overlay=music, suppress_video_audio=True, overlay_start_ms=7_000)
    assert (result.plan.strategy, result.plan.copy_sound) == ("P0", False)
    wanted, seen = heard(music)[:, 7 * RATE : 31 * RATE], heard(film)[:, : 24 * RATE]
    apart = {lag: float(np.mean((np.roll(seen, lag, axis=1) - wanted) ** 2)) for lag in range(-3, 4)}
    assert min(apart, key=lambda lag: apart[lag]) == 0
    assert apart[0] < 1e-3 * float(np.mean(wanted**2))


def test_own_sound_is_copied_packet_by_packet(clips: list[Path], made: Stitcher) -> None:
    result, film = made(clips)
    assert (result.plan.strategy, result.plan.copy_sound) == ("P1", True)
    kept = packets(film, "audio")
    for clip in clips:
        assert set(packets(clip, "audio")) <= set(kept)


@pytest.mark.parametrize("place", [1, 2])
def test_own_sound_that_is_shorter_is_followed_by_silence(
    clips: list[Path], music: Path, tmp_path: Path, made: Stitcher, place: int
) -> None:
    short, loud = tmp_path / "short.mp4", tmp_path / "loud.mp4"
    run_ffmpeg(["-i", str(clips[0]), "-c:v", "copy", "-af", "atrim=end=6.4", "-b:a", "192k", str(short)], timeout=30)
    both = ["-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "aac", "-t", "8"]
    run_ffmpeg(["-i", str(clips[1]), "-i", str(music), *both, str(loud)], timeout=30)
    order = [loud, loud]
    order.insert(place, short)
    result, film = made(order)
    assert (result.plan.strategy, result.plan.copy_sound, result.frames) == ("P2", False, 3 * FRAMES)
    wave = heard(film)
    begin = 8 * place * RATE
    assert np.abs(wave[:, begin + round(6.45 * RATE) : begin + round(7.95 * RATE)]).max() < 0.001
    assert np.abs(wave[:, RATE : 7 * RATE]).max() > 0.2


@pytest.mark.parametrize("end", [7.9995, 7.9991, 7.998, 7.979])
def test_own_sound_that_lacks_less_than_a_millisecond_is_copied(
    clips: list[Path], tmp_path: Path, made: Stitcher, end: float
) -> None:
    short, click = tmp_path / "short.mp4", click_wav(tmp_path / "click.wav")
    words = ["-map", "0:v", "-map", "1:a", "-c:v", "copy", "-af", f"atrim=end={end}", "-c:a", "aac"]
    run_ffmpeg(["-i", str(clips[0]), "-i", str(click), *words, str(short)], timeout=30)
    sound = sound_of(read_movie(short))
    assert sound.samples == round(end * RATE)
    result, film = made([short, short, short])
    assert (result.plan.copy_sound, result.plan.strategy) == ((True, "P1") if end > 7.999 else (False, "P2"))
    assert clicks(film) == [pytest.approx(mark, abs=0.001) for mark in (4.0, 12.0, 20.0)]
    wave = heard(film)
    assert wave.shape[1] == 24 * RATE
    for join in (8 * RATE, 16 * RATE, 24 * RATE):
        assert np.abs(wave[:, join - 1024 : join + 1024]).max() < 0.001


def test_sound_that_an_edit_list_hides_is_not_copied(clips: list[Path], tmp_path: Path, made: Stitcher) -> None:
    hides = tmp_path / "hides.mp4"
    shutil.copyfile(clips[0], hides)
    show_only(hides, 2, tracks=slice(1, 2))  # its click is at four seconds
    result, film = made([clips[1], hides, clips[2]])
    assert (result.plan.strategy, result.plan.copy_sound) == ("P2", False)
    assert clicks(film) == [pytest.approx(mark, abs=0.001) for mark in (4.0, 20.0)]
    sound = sound_of(read_movie(hides))
    with pytest.raises(BoxError, match="too short"):
        song_track(sound, source=0, start=Fraction(0), ticks=8 * 24, grid=Grid(24, 1))


@pytest.mark.parametrize(("transition", "lost"), [("crossfade", 12), ("fade_black", 0)])
def test_only_windows_around_the_joins_are_encoded(
    clips: list[Path], made: Stitcher, transition: str, lost: int
) -> None:
    result, film = made(clips, transition=transition, transition_seconds=0.5, suppress_video_audio=True)
    plan = result.plan
    assert (plan.strategy, plan.frames) == ("P3", 3 * FRAMES - 2 * lost)
    assert plan.steps[0].copied > 170
    seen = packets(film)
    sources = [packets(clip) for clip in clips]
    assert seen[: plan.steps[0].copied] == sources[0][: plan.steps[0].copied]
    assert seen[-plan.steps[2].copied :] == sources[2][-plan.steps[2].copied :]
    middle = sources[1][48 : 48 + plan.steps[1].copied]
    at = seen.index(middle[0])
    assert seen[at : at + len(middle)] == middle
    assert [float(moment) for moment in flashes(film)] == [4.0, 12.0 - lost / 24, 20.0 - 2 * lost / 24]


class Steady:
    """A clip of `frames` pictures that can be cut at every third and begun at every GOP."""

    def __init__(self, frames: int, gop: int) -> None:
        self.frames, self.gop = frames, gop

    def last_cut(self, most: int) -> int:
        return most - most % 3

    def first_resume(self, least: int) -> int | None:
        at = -(-least // self.gop) * self.gop
        return at if at < self.frames else None


def test_windows_tile_the_film() -> None:
    at = reach("crossfade", 12)
    parts = arrange([Steady(192, 48), Steady(192, 48), Steady(192, 48)], at)
    assert parts == [Span(0, 0, 180), Window(0, 180, 1, 48), Span(1, 48, 180), Window(1, 180, 2, 48), Span(2, 48, 192)]
    assert window_frames(Window(0, 180, 1, 48), [192] * 3, at) == 48
    alone = arrange([Steady(192, 192), Steady(192, 192)], at)
    assert alone == [Span(0, 0, 180), Window(0, 180, 1, 192)]
    whole = arrange([Steady(192, 48), Steady(30, 48), Steady(192, 48)], at)
    assert whole == [Span(0, 0, 180), Window(0, 180, 2, 48), Span(2, 48, 192)]
    black = reach("fade_black", 12)
    assert window_frames(Window(0, 186, 1, 48), [192, 192], black) == 6 + 48


def test_clip_with_one_key_frame_is_one_window(clips: list[Path], tmp_path: Path, made: Stitcher) -> None:
    words = ["-c:a", "copy", "-g", "500", "-preset", "ultrafast", "-sc_threshold", "0"]
    run_ffmpeg(["-i", str(clips[1]), *words, str(tmp_path / "one.mp4")], timeout=30)
    result, film = made([clips[0], tmp_path / "one.mp4", clips[2]], transition="crossfade")
    assert result.plan.steps[1].copied == 0
    assert [float(moment) for moment in flashes(film)] == [4.0, 11.5, 19.0]


def test_full_disk_is_noticed_before_the_work(
    clips: list[Path], room: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1 << 20))
    with pytest.raises(OSError, match="No space") as caught:
        stitch(
            clips=clips,
            wishes=StitchWishes(),
            target=tmp_path / "film.mp4",
            work_dir=room,
            progress=lambda _: None,
        )
    assert caught.value.errno == errno.ENOSPC
    assert list(room.iterdir()) == []


def test_mix_of_a_normalized_song_is_counted_when_room_is_looked_for(
    clips: list[Path], room: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr("assets.media.stitch.run.ensure_room", lambda _, wanted: asked.append(wanted))
    song = tone(tmp_path / "song.wav", seconds=24)
    for normalized in (False, True):
        wishes = StitchWishes(audio_overlay=song, suppress_video_audio=True, normalize_loudness=normalized)
        target = tmp_path / "film.mp4"
        stitch(clips=clips, wishes=wishes, target=target, work_dir=room, progress=lambda _: None)
    (film, way), (same, more) = asked
    assert (same, more - way) == (film, 24 * 48_000 * 8)  # floats, stereo


def test_broken_sound_of_a_clip_is_no_reason_to_stop(clips: list[Path], tmp_path: Path, made: Stitcher) -> None:
    broken = tmp_path / "broken.mp4"
    sound = read_movie(clips[0]).one("sound")
    data = bytearray(clips[0].read_bytes())
    for offset, size in zip(sound.offsets[100:130].tolist(), sound.sizes[100:130].tolist(), strict=True):
        data[offset : offset + size] = b"\xff" * size
    broken.write_bytes(data)
    assert not decode_check(broken, forgive_sound=True).sound_whole
    result, film = made([broken, clips[1]])
    assert (result.plan.strategy, result.frames) == ("P2", 2 * FRAMES)
    assert clicks(film)[-1] == pytest.approx(12.0, abs=0.001)


def test_clicks_of_other_lengths_stay_in_step(tmp_path: Path, made: Stitcher) -> None:
    audio = click_wav(tmp_path / "five.wav", seconds=5, at=4.0)
    five = [marker_clip(tmp_path / f"five-{number}.mp4", seconds=5, audio=audio) for number in range(2)]
    result, film = made([five[0], five[1], five[0], five[1]])
    assert result.plan.strategy == "P2"  # five seconds are no whole number of packets
    assert clicks(film) == [pytest.approx(4.0 + 5 * number, abs=0.001) for number in range(4)]
    assert [float(moment) for moment in flashes(film)] == [4.0, 9.0, 14.0, 19.0]
