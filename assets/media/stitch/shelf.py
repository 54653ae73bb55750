"""What stitches keep for the next one: facts of clips, clips that were made to fit, songs encoded once.

Everything here can be made again, and the folder may be deleted at any time, even while it is used. Names are
digests of what a thing was made from, so nothing in it can be out of date.
"""

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, fields
from fractions import Fraction
from pathlib import Path
from typing import Any

from assets.media.files import atomic_target
from assets.media.probe import AudioFacts, MediaFacts, VideoFacts

VERSION = 7  # of everything kept: raise it when a fact or an encoding changes
MOST_BYTES = 4 << 30
MOST_FILES = 4_096
CHUNK = 1 << 20


class Shelf:
    """A folder of things that were made before, or none at all: then everything is made each time."""

    def __init__(self, folder: Path | None, *, most_bytes: int = MOST_BYTES) -> None:
        self.folder = folder
        self.most_bytes = most_bytes
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError:  # nothing can be kept there; a stitch needs nothing from it
                self.folder = None

    def made(self, words: Any, target: Path, make: Callable[[Path], None], *, good: Callable[[Path], bool]) -> bool:
        """Put at `target` what belongs to `words` (plain JSON), making it only when it is not here; say if it was.

        `make` writes the path it is given. Its errors go straight out, and nothing is kept then. What is here but is
        not `good` any more is made anew.
        """
        if self.folder is None:
            make(target)
            return False
        kept = self.folder / f"{digest(words)}{target.suffix}"
        with contextlib.suppress(OSError):
            _same_file(kept, target)
            if good(target):
                os.utime(kept)
                return True
            target.unlink()
            kept.unlink()
        make(target)
        with contextlib.suppress(OSError), atomic_target(kept) as place:  # a full disk keeps nothing
            place.unlink(missing_ok=True)
            _same_file(target, place)
        self._tidy()
        return False

    def facts(self, path: Path) -> "tuple[str, MediaFacts, bool] | None":
        """Give what `keep_facts` kept for a file that has not changed since."""
        if self.folder is None:
            return None
        try:
            place = self.folder / f"{_now(path)}.json"
            kept = json.loads(place.read_text("utf-8"))
            os.utime(place)
            return kept["content"], _read(kept["facts"]), bool(kept["sound"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep_facts(self, path: Path, content: str, facts: MediaFacts, *, sound: bool) -> None:
        """Keep what was found out about a file; `sound`: its sound decodes to the end."""
        if self.folder is not None:
            text = json.dumps({"content": content, "facts": _plain(asdict(facts)), "sound": sound})
            with contextlib.suppress(OSError), atomic_target(self.folder / f"{_now(path)}.json") as place:
                place.write_text(text, "utf-8")

    def _tidy(self) -> None:
        """Throw away what was used longest ago, when there is too much."""
        if self.folder is None:
            return
        found = []
        with contextlib.suppress(OSError):  # the folder may go at any time
            for entry in os.scandir(self.folder):
                with contextlib.suppress(OSError):
                    seen = entry.stat()
                    found.append((seen.st_mtime_ns, seen.st_size, entry.path))
        room, count = self.most_bytes, 0
        for _, size, name in sorted(found, reverse=True):
            room, count = room - size, count + 1
            if room < 0 or count > MOST_FILES:
                Path(name).unlink(missing_ok=True)


def _same_file(source: Path, target: Path) -> None:
    """Give a file a second name; where that cannot be, a copy."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(source, target)


def digest(words: Any) -> str:
    """Give the name of what was made from `words`."""
    return hashlib.sha256(json.dumps([VERSION, words], sort_keys=True).encode()).hexdigest()


def content_of(path: Path) -> str:
    """Give the SHA-256 of a file."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            found.update(chunk)
    return found.hexdigest()


def _now(path: Path) -> str:
    """Give a name for a file as it is now: it changes whenever the file is written, replaced or renamed."""
    seen = path.stat()
    return digest(["file", seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns])


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, Fraction):
        return {"fraction": str(value)}
    return {"hex": value.hex()} if isinstance(value, bytes) else value


def _rich(value: Any) -> Any:
    if isinstance(value, dict):
        return Fraction(value["fraction"]) if "fraction" in value else bytes.fromhex(value["hex"])
    return value


def _read(kept: dict[str, Any]) -> MediaFacts:
    parts = {
        name: kind(**{field.name: _rich(kept[name][field.name]) for field in fields(kind)}) if kept[name] else None
        for name, kind in (("video", VideoFacts), ("audio", AudioFacts))
    }
    return MediaFacts(**{**kept, **parts})
