"""`docs/events.md`, the code and what is really logged say the same names with the same fields."""

import ast
from collections.abc import Iterator

import pytest

from generation.jobs.asked import ASKED
from generation.jobs.ending import ENDED
from tests.support.event_names import EVERYWHERE, Said, documented
from tests.support.tree import ROOT, python_files

CALLS = {"debug_event": "", "info_event": "I", "warn_event": "W"}
# Calls that give fields of their own accord, and the module that does it.
GIVEN_BY = {"log_job": "generation/jobs/told.py", "log_call": "generation/pipelines/call_log.py"}
BY_TABLE = {"generation/jobs/asked.py"}


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, node


def fields_of(call: ast.Call) -> frozenset[str]:
    return frozenset(word.arg for word in call.keywords if word.arg) - EVERYWHERE


def logged() -> dict[str, set[Said]]:
    """Give level and fields of every place in the code at which an event is logged."""
    sources = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}
    given = {
        name: next(fields_of(call) for called, call in calls(sources[module]) if called == "debug_event")
        for name, module in GIVEN_BY.items()
    }
    found: dict[str, set[Said]] = {}
    for module, tree in sources.items():
        if module in {"mvsite/logs.py", *GIVEN_BY.values(), *BY_TABLE}:
            continue
        for called, call in calls(tree):
            if called in {*CALLS, *given}:
                said = (CALLS.get(called, ""), given[called] if called in given else fields_of(call))
                for name in names_of(call.args[0], module):
                    found.setdefault(name, set()).add(said)
    for name in ENDED.values():
        found.setdefault(name, set()).add(("", given["log_job"]))
    for name, fields in ASKED.values():
        found.setdefault(name, set()).add(("", frozenset(fields)))
    return found


def names_of(written: ast.expr, module: str) -> list[str]:
    """Give the names that stand there: operators grep for them, so they are never put together."""
    names = [node.value for node in ast.walk(written) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert names, f"{module}: the name of an event is put together"
    return names


SOURCES = [path for room in ("mvsite", "assets", "flavors", "generation") for path in python_files(room)]


def test_every_event_is_documented_as_it_is_logged() -> None:
    promised = documented()
    for name, ways in logged().items():
        assert name in promised, f"{name} is not in docs/events.md"
        assert ways == {promised[name]}, f"{name}: docs/events.md says {promised[name]}, the code {ways}"


def test_every_documented_event_is_logged() -> None:
    assert set(documented()) - set(logged()) == set()


@pytest.mark.parametrize("name", ["job_failed", "provider_call_sent", "stitch_plan", "flavor_fallback_warning"])
def test_the_names_are_read_from_the_page(name: str) -> None:
    assert name in documented()
    assert name in logged()
