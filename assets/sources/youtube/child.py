"""The program around yt-dlp: one video, told by JSON on stdin, telling by JSON lines on stdout. Run it by `-m` only.

Lines: `{"found": {…}}` what the video is, `{"part": 0..1}` how much is there, then `{"file": name}` or
`{"failed": {…}}`.
"""

import io
import ipaddress
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yt_dlp
from yt_dlp.networking import Request
from yt_dlp.networking.exceptions import HTTPError

from assets.sources.youtube.guard import Guard
from assets.sources.youtube.installed import js_runtime

SAYS_EVERY = 0.3  # seconds
FORMAT = "bestaudio[ext=m4a]/bestaudio/best"
FACTS = ("title", "track", "artist", "uploader", "duration")
_OURS = ("youtube.com", "youtu.be", "googlevideo.com", "ytimg.com", "ggpht.com", "youtube-nocookie.com")


class Say:
    """Writes lines to where stdout was; whatever else is printed goes to stderr."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
        os.dup2(2, 1)

    def __call__(self, **line: Any) -> None:
        """Write one line."""
        self._out.write(json.dumps(line) + "\n")


class Chatter:
    """Takes what yt-dlp says; its last warnings tell why it came to nothing."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def debug(self, _: str) -> None:
        """Ignore it."""

    def warning(self, text: str) -> None:
        """Keep it."""
        self.warnings = [*self.warnings, text[:500]][-8:]

    error = warning


class Stop(Exception):  # noqa: N818 - it is a decision
    """This video is not taken: `reason` is `too_long`, `too_large`, `live` or `list`."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Downloader(yt_dlp.YoutubeDL):
    """yt-dlp, which asks a stand-in in place of YouTube where one is named."""

    base_url = ""

    def urlopen(self, req: Any) -> Any:
        """Send a request, with the cookies that its own address has."""
        if self.base_url:
            req = Request(req) if isinstance(req, str) else req.copy()
            cookies = self.cookiejar.get_cookie_header(req.url)
            if cookies:
                req.headers["Cookie"] = cookies
            req.url = there(req.url, self.base_url)
        return super().urlopen(req)


class Progress:
    """Hears how much has come, says so now and then, and stops what becomes too large."""

    def __init__(self, say: Say, max_bytes: int) -> None:
        self._say = say
        self._max_bytes = max_bytes
        self._said = 0.0

    def __call__(self, state: dict[str, Any]) -> None:
        """Take yt-dlp's own report."""
        come, whole = state.get("downloaded_bytes") or 0, state.get("total_bytes") or 0
        if max(come, whole) > self._max_bytes:
            raise Stop("too_large")
        whole = whole or state.get("total_bytes_estimate") or 0
        if time.monotonic() - self._said >= SAYS_EVERY:
            self._said = time.monotonic()
            self._say(part=min(1.0, come / whole) if whole else 0.0)


def main() -> None:
    """Do what stdin says."""
    order = json.load(sys.stdin)
    say, chatter = Say(), Chatter()
    guard = Guard(
        folder=Path.cwd(),
        program=js_runtime(),
        trusted=addresses(order["base_url"]),
        denied=[ipaddress.ip_network(text) for text in order["denied"]],
    )
    guard.start()
    told: dict[str, Any]
    try:
        told = {"file": download(order, say, chatter)}
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent is told
        told = {"failed": described(error)}
    if guard.refused and "failed" in told:  # what came in spite of it came from where it may
        told = {"failed": {"reason": "address"}}
    say(**told, warnings=chatter.warnings)


def download(order: dict[str, Any], say: Say, chatter: Chatter) -> str:
    """Fetch the sound into the working folder and give the file's name. Raises `Stop` and what yt-dlp raises."""
    with Downloader(options(order, chatter, Progress(say, order["max_bytes"]))) as ydl:
        ydl.base_url = order["base_url"].rstrip("/")
        info = ydl.extract_info(f"https://www.youtube.com/watch?v={order['video']}", download=False)
        if info.get("_type", "video") != "video":
            raise Stop("list")
        if info.get("live_status") not in {None, "not_live", "was_live"}:
            raise Stop("live")
        if (info.get("duration") or 0) > order["max_seconds"]:
            raise Stop("too_long")
        say(found={name: info.get(name) for name in FACTS})
        done = ydl.process_ie_result(info, download=True)
        return Path(done["requested_downloads"][0]["filepath"]).name


def described(error: Exception) -> dict[str, Any]:
    """Give what can be told of an error: our own reason, the classes and the HTTP status behind it, its text."""
    chain = list(_chain(error))
    statuses = [each.status for each in chain if isinstance(each, HTTPError)]
    reasons = [each.reason for each in chain if isinstance(each, Stop)]
    return {
        "reason": reasons[0] if reasons else "",
        "kinds": [type(each).__name__ for each in chain],
        "status": statuses[0] if statuses else None,
        "text": str(error)[:1000],
    }


def options(order: dict[str, Any], chatter: Chatter, heard: Any) -> dict[str, Any]:
    """Give what yt-dlp is told; what is not named here is off by itself, and no file of settings is read."""
    return {
        "allowed_extractors": ["^youtube$"],
        "noplaylist": True,
        "playlist_items": "1",
        "format": FORMAT,
        "outtmpl": {"default": "%(id)s.%(ext)s"},
        "paths": {"home": str(Path.cwd()), "temp": str(Path.cwd())},
        "restrictfilenames": True,
        "cachedir": False,
        "enable_file_urls": False,
        "fixup": "never",
        "socket_timeout": 15,
        "retries": 2,
        "fragment_retries": 2,
        "extractor_retries": 1,
        "concurrent_fragment_downloads": 1,
        "cookiefile": None if order["cookies"] is None else io.StringIO(order["cookies"]),  # never on a disk
        "logger": chatter,
        "progress_hooks": [heard],
        "noprogress": True,
        "quiet": True,
        "updatetime": False,
    }


def there(url: str, base: str) -> str:
    """Give the stand-in's address for one of YouTube's: `https://www.youtube.com/x` is `{base}/www.youtube.com/x`."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not any(host == name or host.endswith(f".{name}") for name in _OURS):
        return url
    return f"{base}/{host}{parts.path}" + (f"?{parts.query}" if parts.query else "")


def addresses(base: str) -> list[tuple[str, int]]:
    """Give the numeric addresses of the stand-in, none without one."""
    if not base:
        return []
    parts = urlsplit(base)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return [(str(found[4][0]), port) for found in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Give an error and everything it came from; yt-dlp keeps causes in places of its own."""
    seen: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting and len(seen) < 20:
        one = waiting.pop(0)
        if not isinstance(one, BaseException) or one in seen:
            continue
        seen.append(one)
        inner = getattr(one, "exc_info", None) or ()
        waiting += [*inner[1:2], getattr(one, "cause", None), one.__cause__, one.__context__]
    yield from seen


if __name__ == "__main__":
    main()
