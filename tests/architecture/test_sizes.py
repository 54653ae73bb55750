"""Small enough to hold in the head: files, functions and browser modules keep to their limits; migrations aside."""

import ast
from pathlib import Path

import pytest

from tests.support.tree import browser_modules, python_files, short_name

FILE_LINES, FUNCTION_LINES, BROWSER_LINES = 300, 50, 200


def too_long_files(paths: list[Path], limit: int) -> list[str]:
    """Name the files with more lines than the limit."""
    counts = [(path, len(path.read_text(encoding="utf-8").splitlines())) for path in paths]
    return [f"{short_name(path)}: {lines} lines, limit {limit}" for path, lines in counts if lines > limit]


def too_long_functions(path: Path, limit: int) -> list[str]:
    """Name the functions of one file with more lines than the limit, counted from `def` to the last line."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > limit:
                found.append(f"{short_name(path)}:{node.lineno} {node.name}: {lines} lines, limit {limit}")
    return found


def test_python_files_keep_to_their_limit() -> None:
    assert too_long_files(python_files(), FILE_LINES) == []


def test_functions_keep_to_their_limit() -> None:
    assert [line for path in python_files() for line in too_long_functions(path, FUNCTION_LINES)] == []


def test_browser_modules_keep_to_their_limit() -> None:
    assert too_long_files(browser_modules(), BROWSER_LINES) == []


@pytest.mark.parametrize("lines", [FUNCTION_LINES, FUNCTION_LINES + 1])
def test_the_limits_bite_one_line_above_them(tmp_path: Path, lines: int) -> None:
    source = tmp_path / "long.py"
    source.write_text("def long():\n" + "    pass\n" * (lines - 1), encoding="utf-8")

    found = too_long_functions(source, FUNCTION_LINES) + too_long_files([source], lines - 1)

    assert len(found) == (1 if lines <= FUNCTION_LINES else 2)
