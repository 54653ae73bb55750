"""Reads a group of YAML names into a dataclass whose fields name their reader: `x: Annotated[str | None, reader]`."""

import difflib
from dataclasses import dataclass, fields
from typing import Any, TypeVar, get_type_hints

import yaml

from flavors.readers import Reader
from flavors.yaml_text import Problem, pairs

Section = TypeVar("Section")


def given(section: Any) -> dict[str, Any]:
    """Give the values of a section that are there, by name."""
    values = {each.name: getattr(section, each.name) for each in fields(section)}
    return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a section stands: its file and the names above it, each followed by a dot."""

    file: str
    above: str = ""

    def problem(self, line: int, name: str, say: str) -> Problem:
        """Name something wrong in this section."""
        return Problem(self.file, line, f"{self.above}{name}".removesuffix("."), say)


def read_section(
    kind: type[Section], place: Place, node: yaml.Node, problems: list[Problem], *, besides: tuple[str, ...] = ()
) -> tuple[Section, dict[str, yaml.Node]]:
    """Read a mapping into `kind`, adding to `problems`; `besides` are names that the caller reads itself."""
    readers = _readers(kind)
    values: dict[str, Any] = {}
    rest: dict[str, yaml.Node] = {}
    if not isinstance(node, yaml.MappingNode):
        problems.append(place.problem(node.start_mark.line + 1, "", "expected names with values, indented below."))
        return kind(), rest
    for name, line, value in pairs(place.file, node, place.above):
        if name in besides:
            rest[name] = value
        elif name not in readers:
            problems.append(place.problem(line, name, f"there is no such name; {_hint(name, [*readers, *besides])}"))
        else:
            try:
                values[name] = readers[name](value)
            except ValueError as error:
                problems.append(place.problem(value.start_mark.line + 1, name, str(error)))
    return kind(**values), rest


def _readers(kind: type[Any]) -> dict[str, Reader]:
    hints = get_type_hints(kind, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items() if hasattr(hint, "__metadata__")}


def _hint(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}."
