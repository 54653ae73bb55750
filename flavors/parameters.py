"""Checks the parameters a call gives against the flavor's own: known by name, of the same kind, within limits."""

from collections.abc import Mapping
from typing import Any

from mvsite.common.text import is_keepable

LONGEST_TEXT, LONGEST_LIST = 2000, 40
_BOUNDS: dict[str, tuple[float, float]] = {"number_of_scenes": (1, 60), "temperature": (0, 2)}


def parameter_problems(known: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, str]:
    """Say by name what is wrong with `given`; `known` is the flavor's `parameters`. Empty when all is well."""
    return {name: say for name, value in given.items() if (say := _wrong(name, value, known))}


def _wrong(name: str, value: Any, known: Mapping[str, Any]) -> str:
    if name not in known:
        return "There is no such member, and the flavor has no such parameter."
    own = known[name]
    if isinstance(own, list):
        fits = isinstance(value, list) and len(value) <= LONGEST_LIST and all(_plain(each) for each in value)
        return "" if fits else f"Give a list of at most {LONGEST_LIST} texts or numbers."
    if isinstance(own, bool):
        return "" if isinstance(value, bool) else "Give true or false."
    if isinstance(own, int | float):
        return _wrong_number(value, whole=isinstance(own, int), bounds=_BOUNDS.get(name))
    return "" if isinstance(value, str) and _plain(value) else f"Give text of at most {LONGEST_TEXT} characters."


def _wrong_number(value: Any, *, whole: bool, bounds: tuple[float, float] | None) -> str:
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        return "Give a whole number." if whole else "Give a number."
    least, most = bounds or (-1e15, 1e15)
    return "" if least <= value <= most else f"Give a number from {least:g} to {most:g}."


def _plain(value: Any) -> bool:
    """Say whether it is a number, true or false, or a text of fair length that every database can keep."""
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT and is_keepable(value)
    return isinstance(value, bool | int | float)
