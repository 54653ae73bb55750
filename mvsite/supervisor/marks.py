"""Marks that a process leaves in the data folder to say that it takes work."""

import os
from pathlib import Path


def _mark(data_dir: Path, name: str) -> Path:
    return data_dir / "run" / f"{name}.pid"


def mark_ready(data_dir: Path, name: str, *, pid: int | None = None) -> None:
    """Say that the process called `name` takes work; `pid` is its own unless another one stands for it."""
    path = _mark(data_dir, name)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_text(str(pid or os.getpid()), encoding="ascii")
    draft.replace(path)


def is_marked(data_dir: Path, name: str, *, pid: int) -> bool:
    """Say whether exactly this process has said that it takes work; an earlier one's mark does not count."""
    try:
        return _mark(data_dir, name).read_text(encoding="ascii") == str(pid)
    except FileNotFoundError:
        return False


def unmark(data_dir: Path, name: str) -> None:
    """Take a mark away."""
    _mark(data_dir, name).unlink(missing_ok=True)
