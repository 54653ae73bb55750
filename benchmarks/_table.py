"""What a benchmark gives: rows of one table, each a figure with the bounds it is held to."""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Row:
    """One line: what was compared, the figure, the bound it should keep (`target`) and the one it must (`fail`)."""

    id: str
    what: str
    figure: float | None  # None: it could not be measured, `note` says why
    target: float | None = None
    fail: float | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        """Give `good`, `over target`, `FAILED`, or nothing where there is no bound."""
        if self.figure is None:
            return "not measured"
        if self.fail is not None and self.figure > self.fail:
            return "FAILED"
        if self.target is None:
            return ""
        return "good" if self.figure <= self.target else "over target"

    def as_text(self) -> str:
        """Give the line as it is printed."""
        figure = "-" if self.figure is None else f"{self.figure:.4f}" if self.figure < 0.01 else f"{self.figure:.3f}"
        bounds = "" if self.target is None else f"<= {self.target:g}" + (f" / {self.fail:g}" if self.fail else "")
        return f"{self.id:<6}{self.what:<66}{figure:>9}  {bounds:<15}{self.verdict:<13}{self.note}"


HEADER = f"{'id':<6}{'what is compared (ours / the yardstick)':<66}{'median':>9}  {'target / fail':<15}{'verdict':<13}"


@dataclass(frozen=True, slots=True)
class Paired:
    """Ratios of pairs that were measured in turn."""

    ratios: tuple[float, ...]
    ours: float  # median seconds
    theirs: float

    @property
    def middle(self) -> float:
        """Give the median."""
        return median(self.ratios)

    @property
    def note(self) -> str:
        """Say how far the ratios lie apart, and what was divided."""
        spread = f"{min(self.ratios):.3g}..{max(self.ratios):.3g}"
        return f"{spread} in {len(self.ratios)} rounds; {_short(self.ours)} / {_short(self.theirs)}"


def _short(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.1f} s"


@dataclass(frozen=True, slots=True)
class Spent:
    """What one piece of work took: seconds on the wall, and of all cores, its children's with it."""

    wall: float
    cpu: float


def spent(work: Callable[[], object]) -> Spent:
    """Time one piece of work."""
    begun, used = time.perf_counter(), _cpu()
    work()
    return Spent(time.perf_counter() - begun, _cpu() - used)


def _cpu() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def rounds_of(*works: Callable[[], object], rounds: int) -> list[list[Spent]]:
    """Do pieces of work in turn, A B C A B C …; give what each took in each round."""
    every = [[spent(work) for work in works] for _ in range(rounds)]
    return [list(column) for column in zip(*every, strict=True)]


def paired(ours: Sequence[float], theirs: Sequence[float]) -> Paired:
    """Divide what was measured in turn, pair by pair; only their ratio means something on a busy machine."""
    return Paired(tuple(a / b for a, b in zip(ours, theirs, strict=True)), median(ours), median(theirs))


def in_turn(ours: Callable[[], object], theirs: Callable[[], object], *, rounds: int, warm_up: bool = True) -> Paired:
    """Measure the seconds of two pieces of work in turn."""
    if warm_up:
        ours()
        theirs()
    mine, others = rounds_of(ours, theirs, rounds=rounds)
    return paired([one.wall for one in mine], [one.wall for one in others])
