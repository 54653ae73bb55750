"""Log files of bounded size that children write to themselves, so that no line is lost when we are killed."""

import contextlib
import os
import shutil
from pathlib import Path
from typing import IO

LARGEST = 5_000_000  # bytes; one older file of the same size is kept


def open_log(path: Path) -> IO[bytes]:
    """Open a log for a child; it always writes at the end, wherever that is after a cut."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path.open("ab", buffering=0)


def cut_when_large(path: Path) -> None:
    """Move what was written to `<name>.1` when it is too much; the writer goes on in the same, now empty file."""
    try:
        if path.stat().st_size <= LARGEST:
            return
    except FileNotFoundError:
        return
    with contextlib.suppress(OSError):  # most likely a full disk: then the older lines are what goes
        shutil.copyfile(path, path.with_name(path.name + ".1"))
    os.truncate(path, 0)


def last_lines(path: Path, *, start: int, count: int = 12) -> list[str]:
    """Give the last lines written after byte `start`; none when there is no log."""
    if not path.is_file():
        return []
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(start, size - 16_384) if start <= size else 0)
        text = file.read().decode("utf-8", "replace")
    return [line for line in text.splitlines() if line.strip()][-count:]
