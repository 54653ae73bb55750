"""`./studio test` and `./studio check`: which tests run how, and that every failure counts."""

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support import suite


@pytest.mark.parametrize(
    ("words", "ends", "marks", "code"),
    [
        (["-k", "x"], [0], ["not long"], 0),
        (["--long"], [0, 0], ["not alone", "alone"], 0),
        (["--long"], [1, 0], ["not alone", "alone"], 1),
        (["--long"], [0, 1], ["not alone", "alone"], 1),
        (["--long"], [-9, 0], ["not alone", "alone"], -9),  # killed
        (["--long", "tests/x"], [0, 5], ["not alone", "alone"], 0),  # none of them is to be alone
        (["--long", "tests/x"], [5, 5], ["not alone", "alone"], 5),
    ],
)
def test_what_measures_time_runs_after_the_others_and_every_failure_counts(
    monkeypatch: pytest.MonkeyPatch,
    *,
    words: list[str],
    ends: list[int],
    marks: list[str],
    code: int,
) -> None:
    left, asked = [*ends], []

    def run(command: list[str], **_: Any) -> SimpleNamespace:
        asked.append(command[command.index("-m", 3) + 1 :])
        return SimpleNamespace(returncode=left.pop(0))

    monkeypatch.setattr(subprocess, "run", run)
    assert suite.test(words) == code
    rest = [word for word in words if word != "--long"]
    assert asked == [[mark, *rest] for mark in marks]


@pytest.mark.parametrize(("ends", "word"), [(0, "ok"), (3, "FAILED")])
def test_gate_prints_its_line_and_its_output_when_it_fails(
    capsys: pytest.CaptureFixture[str], ends: int, word: str
) -> None:
    command = [sys.executable, "-c", f"import os, sys; print(os.environ['WORD']); sys.exit({ends})"]
    assert suite.passes("types", command, {"WORD": "why"}) is (ends == 0)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:2] == [word, "types"]
    assert lines[1:] == ([] if ends == 0 else ["why"])
