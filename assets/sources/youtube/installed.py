"""What is installed of the optional packages, and whether it can be used."""

import shutil
import sysconfig
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

# Older ones have holes that a web page or a playlist can use (CVE-2026-50023, CVE-2026-50019 and more).
OLDEST = (2026, 7, 4)
_HOW = "./studio youtube installs it."


def version_of(package: str) -> str:
    """Return the installed version of a package, empty when it is not there."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def problem() -> str:
    """Say why songs from YouTube cannot be had here; empty when they can."""
    if find_spec("yt_dlp") is None:
        return f"yt-dlp is not installed. {_HOW}"
    found = version_of("yt-dlp")
    numbers = tuple(int(part) for part in found.split(".")[:3] if part.isdigit())
    if numbers < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        return f"yt-dlp {found or 'without a version'} is too old to be safe; {wanted} is needed. {_HOW}"
    return ""


def js_runtime() -> str:
    """Return the program that solves YouTube's riddles, empty when it is not installed beside this Python."""
    return shutil.which("deno", path=sysconfig.get_path("scripts")) or ""
