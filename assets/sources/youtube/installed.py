"""What is installed of the optional packages, and whether it can be used."""

import shutil
import sysconfig
from importlib.util import find_spec

from mvsite.common.floors import below_floor, version_of

_HOW = "./studio youtube installs it."


def problem() -> str:
    """Say why songs from YouTube cannot be had here; empty when they can."""
    if find_spec("yt_dlp") is None:
        return f"yt-dlp is not installed. {_HOW}"
    old = below_floor("yt-dlp", version_of("yt-dlp"))
    return f"{old} {_HOW}" if old else ""


def js_runtime() -> str:
    """Return the program that solves YouTube's riddles, empty when it is not installed beside this Python."""
    return shutil.which("deno", path=sysconfig.get_path("scripts")) or ""
