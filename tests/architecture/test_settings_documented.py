"""Every setting is read in one room and explained once: in `docs/settings.md` and, ready to copy, in `.env.example`."""

import ast
import contextlib
import re
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest

import mvsite.settings  # noqa: F401  (fills env.DECLARED)
from mvsite import env
from tests.support.tree import ROOT, SOURCE, python_files, short_name

ONLY_A_REAL_VARIABLE = "MV_ENV_FILE"  # it names the file, so it cannot stand in it
READERS = (
    *("text", "flag", "whole", "number", "money", "limit", "pair", "one_of", "listing", "folder", "first_of"),
    *("networks", "hosts", "origins", "web_address", "server", "inner_path"),
)
CALL = re.compile(rf"\benv\.({'|'.join(READERS)})\(([^)]*)")
ROW = re.compile(r"^\| `(\w+)` \| `([^`]*)` \| \S", re.MULTILINE)
LINE = re.compile(r"^#?([A-Z]\w+)=(.*)$", re.MULTILINE)


def names_read() -> set[str]:
    """Return every setting that source code reads, also where only some installations come by."""
    names = {ONLY_A_REAL_VARIABLE}
    for path in python_files(*SOURCE):
        for reader, arguments in CALL.findall(path.read_text(encoding="utf-8")):
            quoted = re.findall(r'"([A-Z]\w+)"', arguments)
            names.update(quoted if reader == "first_of" else quoted[:1])
    return names


def plain(default: str) -> str:
    """Write a default the way the documents do: `-` for none, `true`, `75` rather than `75.0`."""
    with contextlib.suppress(InvalidOperation):
        return f"{Decimal(default).normalize():f}"
    return {"True": "true", "False": "false", "": "-"}.get(default, default)


def test_settings_page_explains_every_setting_and_no_other() -> None:
    documented = dict(ROW.findall((ROOT / "docs/settings.md").read_text(encoding="utf-8")))
    read = names_read()
    assert sorted(read - set(documented)) == [], "these need a row in docs/settings.md"
    assert sorted(set(documented) - read) == [], "nobody reads these any more"


def test_settings_page_gives_the_true_defaults() -> None:
    documented = dict(ROW.findall((ROOT / "docs/settings.md").read_text(encoding="utf-8")))
    declared = {name: plain(known.default) for name, known in env.DECLARED.items() if name in documented}
    assert declared == {name: plain(documented[name]) for name in declared}


def test_example_file_has_every_setting_with_the_default_of_the_page() -> None:
    documented = dict(ROW.findall((ROOT / "docs/settings.md").read_text(encoding="utf-8")))
    del documented[ONLY_A_REAL_VARIABLE]
    example = dict(LINE.findall((ROOT / ".env.example").read_text(encoding="utf-8")))
    assert example == {name: "" if default == "-" else default for name, default in documented.items()}


def reads_environment(path: Path) -> list[str]:
    """Name the lines that read the environment; `setdefault`, which only names the settings module, is none."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    allowed = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "setdefault"
    }
    return [
        f"{short_name(path)}:{node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"environ", "environb", "getenv"}
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        and id(node) not in allowed
    ]


def test_only_env_reads_the_environment() -> None:
    sources = [path for path in [*python_files(*SOURCE), ROOT / "manage.py"] if path != ROOT / "mvsite/env.py"]
    assert [line for path in sources for line in reads_environment(path)] == []


@pytest.mark.parametrize("line", ["os.environ['HOME']", "os.environ.get('HOME')", "os.getenv('HOME')"])
def test_reading_the_environment_elsewhere_is_noticed(tmp_path: Path, line: str) -> None:
    source = tmp_path / "room.py"
    source.write_text(f"import os\n{line}\n", encoding="utf-8")
    assert reads_environment(source) == ["room.py:2"]
