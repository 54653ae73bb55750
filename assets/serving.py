"""Sending kept files: single byte ranges, ETag, conditional requests, HEAD; memory stays flat under WSGI.

No kept package does private files, 416 and If-Range together, and a player cannot seek without them (MEDIA.md 5).
"""

import io
import os
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils.http import content_disposition_header, http_date, parse_etags, parse_http_date_safe
from rest_framework.request import Request

from assets import storage
from mvsite.common.errors import UserError
from mvsite.common.problems import problem_response

AnyRequest = HttpRequest | Request
_RANGE = re.compile(r"bytes[ \t]*=[ \t]*([0-9]{0,30})[ \t]*-[ \t]*([0-9]{0,30})[ \t]*", re.IGNORECASE)
_SAFETY = {
    "X-Content-Type-Options": "nosniff",
    # Kept files come from strangers: opened by themselves they may run nothing and load nothing but themselves.
    # Without the allowances Chromium refuses to play a video whose address is opened in a tab (measured): the page
    # it makes around it has another origin than the file.
    "Content-Security-Policy": (
        "sandbox allow-same-origin; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"
    ),
    "Cache-Control": "private",
}


@dataclass(frozen=True, slots=True)
class Served:
    """One file as clients see it. `etag` is unique to the bytes and has no quotes; `filename` is for saving it."""

    key: str
    mime: str
    etag: str
    modified: datetime
    filename: str
    attachment: bool = False


def serve(request: AnyRequest, file: Served) -> HttpResponseBase:
    """Answer GET or HEAD for `file`: 200, 206, 304 or 416; or hand it to the web server in front.

    Raises `AppError` app:storage:failed when the bytes are missing.
    """
    if settings.MV_X_ACCEL_PREFIX:
        storage.make_local(file.key, marked=False)  # nginx makes ETag and Last-Modified of the file's time
        return _with_headers(HttpResponse(), file, {"X-Accel-Redirect": settings.MV_X_ACCEL_PREFIX + file.key})
    validators = {"ETag": f'"{file.etag}"', "Last-Modified": http_date(file.modified.timestamp())}
    if _is_known(request, file):
        return _with_headers(HttpResponseNotModified(), file, validators)
    handle = storage.open_file(file.key)
    try:
        return _answer(request, file, handle, validators)
    except BaseException:
        handle.close()
        raise


def _answer(request: AnyRequest, file: Served, handle: BinaryIO, validators: dict[str, str]) -> HttpResponseBase:
    size = os.fstat(handle.fileno()).st_size
    headers = {**validators, "Accept-Ranges": "bytes"}
    if request.method == "HEAD":
        handle.close()
        return _with_headers(HttpResponse(), file, {**headers, "Content-Length": str(size)})
    asked = _asked_range(request, file)
    if asked is None:
        return _with_headers(_Slice(handle, 0, size).response(200), file, headers)
    part = _inside(asked, size)
    if part is None:
        handle.close()
        refused = problem_response(UserError("user:media:range"), _plain(request))
        return _set(refused, {**headers, **_safety(), "Content-Range": f"bytes */{size}"})
    start, end = part
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return _with_headers(_Slice(handle, start, end).response(206), file, headers)


def _is_known(request: AnyRequest, file: Served) -> bool:
    """Say whether the client's copy is still right; the date counts only when no ETag was sent (RFC 9110, 13.2.2)."""
    tags = request.headers.get("If-None-Match")
    if tags is not None:
        return tags.strip() == "*" or any(tag.removeprefix("W/") == f'"{file.etag}"' for tag in parse_etags(tags))
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return since is not None and int(file.modified.timestamp()) <= since


def _asked_range(request: AnyRequest, file: Served) -> tuple[str, str] | None:
    """Give first and last byte as written, or None when the whole file is to be sent.

    Several ranges, another unit, nonsense, an end before the start and a stale If-Range all mean the whole file.
    """
    found = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if found is None or found[1] == found[2] == "":
        return None
    if found[1] and found[2] and int(found[2]) < int(found[1]):
        return None
    condition = request.headers.get("If-Range", "").strip()
    if condition and condition not in {f'"{file.etag}"', http_date(file.modified.timestamp())}:
        return None
    return found[1], found[2]


def _inside(asked: tuple[str, str], size: int) -> tuple[int, int] | None:
    """Give the part as [start, end) or None when it lies outside a file of `size` bytes."""
    first, last = asked
    if first:
        start, end = int(first), min(int(last) + 1, size) if last else size
    else:
        start, end = max(0, size - int(last)), size
    return (start, end) if start < end else None


def _with_headers(response: HttpResponseBase, file: Served, headers: dict[str, str]) -> HttpResponseBase:
    disposition = content_disposition_header(file.attachment, file.filename) or "inline"
    return _set(response, {**_safety(), "Content-Type": file.mime, "Content-Disposition": disposition, **headers})


def _safety() -> dict[str, str]:
    elsewhere = "cross-origin" if settings.MV_CORS_ALLOW_ORIGINS else "same-site"  # a front end may show it
    return {**_SAFETY, "Cross-Origin-Resource-Policy": elsewhere}


def _set(response: HttpResponseBase, headers: dict[str, str]) -> HttpResponseBase:
    for name, value in headers.items():
        response.headers[name] = value
    return response


def _plain(request: AnyRequest) -> HttpRequest:
    return request._request if isinstance(request, Request) else request  # noqa: SLF001 - DRF's documented way back


class _SliceResponse(FileResponse):
    """A file answer whose headers are ours; Django would guess length and type from the whole file."""

    def set_headers(self, filelike: Any) -> None:
        """Leave the headers alone."""


class _Slice(io.RawIOBase):
    """A part of an open file that reads no further than its end.

    Its `fileno` lets a server send it without copying: the descriptor already stands at the start, and the
    server stops at Content-Length.
    """

    def __init__(self, file: BinaryIO, start: int, end: int) -> None:
        self._file = file
        self._left = self._length = end - start
        file.seek(start)

    def response(self, status: int) -> HttpResponseBase:
        """Build the streaming answer."""
        response = _SliceResponse(self, status=status)
        response.block_size = storage.CHUNK // 4
        response.headers["Content-Length"] = str(self._length)
        return response

    def readable(self) -> bool:
        """Say yes."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read at most `size` bytes of what is left."""
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        data = self._file.read(wanted)
        self._left -= len(data)
        return data

    def fileno(self) -> int:
        """Give the descriptor of the whole file."""
        return self._file.fileno()

    def close(self) -> None:
        """Close the file as well."""
        self._file.close()
        super().close()
