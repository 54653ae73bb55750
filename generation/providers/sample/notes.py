"""Keeps the recipe of a sample clip inside its MP4: a box of our own at the end, which every player skips."""

import json
import struct
import uuid
from pathlib import Path
from typing import Any, BinaryIO

_BOX_ID = uuid.uuid5(uuid.NAMESPACE_URL, "mv-studio:sample-clip-recipe").bytes
_LARGEST_NOTE = 1 << 20
_MOST_BOXES = 4096


def append_note(path: Path, facts: dict[str, Any]) -> None:
    """Write `facts` as JSON into a `uuid` box after the last one."""
    payload = _BOX_ID + json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()
    with path.open("ab") as out:
        out.write(struct.pack(">I4s", 8 + len(payload), b"uuid") + payload)


def read_note(path: Path) -> dict[str, Any] | None:
    """Read the facts again; None when the file has none or is no MP4 (it is a stranger's until checked)."""
    with path.open("rb") as source:
        end = source.seek(0, 2)
        source.seek(0)
        for _ in range(_MOST_BOXES):
            found = _next_box(source, end)
            if found is None:
                return None
            kind, body, stop = found
            if kind == b"uuid" and stop - body <= _LARGEST_NOTE and source.read(16) == _BOX_ID:
                return _facts(source.read(stop - body - 16))
            source.seek(stop)
    return None


def _next_box(source: BinaryIO, end: int) -> tuple[bytes, int, int] | None:
    """Read one box header: its kind, where its body starts and where it stops."""
    start = source.tell()
    header = source.read(8)
    if len(header) < 8:
        return None
    size, kind = struct.unpack(">I4s", header)
    body = start + 8
    if size == 1:
        long = source.read(8)
        if len(long) < 8:
            return None
        size, body = struct.unpack(">Q", long)[0], start + 16
    stop = end if size == 0 else start + size
    return (kind, body, stop) if body <= stop <= end else None


def _facts(payload: bytes) -> dict[str, Any] | None:
    try:
        facts = json.loads(payload)
    except ValueError:
        return None
    return facts if isinstance(facts, dict) else None
