"""What is installed is safe and fits together: floors below which a hole is known, and pip's own check."""

import subprocess
import sys
from importlib.metadata import version

import pytest
from packaging.version import Version

# Each floor with its reason. Raise one when a hole is made known, never lower it.
FLOORS = {
    "pillow": "12.1.1",  # CVE-2026-25990: out-of-bounds write on a crafted picture
    "django": "5.2.19",  # newest patch of the long-term release when the lock was made
    "moviepy": "2.2.1",
    "av": "18.1.0",
    "imageio-ffmpeg": "0.8.1",  # the first with a whole build of ffmpeg 9.0.2
    "redis": "8.1.0",
    "celery": "5.7.0",
    "yt-dlp": "2026.7.4",  # CVE-2026-50023 and others; the studio refuses older ones too
}
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
