"""Progress bars in a terminal, one a line; plain lines where output is not a terminal."""

from dataclasses import dataclass, field
from typing import TextIO

WIDTH = 24


@dataclass(slots=True)
class Bars:
    """A block of named bars. `show` draws it again in place on a terminal, or prints what changed elsewhere."""

    out: TextIO
    names: list[str] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)
    drawn: int = 0

    def show(self, states: dict[str, tuple[float, str]]) -> None:
        """Draw `name → (progress 0..1, words)`; names keep the order in which they first came."""
        self.names += [name for name in states if name not in self.names]
        if self.out.isatty():
            self._redraw(states)
        else:
            self._tell_changes(states)
        self.out.flush()

    def _redraw(self, states: dict[str, tuple[float, str]]) -> None:
        if self.drawn:
            self.out.write(f"\x1b[{self.drawn}A")
        for name in self.names:
            progress, words = states.get(name, (0.0, ""))
            self.out.write(f"\x1b[2K{name:<12} {bar(progress)} {progress:4.0%}  {words}\n")
        self.drawn = len(self.names)

    def _tell_changes(self, states: dict[str, tuple[float, str]]) -> None:
        for name in self.names:
            words = states.get(name, (0.0, ""))[1]
            if words and self.shown.get(name) != words:
                self.shown[name] = words
                self.out.write(f"{name}: {words}\n")


def bar(progress: float) -> str:
    """Draw progress 0..1 as a bar of `WIDTH` cells."""
    full = round(min(max(progress, 0.0), 1.0) * WIDTH)
    return "█" * full + "░" * (WIDTH - full)
