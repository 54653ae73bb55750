"""Sample entries: what the decoder of a track must know. Ours are written anew, so nothing of a foreign file slips in.

Sources: ISO/IEC 14496-12 8.5.2, 14496-1 (esds), 14496-3 (AudioSpecificConfig), ITU-T H.273 (colours).
"""

import struct
from dataclasses import dataclass

from assets.media.mp4.boxes import Box, BoxError
from assets.media.mp4.index import box, full_box

SOUND_HEAD = 28  # bytes of a sound entry before its boxes
AAC, AAC_LC = 0x40, 2
RATES = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350)
ES, DECODER, SPECIFIC, LAYER = 3, 4, 5, 6
LONGEST = 64  # bytes of a set-up: with it each descriptor's length still fits into one byte
FRAME = 1_024  # samples of an AAC packet
BT709 = 1


def avc_entry(*, width: int, height: int, avcc: bytes, tagged: bool) -> bytes:
    """Give an avc1 entry with square pixels; `tagged` says in it that the colours are BT.709, video levels."""
    head = struct.pack(
        ">6xH16xHHIIIH32xHh", 1, width, height, 0x480000, 0x480000, 0, 1, 0x18, -1
    )  # 72 dpi, one frame a sample, 24 bits, no palette
    colours = box(b"colr", b"nclx", struct.pack(">HHHB", BT709, BT709, BT709, 0)) if tagged else b""
    return box(b"avc1", head, box(b"avcC", avcc), colours, box(b"pasp", struct.pack(">II", 1, 1)))


@dataclass(frozen=True, slots=True)
class Aac:
    """How a track of AAC-LC is set up: samples per second, channels, and the bytes for the decoder."""

    rate: int
    channels: int
    config: bytes

    def entry(self) -> bytes:
        """Give an mp4a entry."""
        decoder = struct.pack(">BB3xII", AAC, 0x15, 0, 0) + _descriptor(SPECIFIC, self.config)
        stream = struct.pack(">HB", 0, 0) + _descriptor(DECODER, decoder) + _descriptor(LAYER, b"\2")
        head = struct.pack(">6xH8xHHHHI", 1, self.channels, 16, 0, 0, self.rate << 16)
        return box(b"mp4a", head, full_box(b"esds", 0, _descriptor(ES, stream)))


def _descriptor(tag: int, content: bytes) -> bytes:
    return bytes([tag, len(content)]) + content


def aac_of(entry: Box) -> Aac:
    """Read an mp4a entry. Raises BoxError for anything but AAC-LC with one or two channels at an ordinary rate."""
    if entry.kind != b"mp4a" or entry.number(8, 2) != 0:
        raise BoxError(f"sound of kind {entry.name}")
    esds = bytes(entry.inside(SOUND_HEAD).one(b"esds").data[4:])
    stream = _content(esds, ES)
    if len(stream) < 3 or stream[2] & 0xE0:
        raise BoxError("unusual sound set-up")
    decoder = _content(stream[3:], DECODER)
    if len(decoder) < 13 or decoder[0] != AAC:
        raise BoxError("sound that is not AAC")
    config = _content(decoder[13:], SPECIFIC)
    if not 2 <= len(config) <= LONGEST:
        raise BoxError("unusual sound set-up")
    bits = int.from_bytes(config[:2], "big")
    kind, rate, channels = bits >> 11, bits >> 7 & 0xF, bits >> 3 & 0xF
    # The last three bits: packets of 1024 samples, no core coder, no extension.
    if kind != AAC_LC or rate >= len(RATES) or channels not in {1, 2} or bits & 7:
        raise BoxError("sound that is not plain AAC-LC")
    return Aac(RATES[rate], channels, config)


def _content(data: bytes, tag: int) -> bytes:
    """Give what is inside the descriptor that `data` begins with."""
    if not data or data[0] != tag:
        raise BoxError("unusual sound set-up")
    length, place = 0, 1
    for _ in range(4):
        if place >= len(data):
            break
        byte = data[place]
        place += 1
        length = length << 7 | byte & 0x7F
        if not byte & 0x80:
            content = data[place : place + length]
            if len(content) == length:
                return content
            break
    raise BoxError("the sound's set-up ends too early")
