"""Pages that live under a strict policy: no inline style or script in templates, no markup from strings in modules."""

import re
from pathlib import Path

import pytest

from tests.support.tree import browser_modules, short_name, templates

IN_TEMPLATES = re.compile(
    r"""\sstyle\s*=|<style\b|<script(?![^>]*\bsrc\s*=)|\son[a-z]+\s*=\s*["']|javascript:|https?://(?!www\.w3\.org/)""",
    re.IGNORECASE,
)
IN_MODULES = re.compile(
    r"""\.(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|\beval\(|new Function\(|setAttribute\(\s*["']style"""
    r"""|https?://(?!www\.w3\.org/)"""
)


def hits(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    """Name every place where the pattern occurs."""
    return [
        f"{short_name(path)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_templates_have_nothing_inline() -> None:
    assert hits(IN_TEMPLATES, templates()) == []


def test_modules_make_no_markup_from_strings() -> None:
    assert hits(IN_MODULES, browser_modules()) == []


@pytest.mark.parametrize(
    "line",
    [
        '<p style="color: red">',
        "<style>p {}</style>",
        "<script>go()</script>",
        '<a onclick="go()">',
        '<script src="https://cdn.example/x.js">',
    ],
)
def test_inline_markup_is_noticed(tmp_path: Path, line: str) -> None:
    page = tmp_path / "page.html"
    page.write_text(line, encoding="utf-8")
    assert len(hits(IN_TEMPLATES, [page])) == 1


@pytest.mark.parametrize("line", ["node.innerHTML = text", 'node.setAttribute("style", "top: 0")', "eval(text)"])
def test_markup_from_strings_is_noticed(tmp_path: Path, line: str) -> None:
    module = tmp_path / "module.js"
    module.write_text(line, encoding="utf-8")
    assert len(hits(IN_MODULES, [module])) == 1
