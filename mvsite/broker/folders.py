"""Files that other processes look at while we write them: made whole, taken by one, swept when left behind."""

import contextlib
import os
import time
import uuid
from pathlib import Path

DRAFT = ".tmp-"
LEFT_BEHIND_SECONDS = 600  # a claim and a draft live for milliseconds; older ones belong to a killed process


def write_whole(path: Path, data: bytes) -> None:
    """Make `path` appear with all of its bytes or not at all; its folder is made when missing. Raises OSError."""
    draft = path.with_name(f"{DRAFT}{uuid.uuid4().hex}")
    try:
        handle = _create(draft)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        draft.rename(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _create(path: Path) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        return os.open(path, flags, 0o600)
    except FileNotFoundError:
        make_folder(path.parent)
        return os.open(path, flags, 0o600)


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner can look into."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def take(path: Path, into: Path) -> bytes | None:
    """Claim a file by moving it, read it and remove it; None when another reader was first or it cannot be read."""
    mine = into / path.name
    try:
        path.rename(mine)
    except OSError:
        return None
    try:
        return mine.read_bytes()
    except OSError:
        return None
    finally:
        mine.unlink(missing_ok=True)


def names_in(folder: Path) -> list[str]:
    """List the finished files of a folder, oldest name first; a folder that is gone is made again."""
    try:
        return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    except FileNotFoundError:
        make_folder(folder)
        return []


def sweep(folder: Path, *, only_drafts: bool) -> None:
    """Remove what killed processes left in `folder`; with `only_drafts` the finished files stay."""
    too_old = time.time() - LEFT_BEHIND_SECONDS
    for path in folder.iterdir():
        if only_drafts and not path.name.startswith(DRAFT):
            continue
        with contextlib.suppress(OSError):  # another process sweeps at the same time
            if path.stat().st_mtime < too_old:
                path.unlink()
