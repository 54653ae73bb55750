"""One studio a data folder: a lock that the kernel lets go of however its holder ends."""

import fcntl
import os
from pathlib import Path


class AlreadyRunningError(Exception):
    """Another studio runs on the same data folder; the text says which."""


def take_lock(data_dir: Path, *, told: str) -> int:
    """Lock the folder as long as the open file that is given back stays open, also in what this process turns into.

    `told` (an address) is what a second studio will say. Raises AlreadyRunningError.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    handle = os.open(data_dir / "studio.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(handle, 1000).decode("utf-8", "replace")
        os.close(handle)
        raise AlreadyRunningError(holder or "process unknown") from None
    os.ftruncate(handle, 0)
    os.write(handle, f"process {os.getpid()}, {told}".encode())
    os.set_inheritable(handle, True)  # noqa: FBT003 - the standard library's own signature
    return handle


def holder(data_dir: Path) -> str:
    """Say which studio runs on the folder, as it described itself; empty when none does."""
    try:
        handle = os.open(data_dir / "studio.lock", os.O_RDWR)
    except OSError:  # no lock file: nothing ever ran here
        return ""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.read(handle, 1000).decode("utf-8", "replace") or "process unknown"
    finally:
        os.close(handle)
    return ""
