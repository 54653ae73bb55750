"""A WebM that was cut off is told from a whole one, also when it was written live and says no size."""

from pathlib import Path

import pytest

from assets.media.decode import decode_check
from assets.media.errors import ClipProblem, MediaProblem
from assets.media.ffmpeg import run_ffmpeg
from assets.media.films import look_at_film
from assets.media.probe import probe
from assets.media.stitch import StitchWishes, stitch
from assets.media.webm import CLUSTER, HEADER, SEGMENT, cut_short
from tests.support.clips import marker_clip

FILM = ["-f", "lavfi", "-i", "testsrc2=size=128x72:rate=24:duration=2"]
SOUND = ["-f", "lavfi", "-i", "sine=duration=2"]
MAKERS = {
    "vp8": [*FILM, *SOUND, "-c:v", "libvpx", "-c:a", "libvorbis"],
    "vp9": [*FILM, "-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"],
    "opus": [*SOUND, "-c:a", "libopus"],
}


def cut(whole: Path, share: float) -> Path:
    data = whole.read_bytes()
    short = whole.with_name("short.webm")
    short.write_bytes(data[: int(len(data) * share)])
    return short


@pytest.mark.parametrize("kind", list(MAKERS))
@pytest.mark.parametrize("live", [False, True])
def test_cut_webm_is_refused(tmp_path: Path, kind: str, *, live: bool) -> None:
    whole = tmp_path / "whole.webm"
    run_ffmpeg([*MAKERS[kind], *(["-live", "1"] if live else []), str(whole)], timeout=30)
    assert abs(probe(whole).duration - 2) < 0.1
    decode_check(whole)
    for share in (0.55, 0.98):
        assert cut_short(cut(whole, share))
    short = cut(whole, 0.55)
    with pytest.raises(MediaProblem, match="it ends too early"):
        probe(short)
    if kind != "opus":
        with pytest.raises(MediaProblem, match="it ends too early"):
            look_at_film(short, poster=tmp_path / "poster.jpg")


def test_webm_that_was_written_live_and_cut_between_two_blocks_is_taken(tmp_path: Path) -> None:
    whole, short = tmp_path / "whole.webm", tmp_path / "short.webm"
    run_ffmpeg([*MAKERS["opus"], "-live", "1", str(whole)], timeout=30)
    data = whole.read_bytes()
    with short.open("wb") as file:
        file.write(data)
        untold = []
        for size in range(len(data) - 1, len(data) - 6_000, -1):
            file.truncate(size)
            if not cut_short(short):
                untold.append(size)
    assert 0 < len(untold) < 60  # it ends between two of them there, and nowhere else
    short.write_bytes(data[: untold[-1]])
    assert probe(short).duration < 2


@pytest.mark.parametrize("tail", [b"\0", b"\0" * 500, b"\n", b"junk after the end"])
def test_what_follows_a_webm_that_was_written_live_is_no_sign_of_a_cut(tmp_path: Path, tail: bytes) -> None:
    whole = tmp_path / "whole.webm"
    run_ffmpeg([*MAKERS["opus"], "-live", "1", str(whole)], timeout=30)
    whole.write_bytes(whole.read_bytes() + tail)
    assert not cut_short(whole)


def test_cut_webm_is_named_by_a_stitch_or_left_out(tmp_path: Path) -> None:
    whole, room = tmp_path / "whole.webm", tmp_path / "room"
    room.mkdir()
    run_ffmpeg([*MAKERS["vp8"], str(whole)], timeout=30)
    clips = [marker_clip(tmp_path / "first.mp4", seconds=1), cut(whole, 0.55)]

    def made(wishes: StitchWishes) -> int:
        target = tmp_path / "film.mp4"
        result = stitch(clips=clips, wishes=wishes, target=target, work_dir=room, progress=lambda _: None)
        return len(result.plan.steps)

    with pytest.raises(ClipProblem, match="it ends too early") as caught:
        made(StitchWishes())
    assert caught.value.index == 1
    assert made(StitchWishes(skip_broken=True)) == 1


@pytest.mark.parametrize(
    ("data", "short"),
    [
        (HEADER + b"\x80" + SEGMENT + b"\x82ab", False),
        (HEADER + b"\x80" + SEGMENT + b"\x82a", True),
        (HEADER + b"\x80" + b"\xec\x81x" + SEGMENT + b"\x40\x02a", True),
        (HEADER + b"\x80" + SEGMENT + b"\xff", False),
        (HEADER + b"\x80" + SEGMENT + b"\x01" + b"\xff" * 7, False),
        (HEADER + b"\x80" + SEGMENT + b"\xff" + b"\xa3\x82ab", False),
        (HEADER + b"\x80" + SEGMENT + b"\xff" + b"\xa3\x82a", True),
        (HEADER + b"\x80" + SEGMENT + b"\xff" + CLUSTER + b"\xff" + b"\xa3\x82ab" + CLUSTER[:2], True),
        (HEADER + b"\x80" + SEGMENT + b"\xff" + CLUSTER + b"\xff" + b"\xa3\x82ab" + CLUSTER + b"\x01\xff", True),
        (HEADER + b"\x80" + SEGMENT + b"\xff" + CLUSTER + b"\xff" + b"\xa3\xff" + b"a", False),
        (HEADER + b"\x80" + SEGMENT, True),
        (HEADER + b"\x00", False),
        (HEADER + b"\x80" + b"\xec" * 5_000, False),
        (b"", False),
    ],
)
def test_sizes_of_all_shapes(tmp_path: Path, data: bytes, *, short: bool) -> None:
    path = tmp_path / "a.webm"
    path.write_bytes(data)
    assert cut_short(path) is short
