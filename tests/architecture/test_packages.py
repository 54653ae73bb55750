"""What is installed is safe and fits together: floors below which a hole is known, and pip's own check."""

import subprocess
import sys
from importlib.metadata import version

import pytest
from packaging.version import Version

from mvsite.common.floors import FLOORS

# Moviepy's metadata asks for an older Pillow than is safe; requirements-overrides.in says why it gets another.
ALLOWED = f"moviepy 2.2.1 has requirement pillow<12.0,>=9.2.0, but you have pillow {version('pillow')}."


@pytest.mark.parametrize(("name", "floor"), FLOORS.items())
def test_package_is_not_below_its_floor(name: str, floor: str) -> None:
    assert Version(version(name)) >= Version(floor)


def test_django_is_the_long_term_release() -> None:
    assert Version(version("django")).release[:2] == (5, 2)


def test_packages_fit_together_but_for_the_one_known_line() -> None:
    command = [sys.executable, "-m", "pip", "check", "--disable-pip-version-check"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    assert said == [ALLOWED]
