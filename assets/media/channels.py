"""How many channels a sound file states, for the kinds that may say for which speaker a channel is."""

import struct
from pathlib import Path

from assets.media.errors import MediaProblem
from assets.media.probe import opened

FLAC_INFO = 8  # bytes before what FLAC says of its stream, which comes first in it
MOST_CHUNKS = 64  # of a WAV before the one that says what its samples are


def one_channel(path: Path, kind: str) -> bool:
    """Say whether a WAV, FLAC or MOV has one channel alone; no other kind is looked at."""
    if kind == "wav":
        return _wav_channels(path) == 1
    if kind == "flac":
        with path.open("rb") as file:
            info = file.read(FLAC_INFO + 13)[FLAC_INFO:]
        return len(info) == 13 and info[12] >> 1 & 7 == 0
    return kind == "mov" and _mov_channels(path) == 1


def _mov_channels(path: Path) -> int:
    """Give the channels of a MOV's first sound, 0 without one; what is wrong with it is said by who works with it."""
    try:
        with opened(path) as (_, container):
            return container.streams.audio[0].channels if container.streams.audio else 0
    except MediaProblem:
        return 0


def _wav_channels(path: Path) -> int:
    """Give the channels of a WAV, 0 when nothing says so."""
    with path.open("rb") as file:
        at = 12
        for _ in range(MOST_CHUNKS):
            file.seek(at)
            head = file.read(12)
            if len(head) < 12:
                return 0
            name, size, _, channels = struct.unpack("<4sIHH", head)
            if name == b"fmt ":
                return int(channels)
            at += 8 + size + size % 2
    return 0
