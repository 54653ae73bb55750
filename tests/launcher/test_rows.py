"""`--rows`: for another database, only the tests that use one."""

import subprocess
import sys

from tests.support.tree import ROOT

MARKED, BY_FIXTURES = "tests/generation/money/test_usage.py", "tests/generation/money/test_admin.py"
NEITHER = "tests/launcher/test_suite.py"


def collected(*words: str) -> dict[str, int]:
    """Return how many tests of each file pytest would run."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n0", "--collect-only", "-qq", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = (line.rpartition(": ") for line in done.stdout.splitlines() if ": " in line)
    return {name: int(count) for name, _, count in lines}


def test_only_those_that_use_the_database_themselves_or_by_a_fixture() -> None:
    files = (MARKED, BY_FIXTURES, NEITHER)
    every, rows = collected(*files), collected("--rows", *files)
    assert set(every) == set(files)
    assert rows == {MARKED: every[MARKED], BY_FIXTURES: every[BY_FIXTURES]}
