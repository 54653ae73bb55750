"""Stitches that must encode something: windows around crossfades, one odd clip; against encoding the whole film."""

import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from assets.media.encoding import AS_709, TAGS_709
from assets.media.stitch import StitchPlan, StitchWishes, stitch
from benchmarks._clips import FPS, FRAMES, SECONDS, assert_right, ffmpeg, make_clips, pictures
from benchmarks._table import Row, in_turn

BLEND = 12  # frames


def measure(*, quick: bool) -> Iterator[Row]:
    """Yield B5 (CPU and wall) and B6."""
    count, rounds = (3, 1) if quick else (8, 3)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        looks = make_clips(folder, looks=2 if quick else 3)
        clips = [looks[number % len(looks)] for number in range(count)]
        yield from _crossfades(folder, clips, rounds)
        odd = make_clips(folder, size="1920x1080", bits="9M", looks=1)
        yield _one_odd(folder, [*clips[:-1], *odd], rounds)


def _cpu() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _stitched(folder: Path, clips: Sequence[Path], wishes: StitchWishes, *, shelf: str) -> StitchPlan:
    """Stitch without sound; the facts of the clips are known, as they are whenever a film is made again."""
    work = folder / "work"
    work.mkdir(exist_ok=True)
    result = stitch(
        clips=clips,
        wishes=wishes,
        target=folder / "film.mp4",
        work_dir=work,
        progress=lambda _: None,
        shelf=folder / shelf,
    )
    return result.plan


def _encoded(folder: Path, clips: Sequence[Path], graph: str) -> None:
    inputs = [word for clip in clips for word in ("-i", str(clip))]
    x264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-pix_fmt", "yuv420p", *TAGS_709)
    target = str(folder / "theirs.mp4")
    ffmpeg(*inputs, "-filter_complex", graph, "-map", "[v]", "-an", *x264, "-movflags", "+faststart", target)


def _crossfades(folder: Path, clips: Sequence[Path], rounds: int) -> Iterator[Row]:
    wishes = StitchWishes(suppress_video_audio=True, transition="crossfade", transition_seconds=BLEND / FPS)
    plan = _stitched(folder, clips, wishes, shelf="shelf")
    count = len(clips)
    frames = count * FRAMES - (count - 1) * BLEND
    last = (count - 1) * (SECONDS - BLEND / FPS) + 4.0
    assert_right(folder / "film.mp4", frames=frames, last_flash=last, click=False)
    kept, whole = set(pictures(folder / "film.mp4")), [digest for clip in clips for digest in pictures(clip)]
    assert sum(digest in kept for digest in whole) >= plan.copied_frames, "copied pictures changed"
    graph, before = [], "0:v"
    for number in range(1, count):
        after = "v" if number == count - 1 else f"x{number}"
        offset = number * (SECONDS - BLEND / FPS)
        graph.append(f"[{before}][{number}:v]xfade=transition=fade:duration={BLEND / FPS}:offset={offset}[{after}]")
        before = after
    what = f"{count - 1} crossfades of {count} x 720p, windows only / all encoded"
    note = f"{plan.copied_frames} of {plan.frames} frames copied; "
    for id_, kind, clock, bounds in (
        ("B5", "CPU", _cpu, (0.32, 0.5)),
        ("B5w", "wall", time.perf_counter, (0.35, 0.55)),
    ):
        found = in_turn(
            lambda: _stitched(folder, clips, wishes, shelf="shelf"),
            lambda: _encoded(folder, clips, ";".join(graph)),
            rounds=rounds,
            warm_up=False,
            clock=clock,
        )
        target, fail = bounds if count == 8 else (None, None)
        yield Row(id_, f"{what}, {kind}", found.middle, target, fail, note + found.note)


def _one_odd(folder: Path, clips: Sequence[Path], rounds: int) -> Row:
    """B6: the odd clip is encoded anew each time: only what is known about the clips is kept."""
    wishes = StitchWishes(suppress_video_audio=True)
    plan = _stitched(folder, clips, wishes, shelf="facts")
    assert plan.copied_frames == (len(clips) - 1) * FRAMES
    last = (len(clips) - 1) * SECONDS + 4.0
    assert_right(folder / "film.mp4", frames=len(clips) * FRAMES, last_flash=last, click=False)

    def ours() -> None:
        for kept in (folder / "facts").glob("*.mp4"):
            kept.unlink()
        _stitched(folder, clips, wishes, shelf="facts")

    shaped = [f"[{number}:v]scale=1280:720,setsar=1,{AS_709}[s{number}]" for number in range(len(clips))]
    labels = "".join(f"[s{number}]" for number in range(len(clips)))
    graph = ";".join([*shaped, f"{labels}concat=n={len(clips)}:v=1:a=0[v]"])
    found = in_turn(ours, lambda: _encoded(folder, clips, graph), rounds=rounds, warm_up=False)
    target, fail = (0.22, 0.35) if len(clips) == 8 else (None, None)
    return Row("B6", f"1 of {len(clips)} clips is 1080p / all encoded", found.middle, target, fail, found.note)
