"""The outermost boxes of an ISO media file (MP4, MOV), read without trusting any size in it."""

from collections.abc import Iterator
from pathlib import Path

MAX_BOXES = 1_000


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
