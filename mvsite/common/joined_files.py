"""Fewer requests for a page: its modules and style sheets are joined when static files are collected.

Every module lives in exactly one joined file, so whatever it keeps is kept once. It goes where it is needed: to the one
page or lazily loaded part that needs it, into a file beside the two that do, or, needed by more, to what every page
loads. Sources stay as they are, and development serves them one by one.
"""

import posixpath
import re
from collections.abc import Mapping
from functools import cached_property

SHELL = "js/shell.js"  # every page loads it
_MANY = 3  # pages and lazily loaded parts; modules that so many need go with the shell
_IMPORT = re.compile(r'^import (?:(\{(?:(?! as )[^}])*\}) from )?"([^"]+)";\n', re.MULTILINE)
_LAZY = re.compile(r'\bimport\("([^"]+)"\)')
_EXPORT = re.compile(r"^export ((?:async )?function|class|const) (\w+)", re.MULTILINE)
_OTHER = re.compile(r"^(?:import\b(?!\()|export\b).*|\bimport\.meta\b|^await\b.*", re.MULTILINE)
_STYLE = re.compile(r'^@import "([^"]+)";\n', re.MULTILINE)


class JoinError(Exception):
    """A module is written in a way that cannot be joined."""


class Modules:
    """All modules of the pages by name, `js/…`. Those that no other one needs are what templates load."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.sources = sources
        self.needs = {name: self._named(name, _IMPORT, 2) for name in sources}
        needed = {need for needs in self.needs.values() for need in needs}
        lazy = {target for name in sources for target in self._named(name, _LAZY, 1)}
        self.roots = sorted((set(sources) - needed) | lazy | {SHELL})

    def _named(self, name: str, pattern: re.Pattern[str], group: int) -> list[str]:
        found = [beside(name, match[group]) for match in pattern.finditer(self.sources[name])]
        for target in found:
            if target not in self.sources:
                raise JoinError(f"{name}: there is no {target}")
        return found

    def _reached(self, root: str) -> list[str]:
        """Return a module after all it needs, in the order in which a browser runs them. Raises JoinError."""
        order: dict[str, bool] = {}

        def visit(name: str) -> None:
            if name in order:
                if not order[name]:
                    raise JoinError(f"{name} needs itself")
                return
            order[name] = False
            for need in self.needs[name]:
                visit(need)
            order[name] = True
            order[name] = order.pop(name)  # behind what it needs

        visit(root)
        return list(order)

    @cached_property
    def joined(self) -> dict[str, list[str]]:
        """The modules of each joined file in order; it bears the name of the last, which needs the others."""
        reached = {root: self._reached(root) for root in self.roots}
        needed_by: dict[str, list[str]] = {}
        for root, names in reached.items():
            for name in names:
                needed_by.setdefault(name, []).append(root)
        groups: dict[tuple[str, ...], list[str]] = {}
        for name, roots in needed_by.items():
            place = (SHELL,) if SHELL in roots or len(roots) >= _MANY else tuple(roots)
            groups.setdefault(place, []).append(name)
        return {self._last(place, names): names for place, names in groups.items()}

    @staticmethod
    def _last(place: tuple[str, ...], names: list[str]) -> str:
        """Put the file's own module last: the page or part itself where it is among them."""
        own = next((root for root in place if root in names), names[-1])
        names.append(names.pop(names.index(own)))
        return own

    @cached_property
    def homes(self) -> dict[str, str]:
        """The joined file of each module."""
        return {name: home for home, names in self.joined.items() for name in names}

    def text(self, home: str) -> str:
        """Return a joined file: what it takes from others, each module as a function of its own, what others may take.

        Raises JoinError.
        """
        names = self.joined[home]
        outside: dict[str, list[str]] = {}
        for name in names:
            for need in self.needs[name]:
                if self.homes[need] != home and need not in outside.setdefault(self.homes[need], []):
                    outside[self.homes[need]].append(need)
        imports = [_taken(home, other, needs) for other, needs in outside.items()]
        given = ", ".join(map(variable, names))
        return "".join([*imports, *(self._wrapped(name, home) for name in names), f"export {{ {given} }};\n"])

    def _wrapped(self, name: str, home: str) -> str:
        given: list[str] = []

        def export(match: re.Match[str]) -> str:
            given.append(match[2])
            return f"{match[1]} {match[2]}"

        def take(match: re.Match[str]) -> str:
            return f"const {match[1]} = {variable(beside(name, match[2]))};\n" if match[1] else ""

        def load(match: re.Match[str]) -> str:
            target = beside(name, match[1])
            taken = variable(target)
            return f'import("{_relative(home, self.homes[target])}").then(({{ {taken} }}) => {taken})'

        body = _EXPORT.sub(export, _IMPORT.sub(take, self.sources[name]))
        if wrong := _OTHER.search(body):
            raise JoinError(f"{name}: {wrong[0]}")
        body = _LAZY.sub(load, body)
        return f"const {variable(name)} = (() => {{\n{body}return {{ {', '.join(given)} }};\n}})();\n"


def joined_style(name: str, sources: Mapping[str, str]) -> str:
    """Return a style sheet with what it imports in the place of the import. Raises JoinError."""

    def whole(match: re.Match[str]) -> str:
        other = beside(name, match[1])
        if other not in sources or posixpath.dirname(other) != posixpath.dirname(name):
            raise JoinError(f"{name}: there is no {other} beside it")
        return joined_style(other, sources)

    return _STYLE.sub(whole, sources[name])


def beside(name: str, path: str) -> str:
    """Return the name that a relative path in a file means."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), path))


def _relative(name: str, other: str) -> str:
    path = posixpath.relpath(other, posixpath.dirname(name))
    return path if path.startswith(".") else f"./{path}"


def _taken(home: str, other: str, needs: list[str]) -> str:
    """Return the import of modules of another file; modules that only do something are imported as well as others."""
    return f'import {{ {", ".join(map(variable, needs))} }} from "{_relative(home, other)}";\n'


def variable(name: str) -> str:
    """Return what a module is called in joined files: no module of ours begins a name of its own so."""
    return "$" + re.sub(r"\W", "_", name.removeprefix("js/").removesuffix(".js"))
