"""Habits of the sources: nothing left to do, no machine of ours in them, every test is run."""

import re

import pytest

from tests.support.tree import SOURCE, python_files, short_name, text_files

LEFT_TO_DO = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:root|home/\w+|Users/\w+|work|farm)/\w")
NOT_RUN = re.compile(r"\bmark\.(?:skip|xfail)|\bpytest\.(?:skip|xfail|importorskip)\b|\bunittest\.skip")
MAY_SKIP = "tests/support/needs.py"  # the one place that decides what a machine without a server leaves out
# A full lock waits for all who refer to the row, who may wait for what its holder takes next: for deleting only.
WHOLE_LOCK = re.compile(r"\bselect_for_update\((?!.*\bno_key=True)")
DELETES = {"generation/services/emptying.py", "generation/services/cleaning.py"}
OWN = "tests/architecture/test_sources.py"


def found_in(pattern: re.Pattern[str], text: str) -> list[str]:
    """Return the lines of a text in which the pattern occurs."""
    return [line.strip() for line in text.splitlines() if pattern.search(line)]


@pytest.mark.parametrize("pattern", [LEFT_TO_DO, MACHINE_PATH], ids=["work left to do", "a path of one machine"])
def test_no_file_holds(pattern: re.Pattern[str]) -> None:
    texts = {short_name(path): path.read_text(encoding="utf-8") for path in text_files()}
    del texts[OWN]
    assert {name: lines for name, text in texts.items() if (lines := found_in(pattern, text))} == {}


def test_every_test_is_run() -> None:
    texts = {short_name(path): path.read_text(encoding="utf-8") for path in python_files("tests")}
    del texts[OWN]
    texts.pop(MAY_SKIP, None)
    assert {name: lines for name, text in texts.items() if (lines := found_in(NOT_RUN, text))} == {}


def test_rows_that_stay_are_not_locked_against_who_refers_to_them() -> None:
    texts = {short_name(path): path.read_text(encoding="utf-8") for path in python_files(*SOURCE)}
    assert {name for name, text in texts.items() if found_in(WHOLE_LOCK, text)} == DELETES


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (LEFT_TO_DO, "# TO" + "DO: later"),
        (MACHINE_PATH, 'open("/home/ada/clip.mp4")'),
        (NOT_RUN, "@pytest.mark.skipif(True)"),
        (NOT_RUN, "@pytest.mark.xfail"),
        (WHOLE_LOCK, "found = Scene.objects.select_for_update().get(pk=1)"),
    ],
)
def test_the_patterns_bite(pattern: re.Pattern[str], line: str) -> None:
    assert found_in(pattern, f"fine\n{line}\n") == [line]
