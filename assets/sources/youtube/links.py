"""From what a person pastes to the id of one video: yt-dlp is never given a text that we did not write."""

import re
from urllib.parse import parse_qs, urlsplit

from mvsite.common.errors import UserError

LONGEST = 2048
_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_SITES = {"youtube.com", "www.youtube.com", "m.youtube.com", "music.youtube.com"}
_SHORT = {"youtu.be", "www.youtu.be"}
_FOLDERS = {"shorts", "live", "embed", "v"}
_UNWELCOME = re.compile(r"[\x00-\x20\x7f\\]")
_LISTS = {"playlist", "channel", "c", "user", "feed"}


def video_of(link: str) -> str:
    """Return the id of the video that a link names; a playlist around it (`&list=`) is left aside.

    Raises `UserError` user:download:link for other sites, playlists, channels, searches, and what is no link.
    """
    text = link.strip()
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise _refused() from None
    plain = len(text) <= LONGEST and not _UNWELCOME.search(text) and "@" not in parts.netloc
    if not plain or parts.scheme not in {"http", "https"} or port not in {None, 80, 443} or host not in _SITES | _SHORT:
        raise _refused()
    steps = [step for step in parts.path.split("/") if step]
    found = _named(host, steps, parts.query)
    if not _ID.fullmatch(found):
        raise _refused("This is a list of videos." if steps[:1] and steps[0] in _LISTS else "")
    return found


def page_of(video: str) -> str:
    """Return the address of a video's page."""
    return f"https://www.youtube.com/watch?v={video}"


def _named(host: str, steps: list[str], query: str) -> str:
    if host in _SHORT:
        return steps[0] if len(steps) == 1 else ""
    if steps == ["watch"]:
        return parse_qs(query).get("v", [""])[0]
    return steps[1] if len(steps) == 2 and steps[0] in _FOLDERS else ""


def _refused(why: str = "") -> UserError:
    how = "Give the link of one video, such as https://www.youtube.com/watch?v=abcdefghijk."
    return UserError("user:download:link", f"{why} {how}".strip())
