"""The film's pictures as pieces to join: clips as they are, copies made to fit, and windows around the joins."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from math import ceil, log2
from pathlib import Path
from typing import Any

from assets.media.errors import ClipProblem, FFmpegError, FFmpegTimeoutError, RenderCheckError
from assets.media.ffmpeg import Progress, part_of
from assets.media.mp4 import BoxError
from assets.media.stitch.clips import Clip
from assets.media.stitch.conform import conform, words_for
from assets.media.stitch.look import Look, check_encoded, looks_of_source
from assets.media.stitch.plan import ClipStep, StitchPlan
from assets.media.stitch.profile import Profile
from assets.media.stitch.shelf import Shelf, digest
from assets.media.stitch.tables import ClipTables, is_clip, read_clip
from assets.media.stitch.together import Work, all_made
from assets.media.stitch.tracks import Piece
from assets.media.stitch.transitions import Strip, render
from assets.media.stitch.windows import Cut, Span, Window, arrange, reach, window_frames

CRF = 18
CRF_SMALL = 28
# A window may take this many times the rate of the richest clip, and at least the floor (bits a second).
RATE_SHARE, RATE_FLOOR = Fraction(3, 2), 2_000_000

ENCODING = 0.85  # its share of the work; the rest is looking at what came out

Steps = Callable[[float], Progress]


@dataclass(frozen=True, slots=True)
class Fitting:
    """A clip, or the copy of it that fits, with its tables; `start` is the second of its first picture.

    `content` says what is in it: a digest of its bytes, or of what it was made from.
    """

    number: int
    path: Path
    content: str
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
    works = [
        _window(window, fitting, plan, room / f"window-{place}.mp4", shelf=shelf, steps=steps)
        for place, window in windows.items()
    ]
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
        return Fitting(clip.number, clip.path, clip.content, clip.tables, clip.video.start)
    made = room / f"clip-{step.index}.mp4"
    crf = CRF_SMALL if plan.small else CRF
    words = fit_clip(
        clip,
        made,
        profile=plan.profile,
        frames=step.frames,
        crf=crf,
        fit=fit,
        shelf=shelf,
        progress=steps(step.frames),
    )
    return Fitting(clip.number, made, digest(words), _tables(made), Fraction(0))


def fit_clip(
    clip: Clip, made: Path, *, profile: Profile, frames: int, crf: int, fit: str, shelf: Shelf, progress: Progress
) -> list[Any]:
    """Put at `made` a copy of a clip that fits, from the shelf or encoded and looked at; give the words it is kept by.

    Raises ClipProblem, FFmpegTimeoutError, RenderCheckError.
    """

    def make(target: Path) -> None:
        how: dict[str, Any] = {"video": clip.video, "profile": profile, "fit": fit}
        conform(clip.path, target, frames=frames, crf=crf, progress=part_of(progress, 0, ENCODING), **how)
        looking = part_of(progress, ENCODING, 1)
        meant = partial(looks_of_source, clip.path, progress=looking, **how)
        check_encoded(target, frames=frames, fps=profile.fps, meant=meant, progress=looking)

    words = [*words_for(profile, frames=frames, crf=crf, fit=fit), clip.content]
    try:
        shelf.made(words, made, make, good=lambda kept: is_clip(kept, frames))
    except FFmpegTimeoutError:
        raise
    except FFmpegError as error:
        raise ClipProblem(clip.number, "unreadable", "its picture cannot be decoded") from error
    return words


def _window(
    window: Window, fitting: Sequence[Fitting], plan: StitchPlan, target: Path, *, shelf: Shelf, steps: Steps
) -> Work[Piece]:
    """Give the work of making one window, now or for an earlier stitch; it raises ClipProblem, FFmpegError."""
    frames = [step.frames for step in plan.steps]
    crf, most_bits = CRF_SMALL if plan.small else CRF, _most_bits(fitting)
    strips, parts = [], []
    for number in range(window.first_clip, window.last_clip + 1):
        begin = window.begin if number == window.first_clip else 0
        end = window.end if number == window.last_clip else frames[number]
        strips.append(Strip(fitting[number].number, fitting[number].path, fitting[number].start, begin, end))
        parts.append([fitting[number].content, begin, end])
    shape = ["window", plan.profile.width, plan.profile.height, str(plan.profile.fps), plan.transition]
    shape += [plan.transition_frames, crf, most_bits]
    total = window_frames(window, frames, reach(plan.transition, plan.transition_frames))

    def encode(place: Path, progress: Progress) -> None:
        shown = render(
            strips,
            place,
            profile=plan.profile,
            transition=plan.transition,
            length=plan.transition_frames,
            total=total,
            crf=crf,
            max_bitrate=most_bits,
            progress=part_of(progress, 0, ENCODING),
        )
        looking = part_of(progress, ENCODING, 1)
        fps = plan.profile.fps
        meant = partial(_of_spans, shown)
        check_encoded(place, frames=total, fps=fps, meant=meant, progress=looking)

    def make(progress: Progress) -> Piece:
        kept = [*shape, *parts]
        shelf.made(kept, target, lambda place: encode(place, progress), good=lambda path: is_clip(path, total))
        return Piece(target, _tables(target), 0, total)

    return Work(make, steps(total))


def _of_spans(shown: Sequence[Look], spans: Sequence[tuple[int, int]]) -> list[Sequence[Look]]:
    return [shown[first:last] for first, last in spans]


def _most_bits(fitting: Sequence[Fitting]) -> int:
    """Give one limit for all windows: with one encoder set-up they share their parameter sets.

    It goes in wide steps, so that another clip in the film seldom makes the windows between the others useless.
    """
    wanted = max(Fraction(RATE_FLOOR), RATE_SHARE * max(one.bit_rate for one in fitting))
    return RATE_FLOOR << max(0, ceil(log2(wanted / RATE_FLOOR)))


def _tables(path: Path) -> ClipTables:
    try:
        return replace(read_clip(path), sound=None)
    except BoxError as error:
        raise RenderCheckError(f"what was encoded cannot be joined: {error}") from error
