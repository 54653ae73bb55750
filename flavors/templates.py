"""Prompts as templates: `{name}` is replaced, `{{` and `}}` stand for one brace, and nothing else happens.

What is put in is never read again, so a person's text may hold any braces and can ask for nothing.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

ALWAYS = ("idea", "character_description", "number_of_scenes")
_MARK = re.compile(r"\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_]*)\}|[{}]")


def problems_in(template: str, names: Iterable[str]) -> list[tuple[int, str]]:
    """List (line within the text from 0, what is wrong) for every mark that is not one of `names`."""
    known = {*ALWAYS, *names}
    found = []
    for mark in _MARK.finditer(template):
        name = mark.group(1)
        line = template.count("\n", 0, mark.start())
        if name is not None and name not in known:
            found.append((line, f"{{{name}}} is neither {_list(ALWAYS)} nor a name in parameters.yaml."))
        elif mark.group() in {"{", "}"}:
            found.append((line, f"a single {mark.group()}; write {mark.group() * 2} for a brace that is meant."))
    return found


def fill(template: str, values: Mapping[str, Any]) -> str:
    """Replace every `{name}` by its value, once. Raises KeyError for a name without one."""

    def put(mark: re.Match[str]) -> str:
        name = mark.group(1)
        return mark.group()[0] if name is None else as_text(values[name])

    return _MARK.sub(put, template)


def as_text(value: Any) -> str:
    """Write a parameter's value as a prompt reads it: `yes` and `no`, lists with commas."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(as_text(each) for each in value)
    return str(value)


def _list(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
