"""Folders of flavors for tests: copies of the shipped default, changed where a test wants it."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from flavors.loader import SHIPPED
from flavors.schema import FILES


def shipped_documents(name: str = "default") -> dict[str, str]:
    """Return the texts of a shipped flavor by file name."""
    return {file: (SHIPPED / name / file).read_text(encoding="utf-8") for file in FILES}


def write_flavor(place: Path, name: str, documents: Mapping[str, str]) -> Path:
    """Write a flavor's folder anew with exactly these files."""
    folder = place / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file, text in documents.items():
        (folder / file).write_text(text, encoding="utf-8")
    return folder


def line_of(text: str, start: str) -> int:
    """Return the number (from 1) of the first line that begins with `start`, spaces aside."""
    return next(n for n, line in enumerate(text.splitlines(), 1) if line.strip().startswith(start))
