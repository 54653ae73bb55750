"""The locks: they hold what the `.in` files ask for, every file by its hash, and they name no place to get it from."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.tree import ROOT

OVERRIDES = "requirements-overrides.in"
PAIRS = {
    f"{name}.in": f"{name}.lock"
    for name in ("requirements", "requirements-dev", "requirements-youtube", "requirements-bench")
}
LOCKS = sorted(PAIRS.values())
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Pin:
    """One package of a lock: its version, how many hashes it has, and who asks for it."""

    version: str
    hashes: int
    asked_by: frozenset[str]


def asked(name: str) -> Iterator[Requirement]:
    """Yield the requirements of an `.in` file."""
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        text = line.split("#")[0].strip()
        if text:
            yield Requirement(text)


def pins(name: str) -> dict[str, Pin]:
    """Read a lock: what is pinned, by canonical name."""
    found: dict[str, Pin] = {}
    for block in re.split(r"^(?=\w)", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE):
        if start := PINNED.match(block):
            askers = re.findall(r"#(?: via)? +(\S.*)$", block, re.MULTILINE)
            pin = Pin(start["version"], block.count("--hash=sha256:"), frozenset(askers))
            found[canonicalize_name(start["name"])] = pin
    return found


@pytest.mark.parametrize("asking", PAIRS)
def test_lock_holds_what_is_asked_for(asking: str) -> None:
    locked = pins(PAIRS[asking])
    wrong = [
        str(requirement)
        for requirement in asked(asking)
        if (pin := locked.get(canonicalize_name(requirement.name))) is None
        or not requirement.specifier.contains(pin.version, prereleases=True)
    ]
    assert wrong == [], "run ./studio lock"


@pytest.mark.parametrize("asking", PAIRS)
def test_lock_holds_nothing_that_is_no_longer_asked_for(asking: str) -> None:
    names = {canonicalize_name(requirement.name) for requirement in asked(asking)}
    direct = {name for name, pin in pins(PAIRS[asking]).items() if f"-r {asking}" in pin.asked_by}
    assert direct - names == set(), "run ./studio lock"


@pytest.mark.parametrize("name", LOCKS)
def test_lock_names_no_place_and_hashes_every_file(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"\S*://\S*|^ *--(?!hash)\S+|^-\S+", text, re.MULTILINE) == []
    assert [package for package, pin in pins(name).items() if pin.hashes == 0] == []
    unread = [line for line in text.splitlines() if line and not line.startswith((" ", "#")) and not PINNED.match(line)]
    assert unread == []


def test_overrides_are_what_is_locked() -> None:
    locked = pins("requirements.lock")
    for requirement in asked(OVERRIDES):
        assert str(requirement.specifier) == f"=={locked[canonicalize_name(requirement.name)].version}"


@pytest.mark.parametrize("name", ["requirements-dev.lock", "requirements-youtube.lock"])
def test_locks_that_are_installed_together_agree(name: str) -> None:
    runtime, other = pins("requirements.lock"), pins(name)
    both = runtime.keys() & other.keys()
    assert {n: (runtime[n].version, other[n].version) for n in both if runtime[n].version != other[n].version} == {}
