"""Fetching the sound of one video: the child is started, limited, followed and killed here."""

import json
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from assets.sources.youtube.reasons import error_of, reason_of
from mvsite.common.errors import AppError, ProviderError
from mvsite.common.process import Limits, ProcessFailed, ProcessTimeout, run

log = logging.getLogger(__name__)
LONGEST_SECONDS = 300.0
MEMORY = 2 << 30  # bytes that yt-dlp, and deno, can write to: deno's engine reserves terabytes and uses few of them
PROGRAM = "assets.sources.youtube.child"
_MB = 1_000_000
_KINDS: dict[str, tuple[type, ...]] = {
    "part": (int, float), "found": (dict,), "file": (str,), "failed": (dict,), "warnings": (list,)
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fetched:
    """The file that came, of a kind that has still to be looked at, and what the page says; texts are untrusted."""

    path: Path
    title: str
    artist: str
    uploader: str


@dataclass(slots=True)
class _Told:
    """What the child has told so far."""

    part: float = 0.0
    found: dict[str, Any] = field(default_factory=dict)
    file: str = ""
    failed: dict[str, Any] | None = None
    warnings: list[str] = field(default_factory=list)

    def line(self, text: str) -> None:
        """Take a line of ours; whatever else is printed in there counts for nothing."""
        try:
            line = json.loads(text)
        except ValueError:
            return
        for name, value in line.items() if isinstance(line, dict) else ():
            if name in _KINDS and isinstance(value, _KINDS[name]) and not isinstance(value, bool):
                setattr(self, name, value)


def fetch(video: str, *, folder: Path, tick: Callable[[float], None]) -> Fetched:
    """Fetch the sound of the video with this id (from `video_of`) into `folder`, which must be empty.

    `tick` hears 0..1 ten times a second; what it raises kills yt-dlp and leaves. Raises `UserError`
    user:download:*, user:url:refused, `MediaError` media:file:too_long, `ProviderError` provider:download:*,
    `AppError` app:storage:failed when the file of cookies cannot be read.
    """
    longest = settings.MV_MAX_AUDIO_MINUTES * 60
    most = settings.MV_FETCH_MAX_MB * _MB
    order = {
        "video": video,
        "max_bytes": most,
        "max_seconds": longest,
        "cookies": _cookies(),
        "base_url": settings.MV_YOUTUBE_BASE_URL,
        "denied": [str(network) for network in settings.MV_FETCH_DENY],
    }
    told = _Told()
    try:
        run(
            [sys.executable, "-P", "-m", PROGRAM],
            timeout=LONGEST_SECONDS,
            tick=lambda: tick(told.part),
            on_line=told.line,
            stdin=json.dumps(order).encode(),
            limits=Limits(data=MEMORY, cpu_seconds=int(LONGEST_SECONDS), file_size=most + _MB, open_files=256),
            cwd=folder,
            env=_environment(folder),
        )
    except ProcessTimeout as error:
        raise ProviderError("provider:download:slow", f"It took longer than {LONGEST_SECONDS:.0f} s.") from error
    except ProcessFailed as error:
        log.warning("youtube_broke", extra={"code": error.code, "said": error.stderr[-500:]})
        raise error_of("memory" if "MemoryError" in error.stderr else "failed", longest=longest) from error
    return _result(told, folder, longest)


def _result(told: _Told, folder: Path, longest: float) -> Fetched:
    path = folder / Path(told.file).name
    if told.failed is None and told.file and path.is_file() and not path.is_symlink():
        found = {name: str(told.found.get(name) or "") for name in ("title", "track", "artist", "uploader")}
        return Fetched(path, found["track"] or found["title"], found["artist"], found["uploader"])
    reason = reason_of(told.failed or {}, told.warnings)
    log.info(
        "youtube_refused", extra={"reason": reason, "said": (told.failed or {}).get("text", ""), "told": told.warnings}
    )
    raise error_of(reason, longest=longest)


def _cookies() -> str | None:
    """Read the operator's cookies, None when none are named; yt-dlp changes them, so it never sees the file."""
    if not settings.MV_YOUTUBE_COOKIES:
        return None
    try:
        return Path(settings.MV_YOUTUBE_COOKIES).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise AppError("app:storage:failed", "The file MV_YOUTUBE_COOKIES cannot be read.") from error


def _environment(folder: Path) -> dict[str, str]:
    """Give the child's whole environment: nothing of ours, no place to read settings from, no plugins, no proxy."""
    home = str(folder)
    return {
        "PATH": "",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(settings.BASE_DIR),
        "PYTHONDONTWRITEBYTECODE": "1",
        "YTDLP_NO_PLUGINS": "1",
        "DENO_NO_UPDATE_CHECK": "1",
        **dict.fromkeys(("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "DENO_DIR"), home),
    }
