"""The boxes of an ISO media file (MP4, MOV), read without trusting any size or count in it.

Sources: ISO/IEC 14496-12. Nothing here recurses: whoever wants a box names its whole path.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MAX_BOXES = 1_000  # side by side
MAX_INDEX = 64 << 20  # bytes of `moov`

Numbers = NDArray[np.int64]


class BoxError(Exception):
    """The file is damaged, or built in a way that is not read here; the text says which."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box in memory: its kind, and what is inside it without the header."""

    kind: bytes
    data: memoryview

    def number(self, at: int, size: int = 4) -> int:
        """Give the unsigned number of `size` bytes that stands at byte `at`."""
        if at < 0 or at + size > len(self.data):
            raise BoxError(f"{self.name} ends too early")
        return int.from_bytes(self.data[at : at + size], "big")

    def table(self, at: int, rows: int, columns: int) -> Numbers:
        """Give `rows` x `columns` unsigned 32-bit numbers; checked against the box before anything is allocated."""
        if rows * columns * 4 > len(self.data) - at:
            raise BoxError(f"{self.name} promises more than it holds")
        if rows == 0:
            return np.zeros((0, columns), np.int64)
        flat = np.frombuffer(self.data, ">u4", rows * columns, at)
        return flat.astype(np.int64).reshape(rows, columns)

    def inside(self, at: int = 0) -> "Boxes":
        """Give the boxes inside this one, which begin at byte `at`."""
        return Boxes(self.name, list(_split(self.data[at:], self.name)))

    @property
    def name(self) -> str:
        """Give the kind as text that can be shown."""
        return self.kind.decode("ascii", "replace")


@dataclass(frozen=True, slots=True)
class Boxes:
    """Boxes side by side, inside the box named `owner`."""

    owner: str
    boxes: list[Box]

    def all(self, kind: bytes) -> list[Box]:
        """Give those of one kind."""
        return [box for box in self.boxes if box.kind == kind]

    def maybe(self, kind: bytes) -> Box | None:
        """Give the one of this kind, or None. Two of a kind are refused: nobody could say which one counts."""
        found = self.all(kind)
        if len(found) > 1:
            raise BoxError(f"{len(found)} boxes {found[0].name} in {self.owner}")
        return found[0] if found else None

    def one(self, kind: bytes) -> Box:
        """Give the one of this kind."""
        found = self.maybe(kind)
        if found is None:
            raise BoxError(f"no {kind.decode()} in {self.owner}")
        return found


def _split(data: memoryview, owner: str) -> Iterator[Box]:
    place = 0
    for _ in range(MAX_BOXES):
        if len(data) - place < 8:
            return
        size, header = int.from_bytes(data[place : place + 4], "big"), 8
        if size == 1:
            size, header = int.from_bytes(data[place + 8 : place + 16], "big"), 16
        elif size == 0:
            size = len(data) - place
        if size < header or size > len(data) - place:
            raise BoxError(f"a box in {owner} does not fit into it")
        yield Box(bytes(data[place + 4 : place + 8]), data[place + header : place + size])
        place += size
    raise BoxError(f"too many boxes in {owner}")


def top_boxes(path: Path) -> Iterator[tuple[bytes, int, int]]:
    """Give (kind, offset, size) of each outermost box; stops at the first that does not fit the file."""
    end = path.stat().st_size
    offset = 0
    with path.open("rb") as file:
        for _ in range(MAX_BOXES):
            file.seek(offset)
            head = file.read(16)
            if len(head) < 8:
                return
            size = int.from_bytes(head[:4], "big")
            if size == 1:
                size = int.from_bytes(head[8:16], "big")
            elif size == 0:
                size = end - offset
            if size < 8 or offset + size > end:
                return
            yield head[4:8], offset, size
            offset += size


def index_is_first(path: Path) -> bool:
    """Say whether the index (`moov`) stands before the payload (`mdat`), so that playing can start at once."""
    for kind, _, _ in top_boxes(path):
        if kind in {b"moov", b"mdat"}:
            return kind == b"moov"
    return False


def read_index(path: Path) -> Box:
    """Read `moov`. Raises BoxError when there is none, or several, or when the film comes in fragments."""
    found: list[tuple[int, int]] = []
    for kind, offset, size in top_boxes(path):
        if kind in {b"moof", b"sidx", b"styp"}:
            raise BoxError("it comes in fragments")
        if kind == b"moov":
            found.append((offset, size))
    if len(found) != 1:
        raise BoxError(f"{len(found)} indexes")
    offset, size = found[0]
    if size > MAX_INDEX:
        raise BoxError("its index is too large")
    with path.open("rb") as file:
        file.seek(offset)
        whole = file.read(size)
    if len(whole) != size:
        raise BoxError("its index ends too early")
    return next(_split(memoryview(whole), "the file"))
