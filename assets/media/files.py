"""Output that is whole or absent: temporary name, fsync, atomic rename."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def atomic_target(target: Path) -> Iterator[Path]:
    """Give a temporary path beside `target`, with the same suffix; it takes the target's place when all went well.

    On any exception the temporary file is removed and the target stays what it was.
    """
    temporary = target.with_name(f".{uuid.uuid4().hex}.part{target.suffix}")
    try:
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        temporary.unlink(missing_ok=True)
