"""Typed readers for environment variables: the only place that reads `os.environ`.

Every reader writes down what it was asked for in `DECLARED`, so that a test can compare the
settings that exist with `docs/settings.md` and `.env.example`.
"""

import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

BASE_DIR = Path(__file__).resolve().parent.parent
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


class SettingError(RuntimeError):
    """A variable holds something its reader cannot use; the text names the variable, never a secret value."""


@dataclass(frozen=True, slots=True)
class Declared:
    """One variable the program knows: its name, its default as text, and whether it is a secret."""

    name: str
    default: str
    secret: bool


DECLARED: dict[str, Declared] = {}


def _read(name: str, default: T, parse: Callable[[str], T], *, secret: bool = False) -> T:
    DECLARED.setdefault(name, Declared(name, "" if default is None else str(default), secret))
    raw = os.environ.get(name)
    if raw is None or (raw == "" and not isinstance(default, str)):
        return default
    try:
        return parse(raw.strip())
    except (ValueError, InvalidOperation) as error:
        shown = "its value" if secret else repr(raw)
        raise SettingError(f"{name}: {shown} cannot be used ({error}).") from None


def text(name: str, default: str = "", *, secret: bool = False) -> str:
    """Read text; surrounding spaces are dropped."""
    return _read(name, default, str, secret=secret)


def flag(name: str, *, default: bool) -> bool:
    """Read yes or no: 1/true/yes/on and 0/false/no/off in any case."""

    def parse(raw: str) -> bool:
        if raw.lower() in _TRUE:
            return True
        if raw.lower() in _FALSE:
            return False
        raise ValueError("expected true or false")

    return _read(name, default, parse)


def whole(name: str, default: int, *, at_least: int = 0, at_most: int | None = None) -> int:
    """Read a whole number not below `at_least` and not above `at_most`."""

    def parse(raw: str) -> int:
        number = int(raw)
        if number < at_least:
            raise ValueError(f"expected at least {at_least}")
        if at_most is not None and number > at_most:
            raise ValueError(f"expected at most {at_most}")
        return number

    return _read(name, default, parse)


def number(name: str, default: float, *, at_least: float = 0.0) -> float:
    """Read a decimal number not below `at_least`."""

    def parse(raw: str) -> float:
        value = float(raw)
        if not at_least <= value < float("inf"):
            raise ValueError(f"expected a number of at least {at_least}")
        return value

    return _read(name, default, parse)


def money(name: str, default: Decimal) -> Decimal:
    """Read an amount in USD."""
    return _read(name, default, _amount)


def _amount(raw: str) -> Decimal:
    amount = Decimal(raw)
    if not amount.is_finite() or amount < 0:
        raise ValueError("expected an amount in USD")
    return amount


def limit(name: str) -> Decimal | None:
    """Read an amount in USD that may be left empty, which means none."""
    return _read(name, None, _amount)


def one_of(name: str, default: str, *allowed: str) -> str:
    """Read one of a few words."""

    def parse(raw: str) -> str:
        word = raw.lower() or default
        if word not in allowed:
            raise ValueError(f"expected {', '.join(allowed)}")
        return word

    return _read(name, default, parse)


def pair(name: str) -> tuple[int, int] | None:
    """Read two whole numbers of at least 1 with a slash between them (`5/60`); None when it is not set."""

    def parse(raw: str) -> tuple[int, int]:
        first, slash, second = raw.partition("/")
        numbers = int(first), int(second)
        if not slash or min(numbers) < 1:
            raise ValueError("expected two whole numbers, such as 5/60")
        return numbers

    return _read(name, None, parse)


def listing(name: str, default: str = "") -> list[str]:
    """Read a comma-separated list; empty entries are dropped."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def folder(name: str, default: str) -> Path:
    """Read the path of a folder or file; a relative one is taken from the project's root."""
    path = Path(text(name, default)).expanduser()
    return path if path.is_absolute() else BASE_DIR / path


def use_data_dir(words: Sequence[str]) -> None:
    """Let `--data DIR` among a command's words win over MV_DATA_DIR; here a relative folder is the caller's own."""
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--data")
    found = parser.parse_known_args(words)[0].data
    if found:
        os.environ["MV_DATA_DIR"] = str(Path(found).expanduser().resolve())


def first_of(*names: str) -> str:
    """Read the first of several secret variables that is set, else an empty text."""
    values = [text(name, secret=True) for name in names]
    return next((value for value in values if value), "")


def for_child(**extra: str) -> dict[str, str]:
    """Give the whole environment plus `extra`, for a child process of our own."""
    return {**os.environ, **extra}


def has_display() -> bool:
    """Say whether a browser could open a window here."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
