"""The little that is read of WebM (EBML, RFC 8794) beside its demuxer, which takes half a file for a whole one."""

import os
from pathlib import Path
from typing import BinaryIO

HEADER, SEGMENT, CLUSTER = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67", b"\x1f\x43\xb6\x75"
FILLING = {b"\xec", b"\xbf"}  # Void and CRC-32: may stand anywhere
HEADS = {b"\x11\x4d\x9b\x74", b"\x15\x49\xa9\x66", b"\x16\x54\xae\x6b"}  # SeekHead, Info, Tracks
TAILS = {b"\x1c\x53\xbb\x6b", b"\x10\x43\xa7\x70", b"\x12\x54\xc3\x67", b"\x19\x41\xa4\x69"}  # Cues to Attachments
IN_CLUSTER = {b"\xe7", b"\xa7", b"\xab", b"\xa3", b"\xa0"}  # Timestamp, Position, PrevSize, SimpleBlock, BlockGroup
KNOWN = HEADS | TAILS | IN_CLUSTER | FILLING | {CLUSTER}
HEAD = 4_096  # bytes in which the segment begins
MOST = 2_000_000  # elements that are looked at: six hours of film have fewer
LONGEST_HEAD = 12  # bytes of a name and a size


def cut_short(path: Path) -> bool:
    """Say whether a WebM surely ends too early: it is smaller than it says to be, or ends amid an element.

    One that was written live (MediaRecorder) says no size; cut between two of its blocks it is like a whole one.
    """
    length = path.stat().st_size
    with path.open("rb") as file:
        at = 0
        for name in (HEADER, SEGMENT):
            found, size, head = _element(file, at)
            while name == SEGMENT and at < HEAD and found in FILLING and size is not None:
                at += head + size
                found, size, head = _element(file, at)
            if found != name:
                return False
            at += head + (size or 0)
            if name == SEGMENT and size is None:
                return _ends_amid(file, at, length)
    return at > length


def _ends_amid(file: BinaryIO, at: int, length: int) -> bool:
    """Go from element to element, into clusters of no stated size; what is not known there says nothing."""
    for _ in range(MOST):
        if at >= length:
            return at > length
        name, size, head = _element(file, at)
        if name not in KNOWN:
            return any(known.startswith(name) for known in KNOWN)
        if at + head > length:
            return True
        if size is None and name != CLUSTER:
            return False
        at += head + (size or 0)
    return False


def _element(file: BinaryIO, at: int) -> tuple[bytes, int | None, int]:
    """Give an element's name (what is there of it), its size (None: not stated) and the bytes both take.

    The first bit that is set ends the width of each; a size of ones alone is not stated.
    """
    file.seek(at, os.SEEK_SET)
    head = file.read(LONGEST_HEAD)
    width = 9 - head[0].bit_length() if head else 1
    name, rest = head[:width], head[width:]
    wide = 9 - (rest[0].bit_length() if rest else 8)
    size = int.from_bytes(rest[:wide], "big") & ((1 << 7 * wide) - 1)
    return name, None if size == (1 << 7 * wide) - 1 and len(rest) >= wide else size, width + wide
