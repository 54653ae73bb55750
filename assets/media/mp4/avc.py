"""H.264 inside MP4: the parameter sets of a track, and how those of several clips live in one track.

Sources: ISO/IEC 14496-15 (avcC), ITU-T H.264 7.3 (the first fields of SPS and PPS).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assets.media.mp4.boxes import Box, BoxError

SLICE, KEY_SLICE, SPS, PPS = 1, 5, 7, 8
ENTRY_HEAD = 78  # bytes of a visual sample entry before its boxes
MOST_SETS = {SPS: 31, PPS: 255}
# Profiles whose avcC also says chroma format and depth; here always 4:2:0 with 8 bits.
WITH_CHROMA = {100, 110, 122, 144}
CHROMA_420 = b"\xfd\xf8\xf8\x00"


@dataclass(frozen=True, slots=True)
class ParameterSets:
    """All SPS and PPS of one track, by what they are and their id: {(7, 0): bytes, (8, 0): bytes}."""

    units: dict[tuple[int, int], bytes]

    def prefix(self) -> bytes:
        """Give them as they stand inside a sample: each behind its length in four bytes."""
        return b"".join(len(unit).to_bytes(4, "big") + unit for unit in self.units.values())


def parameter_sets(avcc: bytes) -> ParameterSets:
    """Read an avcC. Raises BoxError unless it is whole, with sample lengths of four bytes."""
    if len(avcc) < 7 or avcc[0] != 1 or avcc[4] & 3 != 3:
        raise BoxError("unusual packing")
    units: dict[tuple[int, int], bytes] = {}
    place = 5
    for kind, mask in ((SPS, 0x1F), (PPS, 0xFF)):
        if place >= len(avcc):
            raise BoxError("the decoder's set-up ends too early")
        count = avcc[place] & mask
        place += 1
        for _ in range(count):
            length = int.from_bytes(avcc[place : place + 2], "big")
            unit = avcc[place + 2 : place + 2 + length]
            if len(unit) != length or not length:
                raise BoxError("the decoder's set-up ends too early")
            if unit[0] & 0x1F != kind or units.setdefault((kind, set_id(unit)), unit) != unit:
                raise BoxError("the decoder's set-up contradicts itself")
            place += 2 + length
    if not {SPS, PPS} <= {kind for kind, _ in units}:
        raise BoxError("the decoder's set-up is empty")
    return ParameterSets(units)


def sets_of(entry: Box) -> ParameterSets:
    """Read the parameter sets of a sample entry. Raises BoxError when it is not avc1 or avc3."""
    if entry.kind not in {b"avc1", b"avc3"}:
        raise BoxError(f"codec {entry.name}")
    return parameter_sets(bytes(entry.inside(ENTRY_HEAD).one(b"avcC").data))


def set_id(unit: bytes) -> int:
    """Give the id of an SPS or PPS. Raises BoxError."""
    body = unit[1:24].replace(b"\0\0\3", b"\0\0")  # the bytes that only keep start codes apart
    return _exp_golomb(body[3:] if unit[0] & 0x1F == SPS else body)


def _exp_golomb(data: bytes) -> int:
    """Read one ue(v); ids are small, so long ones are damage."""
    bits = "".join(f"{byte:08b}" for byte in data[:4])
    zeros = len(bits) - len(bits.lstrip("0"))
    if 2 * zeros + 1 > min(len(bits), 17):
        raise BoxError("a parameter set without an id")
    return int(bits[zeros : 2 * zeros + 1], 2) - 1


def merged(all_sets: Iterable[ParameterSets]) -> ParameterSets | None:
    """Unite sets whose ids do not contradict each other; None when two clips use one id for different things."""
    units: dict[tuple[int, int], bytes] = {}
    for sets in all_sets:
        for key, unit in sets.units.items():
            if units.setdefault(key, unit) != unit:
                return None
    many = {kind: sum(other == kind for other, _ in units) for kind in (SPS, PPS)}
    return ParameterSets(units) if all(many[kind] <= most for kind, most in MOST_SETS.items()) else None


def as_avcc(sets: ParameterSets) -> bytes:
    """Write an avcC; profile and level are those of the most demanding SPS."""
    groups = [[unit for (kind, _), unit in sorted(sets.units.items()) if kind == wanted] for wanted in (SPS, PPS)]
    richest = max(groups[0], key=lambda unit: (unit[3], unit[1]))
    made = bytes([1, *richest[1:4], 0xFF])
    for mark, units in zip((0xE0, 0), groups, strict=True):
        made += bytes([mark | len(units)]) + b"".join(len(unit).to_bytes(2, "big") + unit for unit in units)
    return made + (CHROMA_420 if richest[1] in WITH_CHROMA else b"")


@dataclass(frozen=True, slots=True)
class KeyLook:
    """What the first bytes of a key sample say: whether it resets the decoder, and which sets stand in it."""

    resets: bool
    sets: tuple[bytes, ...]


def look_at_key(head: bytes, size: int) -> KeyLook:
    """Read the units at the beginning of a sample of `size` bytes, as far as `head` goes. Raises BoxError."""
    place = 0
    found: list[bytes] = []
    while place + 5 <= len(head):
        length = int.from_bytes(head[place : place + 4], "big")
        kind = head[place + 4] & 0x1F
        if not length or place + 4 + length > size:
            raise BoxError("a sample that does not fit itself")
        if kind in {SLICE, KEY_SLICE}:
            return KeyLook(kind == KEY_SLICE, tuple(found))
        if kind in {SPS, PPS}:
            found.append(head[place + 4 : place + 4 + length])
        place += 4 + length
    return KeyLook(resets=False, sets=tuple(found))


def agree(sets: ParameterSets, looks: Sequence[KeyLook]) -> bool:
    """Say whether sets that stand inside the samples are those of the entry: else they would outlive their clip."""
    return all(unit in sets.units.values() for look in looks for unit in look.sets)
