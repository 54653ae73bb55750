"""What is copied is copied: pictures and sound bit for bit, with windows only where transitions are."""

import errno
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from assets.media import probe as probe_module
from assets.media.audio import to_aac
from assets.media.errors import ClipProblem
from assets.media.ffmpeg import run_ffmpeg
from assets.media.mp4 import read_movie
from assets.media.samples import samples
from assets.media.stitch import StitchResult, StitchWishes, stitch
from assets.media.stitch.shelf import Shelf
from assets.media.stitch.windows import Span, Window, arrange, reach, window_frames
from tests.media.stitch.conftest import Stitcher
from tests.support.clips import click_wav, clicks, flashes, marker_clip

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


def test_own_sound_that_is_shorter_ends_with_an_empty_edit(clips: list[Path], tmp_path: Path, made: Stitcher) -> None:
    short = tmp_path / "short.mp4"
    run_ffmpeg(["-i", str(clips[0]), "-map", "0:v", "-map", "0:a", "-c", "copy", "-shortest", str(short)], timeout=30)
    run_ffmpeg(["-i", str(clips[0]), "-c:v", "copy", "-af", "atrim=end=6.4", "-b:a", "192k", str(short)], timeout=30)
    result, film = made([clips[1], short, clips[2]])
    assert result.plan.strategy == "P1"
    sound = next(track for track in read_movie(film).tracks if track.kind == "sound")
    assert sum(length for length, _ in sound.edits) == 24 * 12_288
    empty = [length for length, begin in sound.edits if begin == -1]
    assert empty[0] / 12_288 == pytest.approx(1.6, abs=0.03)
    assert clicks(film) == [pytest.approx(mark, abs=0.001) for mark in (4.0, 12.0, 20.0)]


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


@pytest.fixture
def again(tmp_path: Path, room: Path) -> Callable[..., StitchResult]:
    """Stitch with a shelf."""

    def make(clips: list[Path], **wishes: Any) -> StitchResult:
        return stitch(
            clips=clips,
            wishes=StitchWishes(**wishes),
            target=tmp_path / "film.mp4",
            work_dir=room,
            progress=lambda _: None,
            shelf=tmp_path / "kept",
        )

    return make


def test_second_stitch_encodes_only_what_changed(
    clips: list[Path], music: Path, tmp_path: Path, again: Callable[..., StitchResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = marker_clip(tmp_path / "odd.mp4", size=(480, 270))
    wishes: dict[str, Any] = {"audio_overlay": music, "suppress_video_audio": True, "fade_out_seconds": 2}
    first = again([clips[0], odd, clips[1]], **wishes)
    assert not first.plan.copy_sound
    film = (tmp_path / "film.mp4").read_bytes()

    def never(*_: object, **__: object) -> None:
        raise AssertionError("something was encoded or decoded again")

    for module in ("picture.conform", "picture.decode_check", "clips.decode_check", "clips.probe", "sound.make_sound"):
        monkeypatch.setattr(f"assets.media.stitch.{module}", never)
    second = again([clips[0], odd, clips[1]], **wishes)
    assert (tmp_path / "film.mp4").read_bytes() == film
    assert second.plan.copy_sound
    again([clips[1], odd, clips[0]], **wishes)  # another order needs nothing new


def test_clip_that_changed_is_looked_at_again(
    clips: list[Path], tmp_path: Path, again: Callable[..., StitchResult]
) -> None:
    own = tmp_path / "own.mp4"
    shutil.copyfile(clips[0], own)
    again([own])
    data = bytearray(own.read_bytes())
    for place in range(data.index(b"mdat") + 500, len(data) - 500, 61):
        data[place] ^= 0xA5
    own.write_bytes(data)
    with pytest.raises(ClipProblem, match="clip 1"):
        again([own])


def test_shelf_throws_away_what_was_used_longest_ago(tmp_path: Path) -> None:
    kept = Shelf(tmp_path / "kept", most_bytes=250)

    def hundred(path: Path) -> None:
        path.write_bytes(bytes(100))

    def nothing(path: Path) -> None:
        path.write_bytes(b"")

    for number in range(4):
        kept.made([number], tmp_path / f"{number}.bin", hundred)
    assert len(list((tmp_path / "kept").iterdir())) == 2
    assert kept.made([3], tmp_path / "again.bin", nothing)
    assert (tmp_path / "again.bin").stat().st_size == 100
    assert not Shelf(None).made([3], tmp_path / "none.bin", nothing)


def test_shelf_may_be_broken_or_gone(clips: list[Path], tmp_path: Path, again: Callable[..., StitchResult]) -> None:
    again(clips)
    for entry in (tmp_path / "kept").iterdir():
        entry.write_bytes(b"{}")
    again(clips)
    shutil.rmtree(tmp_path / "kept")
    (tmp_path / "kept").write_bytes(b"no folder")
    assert again(clips).frames == 3 * FRAMES


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


def test_broken_sound_of_a_clip_is_no_reason_to_stop(clips: list[Path], tmp_path: Path, made: Stitcher) -> None:
    broken = tmp_path / "broken.mp4"
    sound = read_movie(clips[0]).one("sound")
    data = bytearray(clips[0].read_bytes())
    for offset, size in zip(sound.offsets[100:130].tolist(), sound.sizes[100:130].tolist(), strict=True):
        data[offset : offset + size] = b"\xff" * size
    broken.write_bytes(data)
    assert not probe_module.decode_check(broken, forgive_sound=True).sound_whole
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
