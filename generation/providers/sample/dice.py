"""Stable chance: numbers that depend on names only, the same in every process and on every machine."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A bag of named throws; the same parts and the same name always fall alike, in any order of asking."""

    def __init__(self, *parts: object) -> None:
        self._key = "\x1f".join(str(part) for part in parts)

    def number(self, name: object) -> int:
        """Give a whole number of 64 bits."""
        digest = hashlib.blake2b(f"{self._key}\x1e{name}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big")

    def unit(self, name: object) -> float:
        """Give a number in 0..1, 1 excluded."""
        return self.number(name) / 2**64

    def between(self, name: object, low: float, high: float) -> float:
        """Give a number between the two."""
        return low + (high - low) * self.unit(name)

    def pick(self, name: object, options: Sequence[T]) -> T:
        """Give one of `options`."""
        return options[self.number(name) % len(options)]

    def chance(self, name: object, probability: float) -> bool:
        """Say yes with `probability`."""
        return self.unit(name) < probability

    def shuffled(self, name: object, options: Sequence[T]) -> list[T]:
        """Give the options in a stable mixed order."""
        order = sorted(range(len(options)), key=lambda index: self.number(f"{name}:{index}"))
        return [options[index] for index in order]
