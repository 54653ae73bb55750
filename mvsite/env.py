"""Typed readers for environment variables: the only place that reads `os.environ`.

Every reader writes down what it was asked for in `DECLARED`, so that a test can compare the
settings that exist with `docs/settings.md` and `.env.example`. What it reads as a secret is hidden
from the log from then on.
"""

import ipaddress
import os
import re
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, unquote_plus, urlsplit

from mvsite.logs import hide

T = TypeVar("T")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

BASE_DIR = Path(__file__).resolve().parent.parent
_PASSWORDS = re.compile(
    r"://[^/\s:]*:([^/\s?]+)@|[?&]\w*(?:password|secret|(?:client|server)_key)=([^&\s]+)", re.IGNORECASE
)
_LONGEST_WORD = 12
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
    if secret:
        hide(*_secrets_in(raw.strip()))
    try:
        return parse(raw.strip())
    except (ValueError, InvalidOperation) as error:
        shown = "its value" if secret else repr(raw)
        raise SettingError(f"{name}: {shown} cannot be used ({error}).") from None


def _secrets_in(raw: str) -> list[str]:
    """Return what must not be written: of addresses of servers their passwords, as they stand there and as they are.

    A password that is a word (`postgres://studio:password@host`: at most 12 small letters) or a name in its own
    address, is hidden in addresses alone (`mvsite.logs`): everywhere else it is a word. Names and passwords may have an
    `@` in them, and passwords may stand behind the `?`, as Redis and PostgreSQL read them.
    """
    if "://" not in raw:
        return [raw]
    found = []
    for address in re.split(r"[\s,;]+(?=[^\s,;:/]*://)", raw):
        passwords = [password for pair in _PASSWORDS.findall(address) for password in pair if password]
        for password in passwords:
            is_word = len(password) <= _LONGEST_WORD and password.isalpha() and password.islower()
            if address.count(password) == passwords.count(password) and not is_word:
                found += [password, unquote(password), unquote_plus(password)]
    return found


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


def listing(name: str, default: str = "", *, secret: bool = False) -> list[str]:
    """Read a comma-separated list; empty entries are dropped."""
    found = _parts(text(name, default, secret=secret))
    if secret:
        hide(*found)
    return found


def _parts(raw: str) -> list[str]:
    return [part.strip() for part in raw.split(",") if part.strip()]


def networks(name: str) -> list[Network]:
    """Read networks or addresses of either family, separated by commas (`203.0.113.0/24`)."""

    def parse(raw: str) -> list[Network] | None:
        return [ipaddress.ip_network(part, strict=False) for part in _parts(raw)]

    return _read(name, None, parse) or []


def hosts(name: str) -> list[str]:
    """Read names or addresses of hosts, separated by commas, in small letters: no scheme, port, path or bracket."""

    def parse(raw: str) -> list[str] | None:
        found = [part.lower() for part in _parts(raw)]
        for host in found:
            if not re.fullmatch(r"[\w-]+(\.[\w-]+)*", host):
                ipaddress.IPv6Address(host)
        return found

    return _read(name, None, parse) or []


def web_address(name: str, default: str = "") -> str:
    """Read the address of a web server, which begins with http:// or https://; empty where the default is empty."""

    def parse(raw: str) -> str:
        address = urlsplit(raw or default)
        if (raw or default) and not (address.scheme in ("http", "https") and address.hostname):
            raise ValueError("expected an address that begins with http:// or https://")
        return raw or default

    return _read(name, default, parse)


def origins(name: str) -> list[str]:
    """Read origins of pages as browsers send them, separated by commas: scheme, host and port, no path."""

    def parse(raw: str) -> list[str] | None:
        return [_origin(part.lower()) for part in _parts(raw)]

    return _read(name, None, parse) or []


def _origin(raw: str) -> str:
    origin = raw.removesuffix("/")
    if raw in ("null", "file://"):  # what pages without a host of their own send
        return raw
    if not re.fullmatch(r"[a-z][a-z0-9+.-]*://([\w.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", origin):
        raise ValueError("expected origins such as https://front.example or http://localhost:5173")
    return origin


def server(name: str, *, like: str, schemes: Sequence[str], parts: Callable[[str], object] = str) -> str:
    """Read where a server is, in the manner of `like`; the text is a secret, for it may hold a password.

    `schemes` are what it may begin with; `parts` takes it apart and raises ValueError where it cannot.
    """

    def parse(raw: str) -> str:
        scheme, mark, rest = raw.partition("://")
        if not raw:
            return raw
        if not mark or scheme.lower() not in schemes:
            begins = ", ".join(f"{each}://" for each in schemes)
            raise ValueError(f"expected an address such as {like}; it begins with one of {begins}")
        address = f"{scheme.lower()}://{rest}"
        try:
            parts(address)
        except ValueError:  # its words may tell a password
            raise ValueError(f"expected an address such as {like}") from None
        return address

    return _read(name, "", parse, secret=True)


def inner_path(name: str, default: str = "", *, taken: Sequence[str] = ()) -> str:
    """Read a path of a server's own, which begins and ends with a slash; empty means the default.

    `taken` are the first words that it may not have.
    """

    def parse(raw: str) -> str:
        if raw and not re.fullmatch(r"/(\w[\w.~-]*/)+", raw, re.ASCII):
            raise ValueError(f"expected a path such as {default or '/protected/'}")
        if raw and raw.split("/")[1] in taken:
            raise ValueError("other pages are there")
        return raw or default

    return _read(name, default, parse)


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
