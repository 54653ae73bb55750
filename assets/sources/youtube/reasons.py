"""What yt-dlp's words mean, as an error of ours: which texts YouTube has for what a person can do something about."""

import re
from collections.abc import Mapping
from typing import Any

from mvsite.common.errors import MediaError, ProviderError, StudioError, UserError

# The first that fits counts: what asks for a proof comes before what it hides.
_TEXTS = (
    ("bot", ("not a bot", "captcha")),
    ("age", ("confirm your age", "age-restricted", "inappropriate for some users", "age verification")),
    ("region", ("in your country", "in your location", "from your location")),
    ("private", ("private video", "video is private", "members-only", "this channel's members", "join this channel")),
    ("busy", ("rate-limited", "too many requests", "try again later")),
    ("live", ("premieres in", "live event", "live stream", "is offline")),
    ("paid", ("requires payment", "premium members", "purchase", "rental", "drm")),
    ("old", ("requested format is not available", "only images are available", "on this app", "no video formats")),
)
_REMOVED = ("removed", "terminated", "unavailable", "no longer", "does not exist", "not available")
_WHY = {
    "old": "YouTube names no sound that can be fetched: yt-dlp or deno is missing or too old. Upload the song as a "
    "file; whoever runs the studio sees with ./studio doctor what is there, and ./studio youtube brings it up to date.",
    "memory": "What YouTube sends for it takes more memory than a download may use.",
}
_CUT_OFF = {"TransportError", "IncompleteRead", "ContentTooShortError", "SSLError", "ProxyError"}
_STATUS = re.compile(r"HTTP Error (\d{3})")
_USER = {
    "private": "user:download:private",
    "paid": "user:download:private",
    "removed": "user:download:removed",
    "age": "user:download:age",
    "region": "user:download:region",
    "live": "user:download:live",
    "list": "user:download:link",
    "too_large": "user:download:too_large",
    "address": "user:url:refused",
}


def reason_of(failed: Mapping[str, Any], warnings: list[str]) -> str:
    """Give the reason in one word; `failed` is what the child told, `warnings` what yt-dlp said before."""
    if failed.get("reason"):
        return str(failed["reason"])
    kinds = set(failed.get("kinds", ()))
    if "MemoryError" in kinds:
        return "memory"
    if "GeoRestrictedError" in kinds:
        return "region"
    text = str(failed.get("text", "")).lower().replace("\u2019", "'")
    for word, texts in _TEXTS:
        if any(each in text for each in texts):
            return word
    status = failed.get("status") or _status_in([str(failed.get("text", ""))])
    if status == 0 and any(each in text for each in _REMOVED):
        return "removed"
    status = status or _status_in(warnings)
    if status == 403:
        return "forbidden"
    return "busy" if status == 429 or status >= 500 or kinds & _CUT_OFF else "failed"


def _status_in(texts: list[str]) -> int:
    return next((int(found[1]) for text in texts if (found := _STATUS.search(text))), 0)


def error_of(reason: str, *, longest: float) -> StudioError:
    """Give the error for a reason; `longest` is how many seconds a song may last."""
    if reason in _USER:
        return UserError(_USER[reason])
    if reason == "too_long":
        return MediaError("media:file:too_long", f"The video is longer than {longest / 60:g} minutes.")
    if reason in _WHY:
        return ProviderError("provider:download:failed", _WHY[reason])
    if reason == "bot":
        return ProviderError("provider:download:bot")
    if reason == "forbidden":
        return ProviderError("provider:download:forbidden")
    if reason == "busy":
        return ProviderError("provider:download:busy", transient=True)
    return ProviderError("provider:download:failed")
