"""Readers of single YAML values: each takes a node and gives the typed value, or raises ValueError with a sentence.

They go by the field's type, not by YAML's guesses: `aspect_ratio: 16:9` is the text 16:9 and not the number 969.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Any

import yaml

from mvsite.common.text import is_keepable

Reader = Callable[[yaml.Node], Any]
_YES, _NO = {"true", "yes", "on"}, {"false", "no", "off"}
_NULL = "tag:yaml.org,2002:null"
_WHOLE = re.compile(r"[-+]?\d{1,15}")
_DECIMAL = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d{1,2})?")
_LONGEST_LIST = 40


@dataclass(frozen=True, slots=True)
class Template:
    """A prompt with marks; `source` is what stands for it in the file, beginning on its line `line`."""

    text: str
    line: int
    source: str


def raw(node: yaml.Node) -> str:
    """Read one plain value as the text that stands there."""
    if isinstance(node, yaml.ScalarNode):
        if node.style is None and node.tag == _NULL:
            raise ValueError("has no value; write one, or take the name away.")
        if not is_keepable(node.value):  # YAML can spell what no file holds: "\0"
            raise ValueError("holds a character that cannot be kept.")
        return str(node.value)
    raise ValueError("expected one value, not a list or a group of names.")


def text(longest: int, *, may_be_empty: bool = False) -> Reader:
    """Read text of at most `longest` characters."""

    def read(node: yaml.Node) -> str:
        value = raw(node).strip()
        if len(value) > longest:
            raise ValueError(f"has {len(value)} characters, at most {longest} are taken.")
        if not value and not may_be_empty:
            raise ValueError("is empty.")
        return value

    return read


def template(longest: int) -> Reader:
    """Read a prompt; its marks are looked at later, when all parameters are known."""
    inner = text(longest)

    def read(node: yaml.Node) -> Template:
        value, start = inner(node), node.start_mark
        whole = start.buffer or ""  # of a text that was given as a whole, as ours are
        return Template(value, start.line + 1, whole[start.pointer : node.end_mark.pointer])

    return read


def one_of(*choices: str) -> Reader:
    """Read one of the given words."""

    def read(node: yaml.Node) -> str:
        value = raw(node)
        if value not in choices:
            raise ValueError(f"{_short(value)} is none of {', '.join(choices)}.")
        return value

    return read


def whole(least: int, most: int) -> Reader:
    """Read a whole number from `least` to `most`."""

    def read(node: yaml.Node) -> int:
        value = raw(node)
        if not _WHOLE.fullmatch(value) or not least <= int(value) <= most:
            raise ValueError(f"{_short(value)} is not a whole number from {least} to {most}.")
        return int(value)

    return read


def whole_of(*choices: int) -> Reader:
    """Read one of the given whole numbers."""
    inner = one_of(*(str(choice) for choice in choices))
    return lambda node: int(inner(node))


def number(least: float, most: float) -> Reader:
    """Read a number from `least` to `most`."""

    def read(node: yaml.Node) -> float:
        value = raw(node)
        if not _DECIMAL.fullmatch(value) or not least <= float(value) <= most:
            raise ValueError(f"{_short(value)} is not a number from {least:g} to {most:g}.")
        return float(value)

    return read


def yes_no(node: yaml.Node) -> bool:
    """Read true or false (yes and no, on and off are the same)."""
    value = raw(node).lower()
    if value not in _YES | _NO:
        raise ValueError(f"{_short(value)} is neither true nor false.")
    return value in _YES


def words(node: yaml.Node) -> tuple[str, ...]:
    """Read a list of short texts."""
    if not isinstance(node, yaml.SequenceNode) or len(node.value) > _LONGEST_LIST:
        raise ValueError(f"expected a list of at most {_LONGEST_LIST} texts, like [one, two].")
    inner = text(100)
    return tuple(inner(each) for each in node.value)


def free(node: yaml.Node) -> str | int | float | bool | list[str | int | float | bool]:
    """Read a parameter of the flavor's own: text, a number, true or false, or a list of these."""
    if isinstance(node, yaml.SequenceNode):
        if len(node.value) > _LONGEST_LIST:
            raise ValueError(f"has more than {_LONGEST_LIST} entries.")
        return [_scalar(each) for each in node.value]
    return _scalar(node)


def _scalar(node: yaml.Node) -> str | int | float | bool:
    value: str = text(2000, may_be_empty=True)(node)
    if isinstance(node, yaml.ScalarNode) and node.style is None:
        if value.lower() in {"true", "false"}:
            return value.lower() == "true"
        if _WHOLE.fullmatch(value):
            return int(value)
        if _DECIMAL.fullmatch(value) and isfinite(float(value)):
            return float(value)
    return value


def _short(value: str) -> str:
    return repr(value if len(value) <= 40 else f"{value[:40]}…")
