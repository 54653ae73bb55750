"""Error codes: every code that is written anywhere stands in the one table, and the table is well formed."""

import re
from pathlib import Path

from mvsite.common.error_table import ERRORS
from tests.support.tree import ROOT, SOURCE, browser_modules, python_files, short_name, templates

CODE = re.compile(r"""["'`]((?:user|provider|media|app):[a-z0-9_]+:[a-z0-9_]+)["'`]""")
TABLE = ROOT / "mvsite/common/error_table.py"


def codes_in(paths: list[Path]) -> dict[str, str]:
    """Return every code that is written in the files, with one file that writes it."""
    return {
        code: short_name(path) for path in paths for code in CODE.findall(path.read_text(encoding="utf-8"))
    }  # the last file wins: one is enough to find it


def test_every_code_written_in_the_sources_is_in_the_table() -> None:
    sources = [path for path in python_files(*SOURCE) if path != TABLE]
    written = codes_in(sources + browser_modules() + templates())
    assert {code: path for code, path in written.items() if code not in ERRORS} == {}


def test_every_code_of_the_table_is_raised_somewhere() -> None:
    written = codes_in([path for path in python_files(*SOURCE) if path != TABLE])
    assert set(ERRORS) - set(written) == set()


def test_every_code_is_a_family_a_subject_and_a_reason() -> None:
    assert [code for code in ERRORS if not CODE.fullmatch(f'"{code}"')] == []


def test_no_next_step_promises_that_something_goes_on() -> None:
    """Errors are read of requests that were refused and of jobs that have ended: nothing happens any more by itself."""
    assert [code for code, text in ERRORS.items() if re.search(r"by itself|\bwaits\b", text.next_step)] == []


def test_every_code_has_an_error_status_a_title_and_a_next_step() -> None:
    assert [
        code
        for code, text in ERRORS.items()
        if not (400 <= text.status < 600 and text.title and not text.title.endswith(".") and text.next_step)
    ] == []
