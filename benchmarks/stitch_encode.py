"""Stitches that must encode something: windows around crossfades, one odd clip; against encoding the whole film."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from assets.media.encoding import AS_709, TAGS_709
from assets.media.ffmpeg import ffmpeg_path
from assets.media.stitch import StitchPlan, StitchWishes, stitch
from benchmarks._clips import FPS, FRAMES, SECONDS, SIZES, assert_right, make_clips, pictures, pictures_of
from benchmarks._process import NONE, Bounds, Ran, memory_row, run, run_program, stitch_code
from benchmarks._table import Row, paired, rounds_of
from benchmarks.stitch_copy import plain_copy

BLEND = 12  # frames
SMALL, LARGE = SIZES
SILENT = "suppress_video_audio=True"
FADING = f"{SILENT}, transition='crossfade', transition_seconds={BLEND / FPS}"
# (size, number of clips, rounds against encoding the whole film: 0 where that takes minutes)
QUICK = ((SMALL, 2, 1),)
WHOLE = ((SMALL, 8, 3), (SMALL, 3, 1), (SMALL, 30, 0), (LARGE, 3, 1), (LARGE, 8, 0), (LARGE, 30, 0))
BOUNDS = {"B5": (0.32, 0.5), "B5w": (0.35, 0.55), "B6": (0.22, 0.35)}  # of 8 clips of 720p


def measure(*, quick: bool) -> Iterator[Row]:
    """Yield B5 (CPU and wall) and B6 for 3, 8 and 30 clips of both sizes, each also beside the copy of its bytes."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        looks = {
            label: make_clips(size=size, bits=bits, looks=1 if quick and label == LARGE else 2)
            for label, (size, bits) in SIZES.items()
        }
        for label, count, rounds in QUICK if quick else WHOLE:
            clips = [looks[label][number % 2] for number in range(count)]
            yield from _rows(_crossfades(folder, clips, label), rounds)
            other = LARGE if label == SMALL else SMALL
            yield from _rows(_one_odd(folder, [*clips[:-1], looks[other][0]], label), rounds)


@dataclass(frozen=True, slots=True)
class _Case:
    """One film: its name in the table, how it is made by us and by ffmpeg, and what `assert_right` is told of it."""

    id: str
    what: str
    folder: Path
    clips: Sequence[Path]
    wishes: StitchWishes
    code: str  # the same wishes for a process of its own
    theirs: Sequence[str]
    right: Callable[[StitchPlan], None]
    bounded: bool

    @property
    def film(self) -> Path:
        """Give the place of the film."""
        return self.folder / "film.mp4"

    def stitched(self) -> StitchPlan:
        """Stitch without sound, encoding all anew; only the facts of the clips are known, as after their upload."""
        shelf, work = self.folder / "shelf", self.folder / "work"
        for kept in shelf.glob("*.mp4"):
            kept.unlink()
        work.mkdir(exist_ok=True)
        return stitch(
            clips=self.clips, wishes=self.wishes, target=self.film, work_dir=work, progress=lambda _: None, shelf=shelf
        ).plan


def _rows(case: _Case, rounds: int) -> Iterator[Row]:
    """Measure ours, theirs (unless there are no rounds for it) and the copy of the same bytes in turn."""
    plan = case.stitched()  # the clips are looked at here
    case.right(plan)
    kept = case.folder / "kept.mp4"
    shutil.copyfile(case.film, kept)
    ran: list[Ran] = []
    theirs = [lambda: ran.append(run_program(case.theirs))] if rounds else []
    copy = partial(plain_copy, kept, case.folder / "copy.mp4")
    copy()
    ours, *others, copies = rounds_of(case.stitched, *theirs, copy, rounds=rounds or 1)
    note = f"{plan.copied_frames} of {plan.frames} frames copied; "
    if others:
        kinds = (("", "CPU"), ("w", "wall")) if case.id == "B5" else (("", "wall"),)
        for sign, kind in kinds:
            use = "cpu" if kind == "CPU" else "wall"
            found = paired([getattr(one, use) for one in ours], [getattr(one, use) for one in others[0]])
            bounds: Bounds = BOUNDS[case.id + sign] if case.bounded else NONE
            yield Row(case.id + sign, f"{case.what} / all encoded, {kind}", found.middle, *bounds, note + found.note)
    found = paired([one.wall for one in ours], [one.wall for one in copies])
    yield Row(f"{case.id}c", f"{case.what} / copy of the same bytes", found.middle, note=note + found.note)
    if len(case.clips) == 3 or case.bounded:  # it takes another run
        words = [str(case.film), str(case.folder / "elsewhere"), "", *map(str, case.clips)]
        yield memory_row(case.id, run(stitch_code(case.code), words), ran[0])


def _encoded(folder: Path, clips: Sequence[Path], graph: str) -> list[str]:
    inputs = [word for clip in clips for word in ("-i", str(clip))]
    x264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-pix_fmt", "yuv420p", *TAGS_709)
    words = [*inputs, "-filter_complex", graph, "-map", "[v]", "-an", *x264, "-movflags", "+faststart"]
    return [ffmpeg_path(), "-nostdin", "-loglevel", "error", "-y", *words, str(folder / "theirs.mp4")]


def _crossfades(folder: Path, clips: Sequence[Path], label: str) -> _Case:
    count, step = len(clips), SECONDS - BLEND / FPS

    def right(plan: StitchPlan) -> None:
        film = folder / "film.mp4"
        frames = count * FRAMES - (count - 1) * BLEND
        assert_right(film, frames=frames, last_flash=(count - 1) * step + 4.0, click=False)
        kept = set(pictures(film))
        assert sum(digest in kept for digest in pictures_of(clips)) >= plan.copied_frames > 0, "copied pictures changed"

    graph, before = [], "0:v"
    for number in range(1, count):
        after = "v" if number == count - 1 else f"x{number}"
        fade = f"xfade=transition=fade:duration={BLEND / FPS}:offset={number * step}"
        graph.append(f"[{before}][{number}:v]{fade}[{after}]")
        before = after
    return _Case(
        id="B5",
        what=f"{count - 1} crossfades, {count} x {label}",
        folder=folder,
        clips=clips,
        wishes=StitchWishes(suppress_video_audio=True, transition="crossfade", transition_seconds=BLEND / FPS),
        code=FADING,
        theirs=_encoded(folder, clips, ";".join(graph)),
        right=right,
        bounded=count == 8 and label == SMALL,
    )


def _one_odd(folder: Path, clips: Sequence[Path], label: str) -> _Case:
    """B6: the last clip has another size, and is encoded anew each time."""
    count = len(clips)
    width, height = SIZES[label][0].split("x")

    def right(plan: StitchPlan) -> None:
        film, copied = folder / "film.mp4", (count - 1) * FRAMES
        assert plan.copied_frames == copied
        assert_right(film, frames=count * FRAMES, last_flash=(count - 1) * SECONDS + 4.0, click=False)
        assert pictures(film)[:copied] == pictures_of(clips[:-1]), "copied pictures changed"

    shaped = [f"[{number}:v]scale={width}:{height},setsar=1,{AS_709}[s{number}]" for number in range(count)]
    labels = "".join(f"[s{number}]" for number in range(count))
    return _Case(
        id="B6",
        what=f"1 of {count} x {label} has another size",
        folder=folder,
        clips=clips,
        wishes=StitchWishes(suppress_video_audio=True),
        code=SILENT,
        theirs=_encoded(folder, clips, ";".join([*shaped, f"{labels}concat=n={count}:v=1:a=0[v]"])),
        right=right,
        bounded=count == 8 and label == SMALL,
    )
