"""What a test's code opens for writing: files outside of the folders it was given are remembered."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_MOVES = {"os.rename": 1, "os.link": 1, "os.symlink": 1, "os.mkdir": 0}


class WriteWatch:
    """Hears the interpreter's own audit events, so no library can write unseen; children are not heard."""

    def __init__(self) -> None:
        self.inside: tuple[Path, ...] = ()
        self.outside: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.inside:
            return
        if event == "open":
            place, _, flags = arguments
            if isinstance(place, int) or not flags & _WRITES:
                return
        elif event in _MOVES:
            place = arguments[_MOVES[event]]
        else:
            return
        path = os.path.realpath(os.fsdecode(place))
        if not any(path.startswith(f"{folder}{os.sep}") for folder in self.inside) and path != os.devnull:
            self.outside.append(f"{event} {path}")

    @contextmanager
    def over(self, *folders: Path) -> Iterator[list[str]]:
        """Watch inside the block; yields what was written outside of `folders`, empty at first.

        The interpreter's own bytecode is nobody's writing.
        """
        self.outside = []
        bytecode = (Path(sys.pycache_prefix),) if sys.pycache_prefix else ()
        self.inside = tuple(folder.resolve() for folder in (*folders, *bytecode))
        try:
            yield self.outside
        finally:
            self.inside = ()


WATCH = WriteWatch()
