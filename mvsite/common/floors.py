"""The oldest versions of packages that are safe here: what is below its floor is refused at the start."""

from importlib.metadata import PackageNotFoundError, version

from django.utils.version import get_version_tuple

# Each floor with its reason. Raise one when a hole is made known, never lower it.
FLOORS = {
    "pillow": "12.1.1",  # CVE-2026-25990: out-of-bounds write on a crafted picture
    "django": "5.2.19",  # newest patch of the long-term release when the lock was made
    "moviepy": "2.2.1",
    "av": "18.1.0",
    "imageio-ffmpeg": "0.8.1",  # the first with a whole build of ffmpeg 9.0.2
    "redis": "8.1.0",
    "celery": "5.7.0",
    "kombu": "5.7.0",  # with older ones a worker never hears of work again once Redis 8's client has lost a connection
    "yt-dlp": "2026.7.4",  # CVE-2026-50023, CVE-2026-50019 and more: a web page or a playlist can use them
}


def version_of(package: str) -> str:
    """Return the installed version of a package, empty when it is not there or does not say."""
    try:
        return version(package) or ""
    except PackageNotFoundError:
        return ""


def below_floor(package: str, found: str) -> str:
    """Say in a sentence that this version of a package is older than its floor; empty when it is not."""
    if get_version_tuple(found) >= get_version_tuple(FLOORS[package]):
        return ""
    return f"{package} {found or 'without a version'} is too old to be safe; {FLOORS[package]} is needed."


def all_below_floor() -> list[str]:
    """Say it of each package that is installed; one that is not can do no harm."""
    installed = {package: version_of(package) for package in FLOORS}
    return [text for package, found in installed.items() if found and (text := below_floor(package, found))]
