"""The source tree as the architecture tests see it: which files there are."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ("mvsite", "generation", "assets", "flavors")
_ALL = (*SOURCE, "tests", "benchmarks")


def python_files(*folders: str) -> list[Path]:
    """Return our Python files below the folders (everything, with `manage.py` and `studio`, when none is named)."""
    below = [path for folder in folders or _ALL for path in sorted((ROOT / folder).rglob("*.py"))]
    top = [] if folders else [ROOT / "manage.py", ROOT / "studio"]
    return [path for path in below if "migrations" not in path.parts] + top


def browser_modules() -> list[Path]:
    """Return our JavaScript modules."""
    return sorted((ROOT / "static").rglob("*.js"))


def templates() -> list[Path]:
    """Return every template, wherever an app keeps it."""
    return [path for folder in ("templates", *SOURCE) for path in sorted((ROOT / folder).rglob("*.html"))]


def short_name(path: Path) -> str:
    """Return the path as a person names it: from the top of the tree."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name


_TEXT = {".py", ".md", ".html", ".css", ".js", ".toml", ".yaml", ".yml", ".in", ".lock", ".sh", ".json", ".txt", ""}
_NOT_OURS = {"data", "staticfiles", "test-results", "__pycache__", "node_modules"}


def text_files() -> list[Path]:
    """Return every text file of the project, the hidden ones we keep (`.ci`, `.env.example`) included."""
    found = []
    for folder, below, names in os.walk(ROOT):
        below[:] = sorted(name for name in below if name == ".ci" or not (name.startswith(".") or name in _NOT_OURS))
        paths = [Path(folder) / name for name in names if name not in {".git", ".env", ".coverage"}]
        found += [path for path in sorted(paths) if path.suffix in _TEXT or path.name == ".env.example"]
    return found
