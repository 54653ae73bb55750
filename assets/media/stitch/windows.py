"""Which pictures of a film with transitions are copied, and which windows around the joins are made anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class Shape(Protocol):
    """Where a clip may be cut: after a closed beginning, and where decoding can begin anew."""

    @property
    def frames(self) -> int:
        """Give the number of pictures."""
        ...

    def last_cut(self, most: int) -> int:
        """Give the latest place at or before `most` at which the clip may end."""
        ...

    def first_resume(self, least: int) -> int | None:
        """Give the earliest place at or after `least` at which the clip may begin."""
        ...


@dataclass(frozen=True, slots=True)
class Cut:
    """The first `frames` pictures of a clip, which may have more."""

    whole: Shape
    frames: int

    def last_cut(self, most: int) -> int:
        """Give the latest place at or before `most` at which it may end."""
        return self.whole.last_cut(min(most, self.frames))

    def first_resume(self, least: int) -> int | None:
        """Give the earliest place at or after `least` at which it may begin."""
        return self.whole.first_resume(least)


@dataclass(frozen=True, slots=True)
class Span:
    """Pictures `first` to `last` (not included) of one clip, copied."""

    clip: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Window:
    """What is decoded, blended and encoded: from picture `begin` of one clip to `end` (not included) of another."""

    first_clip: int
    begin: int
    last_clip: int
    end: int


@dataclass(frozen=True, slots=True)
class Reach:
    """How many pictures at the begin and at the end of a clip a transition changes; what overlaps is lost once."""

    head: int
    tail: int
    overlap: int


NOWHERE = Reach(0, 0, 0)  # clips meet sharply: only what a clip has beyond a place where it may end is made anew


def reach(transition: str, length: int) -> Reach:
    """Give the reach of a transition of `length` frames (even for fades through black)."""
    return Reach(length, length, length) if transition == "crossfade" else Reach(length // 2, length // 2, 0)


def copied_span(shape: Shape, at: Reach, *, first: bool, last: bool) -> tuple[int, int] | None:
    """Give the pictures of a clip that no transition touches and that can stand alone; None when there are none."""
    begin = 0 if first else shape.first_resume(at.head)
    end = shape.last_cut(shape.frames if last else shape.frames - at.tail)
    return (begin, end) if begin is not None and begin < end else None


def arrange(shapes: Sequence[Shape], at: Reach) -> list[Span | Window]:
    """Tile the film: windows around the joins, everything between them copied. A clip too short to hold a copied
    part makes one window of those on both sides.
    """
    found: list[Span | Window] = []
    most = len(shapes) - 1
    open_at: tuple[int, int] | None = None
    for number, shape in enumerate(shapes):
        span = copied_span(shape, at, first=number == 0, last=number == most)
        if span is None:
            open_at = open_at or (number, 0)
            continue
        if open_at is not None and at != NOWHERE:
            found.append(Window(*open_at, number, span[0]))
        elif open_at is not None and open_at != (number - 1, shapes[number - 1].frames):
            found.append(Window(*open_at, number - 1, shapes[number - 1].frames))
        found.append(Span(number, *span))
        open_at = (number, span[1])
    if open_at is not None and open_at != (most, shapes[most].frames):
        found.append(Window(*open_at, most, shapes[most].frames))
    return found


def window_frames(window: Window, frames: Sequence[int], at: Reach) -> int:
    """Give how many pictures a window has in the film."""
    whole = sum(frames[window.first_clip : window.last_clip + 1]) - window.begin
    return whole - (frames[window.last_clip] - window.end) - at.overlap * (window.last_clip - window.first_clip)
