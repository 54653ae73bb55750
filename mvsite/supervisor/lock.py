"""One studio a data folder: a lock that the kernel lets go of however its holder ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunningError(Exception):
    """Another studio runs on the same data folder; the text says which."""


@contextmanager
def studio_lock(data_dir: Path, *, told: str) -> Iterator[None]:
    """Hold the folder's lock; `told` (an address) is what a second studio will say. Raises AlreadyRunningError."""
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / "studio.lock").open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise AlreadyRunningError(file.read().strip() or "process unknown") from None
        file.truncate(0)
        file.write(f"process {os.getpid()}, {told}")
        file.flush()
        yield
        file.truncate(0)
