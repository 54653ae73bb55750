"""Finds the folders of flavors and reads their texts; knows nothing of rows."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flavors.models import NAME_PATTERN
from flavors.schema import FILES
from flavors.yaml_text import LARGEST_BYTES, Problem

SHIPPED = Path(__file__).parent / "configs"


@dataclass(frozen=True, slots=True)
class Folder:
    """One flavor as found: its name, its texts by file name, and what kept files from being read as text."""

    name: str
    documents: dict[str, str]
    problems: tuple[Problem, ...]


def find_folders(*places: Path | None) -> dict[str, list[Folder]]:
    """Return the flavors in the places by name, the last place first. A place that is absent holds none.

    One that cannot be read is told as a problem under its own path.
    """
    found: dict[str, list[Folder]] = {}
    for place in (each for each in places if each is not None):
        try:
            for path in _flavor_folders(place):
                found.setdefault(path.name, []).insert(0, _read(path))
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            problem = Problem(place.name, 1, "", f"the folder cannot be read ({error.strerror}).")
            found[str(place)] = [Folder(str(place), {}, (problem,))]
    return found


def _flavor_folders(place: Path) -> Iterator[Path]:
    """Give the folders that hold one of our files; others (editors' and version control's) are none of ours.

    One that we may not look into counts when its name could be a flavor's: a file system's `lost+found` is none.
    """
    for path in sorted(place.iterdir()):
        try:
            ours = path.is_dir() and any((path / file).is_file() for file in FILES)
        except PermissionError:
            ours = re.fullmatch(NAME_PATTERN, path.name) is not None
        if ours:
            yield path


def _read(path: Path) -> Folder:
    documents: dict[str, str] = {}
    problems = []
    if not re.fullmatch(NAME_PATTERN, path.name):
        problems.append(Problem(path.name, 1, "", "a flavor's name has a-z, 0-9, - and _ only, at most 64."))
    for file in FILES:
        try:
            if (path / file).is_file():
                documents[file] = _text(path / file)
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            problems.append(Problem(file, line, "", "the file is not UTF-8."))
        except OSError as error:
            problems.append(Problem(file, 1, "", f"the file cannot be read ({error.strerror})."))
        except ValueError as error:
            problems.append(Problem(file, 1, "", str(error)))
    return Folder(path.name, documents, tuple(problems))


def _text(path: Path) -> str:
    with path.open("rb") as source:
        content = source.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        raise ValueError(f"the file is larger than {LARGEST_BYTES // 1024} KB.")
    return content.decode("utf-8-sig").replace("\r\n", "\n")
