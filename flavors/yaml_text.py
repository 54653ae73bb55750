"""Reads the YAML of strangers: bounded, no tags, no aliases, no repeated keys, and every value knows its line."""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from mvsite.common.text import is_keepable

LARGEST_BYTES = 64 * 1024
_DEEPEST = 6
_MOST_EVENTS = 4000


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong and where: the file's name, its line from 1, the field (dots between levels, may be empty)."""

    file: str
    line: int
    field: str
    say: str

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}"
        return f"{where}, {self.field}: {self.say}" if self.field else f"{where}: {self.say}"


class FlavorInvalidError(ValueError):
    """A flavor cannot be used; `problems` says everything that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(str(problem) for problem in problems))


def read_mapping(file: str, text: str) -> yaml.MappingNode:
    """Read one YAML document that is a mapping. Raises FlavorInvalidError naming the line; never builds an object."""
    if len(text.encode()) > LARGEST_BYTES:
        raise _invalid(file, 1, f"the file is larger than {LARGEST_BYTES // 1024} KB.")
    try:
        _look_before(file, text)
        node = yaml.compose(text, Loader=yaml.SafeLoader) or yaml.compose("{}", Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _invalid(
            file, mark.line + 1 if mark else 1, f"this is not YAML: {error.problem or error.context}."
        ) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise _invalid(file, line, "the file holds a character that YAML does not allow.") from None
    if not isinstance(node, yaml.MappingNode):
        raise _invalid(file, 1, "expected names with values, like `aspect_ratio: 16:9`.")
    return node


def pairs(file: str, node: yaml.MappingNode, above: str = "") -> Iterator[tuple[str, int, yaml.Node]]:
    """Give (name, line, value) of a mapping. Raises FlavorInvalidError for a repeated name or one that is no text."""
    seen: set[str] = set()
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or not is_keepable(key.value):
            raise _invalid(file, line, "a name must be plain text.", above)
        if key.value in seen:
            raise _invalid(file, line, "the name stands here for the second time.", f"{above}{key.value}")
        seen.add(key.value)
        yield key.value, line, value


def _look_before(file: str, text: str) -> None:
    """Walk over the events first: composing what is nested without end would exhaust the stack."""
    depth = documents = 0
    for count, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _invalid(file, line, "anchors and aliases (& and *) are not read here; write the value out.")
        if getattr(event, "tag", None):
            raise _invalid(file, line, "tags (!) are not read here; write the plain value.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
        if depth > _DEEPEST or count > _MOST_EVENTS:
            raise _invalid(file, line, "too deep or too many values.")
        if documents > 1:
            raise _invalid(file, line, "a second document (---) begins here; a file holds one.")


def _invalid(file: str, line: int, say: str, field: str = "") -> FlavorInvalidError:
    return FlavorInvalidError((Problem(file, line, field, say),))
