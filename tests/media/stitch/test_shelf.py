"""What is kept for the next stitch: it encodes only what changed, and believes nothing that is broken."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assets.media.errors import ClipProblem
from assets.media.ffmpeg import run_ffmpeg
from assets.media.stitch import StitchResult, StitchWishes, stitch
from assets.media.stitch.shelf import Shelf
from assets.media.stitch.transitions import Strip, render
from tests.support.clips import marker_clip

FRAMES = 192


@pytest.fixture(scope="module")
def music(shelf: Path) -> Path:
    """A minute of a rising tone: no two moments sound alike, and no noise that a decoder would make up anew."""
    tone = "0.3*sin(2*PI*(200+30*t)*t)|0.3*sin(2*PI*(900+7*t)*t)"
    run_ffmpeg(["-f", "lavfi", "-i", f"aevalsrc='{tone}':s=48000:d=60", str(shelf / "music.wav")], timeout=30)
    return shelf / "music.wav"


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

    for module in ("picture.conform", "look.decode_check", "clips.decode_check", "clips.probe", "sound.make_sound"):
        monkeypatch.setattr(f"assets.media.stitch.{module}", never)
    second = again([clips[0], odd, clips[1]], **wishes)
    assert (tmp_path / "film.mp4").read_bytes() == film
    assert second.plan.copy_sound
    again([clips[1], odd, clips[0]], **wishes)  # another order needs nothing new


@pytest.mark.parametrize(
    "wishes",
    [
        {"transition": "crossfade"},
        {"transition": "fade_black", "transition_seconds": 1.0},
        {"ends": (7.9, 14.3, 22.0)},  # places where no clip can be cut: their tails are encoded
        {"video_audio_volume": 0.5, "fade_out_seconds": 2},
    ],
)
def test_windows_tails_and_mixes_are_kept(
    clips: list[Path],
    tmp_path: Path,
    again: Callable[..., StitchResult],
    monkeypatch: pytest.MonkeyPatch,
    wishes: dict[str, Any],
) -> None:
    first = again(clips, **wishes)
    film = (tmp_path / "film.mp4").read_bytes()
    mixes = first.plan.strategy == "P2"
    assert mixes == (first.plan.copied_frames == first.frames)
    made: list[Path] = []
    monkeypatch.setattr("assets.media.stitch.picture.render", lambda _, target, **words: made.append(target))
    monkeypatch.setattr("assets.media.stitch.sound.make_sound", lambda *_, **words: made.append(words["room"]))
    assert again(clips, **wishes).frames == first.frames
    assert ((tmp_path / "film.mp4").read_bytes(), made) == (film, [])


def test_another_clip_makes_only_its_own_windows_anew(
    clips: list[Path], tmp_path: Path, again: Callable[..., StitchResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    wishes: dict[str, Any] = {"transition": "crossfade", "suppress_video_audio": True}
    again([*clips, clips[0]], **wishes)
    other = marker_clip(tmp_path / "other.mp4", colour=(90, 30, 60))
    made: list[int] = []

    def counted(strips: list[Strip], target: Path, **words: Any) -> Any:
        made.append(strips[0].number)
        return render(strips, target, **words)

    monkeypatch.setattr("assets.media.stitch.picture.render", counted)
    again([*clips, other], **wishes)
    assert made == [2]


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
        kept.made([number], tmp_path / f"{number}.bin", hundred, good=Path.is_file)
    assert len(list((tmp_path / "kept").iterdir())) == 2
    assert kept.made([3], tmp_path / "again.bin", nothing, good=Path.is_file)
    assert (tmp_path / "again.bin").stat().st_size == 100
    assert not Shelf(None).made([3], tmp_path / "none.bin", nothing, good=Path.is_file)

    def without_folder(path: Path) -> None:
        hundred(path)
        shutil.rmtree(tmp_path / "kept")

    assert not kept.made([4], tmp_path / "gone.bin", without_folder, good=Path.is_file)
    assert (tmp_path / "gone.bin").stat().st_size == 100


def test_shelf_may_be_broken_or_gone(clips: list[Path], tmp_path: Path, again: Callable[..., StitchResult]) -> None:
    odd = marker_clip(tmp_path / "odd.mp4", size=(480, 270))
    mixed: dict[str, Any] = {"transition": "crossfade", "video_audio_volume": 0.5}
    again([*clips, odd], **mixed)
    film = (tmp_path / "film.mp4").read_bytes()
    kept = {entry.suffix for entry in (tmp_path / "kept").iterdir()}
    assert kept == {".json", ".mp4", ".m4a"}
    for entry in (tmp_path / "kept").iterdir():
        entry.write_bytes(b"{}")
    again([*clips, odd], **mixed)
    assert (tmp_path / "film.mp4").read_bytes() == film
    shutil.rmtree(tmp_path / "kept")
    (tmp_path / "kept").write_bytes(b"no folder")
    assert again(clips).frames == 3 * FRAMES
