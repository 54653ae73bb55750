"""The film's pictures as pieces to join: clips as they are, copies made to fit, and windows around the joins."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from assets.media.errors import ClipProblem, FFmpegError, FFmpegTimeoutError, RenderCheckError
from assets.media.ffmpeg import Progress
from assets.media.mp4 import BoxError
from assets.media.probe import decode_check
from assets.media.stitch.clips import Clip
from assets.media.stitch.conform import conform, words_for
from assets.media.stitch.plan import ClipStep, StitchPlan
from assets.media.stitch.shelf import Shelf
from assets.media.stitch.tables import ClipTables, read_clip
from assets.media.stitch.together import Work, all_made
from assets.media.stitch.tracks import Piece
from assets.media.stitch.transitions import Strip, render
from assets.media.stitch.windows import Cut, Span, Window, arrange, reach, window_frames

CRF = 18
CRF_SMALL = 28
# A window may take this many times the rate of the richest clip, and at least the floor (bits a second).
RATE_SHARE, RATE_FLOOR = Fraction(3, 2), 2_000_000

Steps = Callable[[float], Progress]


@dataclass(frozen=True, slots=True)
class Fitting:
    """A clip, or the copy of it that fits, with its tables; `start` is the second of its first picture."""

    number: int
    path: Path
    tables: ClipTables
    start: Fraction

    @property
    def bit_rate(self) -> Fraction:
        """Give the bits a second of its pictures."""
        return Fraction(int(self.tables.track.sizes.sum()) * 8 * self.tables.track.time_scale) / int(
            self.tables.track.durations.sum()
        )


def make_pieces(
    clips: Sequence[Clip], plan: StitchPlan, *, fit: str, shelf: Shelf, room: Path, steps: Steps
) -> list[Piece]:
    """Give the pieces of the film in order; what is encoded anew lies in `room`. Raises ClipProblem, FFmpegError."""
    fitting = [
        _fitting(clip, step, plan, fit=fit, shelf=shelf, room=room, steps=steps)
        for clip, step in zip(clips, plan.steps, strict=True)
    ]
    at = reach(plan.transition, plan.transition_frames)
    shapes = [Cut(one.tables, step.frames) for one, step in zip(fitting, plan.steps, strict=True)]
    parts = arrange(shapes, at)
    windows = {place: part for place, part in enumerate(parts) if isinstance(part, Window)}
    works = [_window(window, fitting, plan, room / f"window-{place}.mp4", steps) for place, window in windows.items()]
    made = dict(zip(windows, all_made(works), strict=True))
    return [
        Piece(fitting[part.clip].path, fitting[part.clip].tables, part.first, part.last)
        if isinstance(part, Span)
        else made[place]
        for place, part in enumerate(parts)
    ]


def _fitting(
    clip: Clip, step: ClipStep, plan: StitchPlan, *, fit: str, shelf: Shelf, room: Path, steps: Steps
) -> Fitting:
    """Give the clip itself, or a copy that was made to fit: now, or for an earlier stitch. Raises ClipProblem."""
    if not step.reasons and clip.tables is not None:
        return Fitting(clip.number, clip.path, clip.tables, clip.video.start)
    made = room / f"clip-{step.index}.mp4"
    crf = CRF_SMALL if plan.small else CRF
    tell = steps(step.frames)

    def make(target: Path) -> None:
        conform(
            clip.path,
            target,
            video=clip.video,
            profile=plan.profile,
            frames=step.frames,
            crf=crf,
            fit=fit,
            progress=tell,
        )
        _whole(target, step.frames)

    words = [*words_for(plan.profile, frames=step.frames, crf=crf, fit=fit), clip.content]
    try:
        shelf.made(words, made, make)
    except FFmpegTimeoutError:
        raise
    except FFmpegError as error:
        raise ClipProblem(clip.number, "unreadable", "its picture cannot be decoded") from error
    return Fitting(clip.number, made, _tables(made), Fraction(0))


def _window(window: Window, fitting: Sequence[Fitting], plan: StitchPlan, target: Path, steps: Steps) -> Work[Piece]:
    """Give the work of making one window anew; it raises ClipProblem, FFmpegError."""
    frames = [step.frames for step in plan.steps]
    strips = []
    for number in range(window.first_clip, window.last_clip + 1):
        begin = window.begin if number == window.first_clip else 0
        end = window.end if number == window.last_clip else frames[number]
        strips.append(Strip(fitting[number].number, fitting[number].path, fitting[number].start, begin, end))
    total = window_frames(window, frames, reach(plan.transition, plan.transition_frames))

    def make(progress: Progress) -> Piece:
        render(
            strips,
            target,
            profile=plan.profile,
            transition=plan.transition,
            length=plan.transition_frames,
            total=total,
            crf=CRF_SMALL if plan.small else CRF,
            max_bitrate=_most_bits(fitting),
            progress=progress,
        )
        _whole(target, total)
        return Piece(target, _tables(target), 0, total)

    return Work(make, steps(total))


def _most_bits(fitting: Sequence[Fitting]) -> int:
    """Give one limit for all windows: with one encoder set-up they share their parameter sets."""
    return max(RATE_FLOOR, round(RATE_SHARE * max(one.bit_rate for one in fitting)))


def _whole(path: Path, frames: int) -> None:
    """Decode what was just encoded. Raises RenderCheckError."""
    decoded = decode_check(path, formats={"mp4"})
    if decoded.frames != frames:
        raise RenderCheckError(f"{decoded.frames} frames were encoded instead of {frames}")


def _tables(path: Path) -> ClipTables:
    try:
        return replace(read_clip(path), sound=None)
    except BoxError as error:
        raise RenderCheckError(f"what was encoded cannot be joined: {error}") from error
