"""Every kind of request a player, a browser cache or a download manager sends gets the right answer."""

import hashlib
import json
import os
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from assets import storage
from assets.keys import clip_key
from assets.serving import Served, serve
from mvsite.common.errors import AppError

pytestmark = pytest.mark.django_db  # closing an answer ends a request, and that looks after database connections

CONTENT = bytes(range(256)) * 40
SIZE = len(CONTENT)
ETAG = hashlib.sha256(CONTENT).hexdigest()
MODIFIED = datetime(2026, 11, 21, 7, 0, 0, 500_000, tzinfo=UTC)
STAMP = "Sat, 21 Nov 2026 07:00:00 GMT"
KEY = clip_key(UUID(int=7))
FILE = Served(key=KEY, mime="video/mp4", etag=ETAG, modified=MODIFIED, filename="Über 8.mp4")


@pytest.fixture(autouse=True)
def kept(tmp_path: Path) -> None:
    source = tmp_path / "video"
    source.write_bytes(CONTENT)
    storage.store(key=KEY, source=source)


def ask(method: str = "GET", file: Served = FILE, **headers: str) -> HttpResponseBase:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return serve(RequestFactory(headers=named).generic(method, "/v"), file)


def body(response: HttpResponseBase) -> bytes:
    if isinstance(response, StreamingHttpResponse):
        return b"".join(part for part in response if isinstance(part, bytes))
    content: bytes = response.content  # type: ignore[attr-defined]  # Django's base class does not name it
    return content


def test_whole_file_says_all_a_player_needs() -> None:
    answer = ask()
    assert answer.status_code == 200
    assert answer["Content-Length"] == str(SIZE)
    assert answer["Content-Type"] == "video/mp4"
    assert answer["Accept-Ranges"] == "bytes"
    assert answer["ETag"] == f'"{ETAG}"'
    assert answer["Last-Modified"] == STAMP
    assert answer["Content-Disposition"] == "inline; filename*=utf-8''%C3%9Cber%208.mp4"
    assert body(answer) == CONTENT


def test_answers_are_safe_to_open() -> None:
    for answer in (ask(), ask(Range="bytes=0-1"), ask(Range="bytes=99999-"), ask("HEAD"), ask(If_None_Match="*")):
        assert answer["X-Content-Type-Options"] == "nosniff"
        policy = answer["Content-Security-Policy"]
        assert policy.startswith("sandbox allow-same-origin; default-src 'none';")
        assert "script" not in policy
        assert answer["Cache-Control"] == "private"
        assert answer["Cross-Origin-Resource-Policy"] == "same-site"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=10000-", 10_000, SIZE),
        ("bytes=0-", 0, SIZE),
        ("bytes=-500", SIZE - 500, SIZE),
        ("bytes=-999999", 0, SIZE),
        (f"bytes={SIZE - 1}-{SIZE + 50}", SIZE - 1, SIZE),
        ("Bytes = 5 - 9", 5, 10),
    ],
)
def test_one_range_gets_its_part(asked: str, start: int, end: int) -> None:
    answer = ask(Range=asked)
    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {start}-{end - 1}/{SIZE}"
    assert answer["Content-Length"] == str(end - start)
    assert body(answer) == CONTENT[start:end]


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", "bytes=999999-", "bytes=-0", "bytes=99999999999999999999-"])
def test_range_outside_is_416_with_the_size(asked: str) -> None:
    answer = ask(Range=asked)
    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{SIZE}"
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(body(answer))["code"] == "user:media:range"


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-6", "bytes=9-5", "bytes=", "bytes=-", "bytes=a-b", "seconds=0-1", "0-1", "bytes=٣-٤"]
)
def test_other_ranges_are_ignored(asked: str) -> None:
    answer = ask(Range=asked)
    assert answer.status_code == 200
    assert body(answer) == CONTENT


@pytest.mark.parametrize("condition", [f'"{ETAG}"', STAMP])
def test_if_range_that_still_holds_gets_the_part(condition: str) -> None:
    assert ask(Range="bytes=1-2", If_Range=condition).status_code == 206


@pytest.mark.parametrize("condition", ['"other"', f'W/"{ETAG}"', "Sat, 21 Nov 2026 06:00:00 GMT", "nonsense"])
def test_if_range_that_is_stale_gets_everything(condition: str) -> None:
    answer = ask(Range="bytes=1-2", If_Range=condition)
    assert answer.status_code == 200
    assert body(answer) == CONTENT


@pytest.mark.parametrize("tags", [f'"{ETAG}"', f'W/"{ETAG}"', f'"x", "{ETAG}"', "*"])
def test_if_none_match_that_matches_is_304_without_a_body(tags: str) -> None:
    answer = ask(If_None_Match=tags, Range="bytes=0-1")
    assert answer.status_code == 304
    assert answer["ETag"] == f'"{ETAG}"'
    assert body(answer) == b""


def test_if_none_match_that_differs_wins_over_the_date() -> None:
    assert ask(If_None_Match='"other"', If_Modified_Since=STAMP).status_code == 200


def test_if_modified_since_counts_without_an_etag() -> None:
    assert ask(If_Modified_Since=STAMP).status_code == 304
    assert ask(If_Modified_Since="Sat, 21 Nov 2026 06:59:59 GMT").status_code == 200


def test_head_has_the_length_and_no_body_and_ignores_ranges() -> None:
    answer = ask("HEAD", Range="bytes=0-1")
    assert answer.status_code == 200
    assert answer["Content-Length"] == str(SIZE)
    assert answer["Accept-Ranges"] == "bytes"
    assert body(answer) == b""


def test_empty_file_is_served_whole_and_has_no_ranges(vault: Path) -> None:
    (vault / "audio").mkdir()
    (vault / "audio" / "a.mp3").touch()
    empty = Served(key="audio/a.mp3", mime="audio/mpeg", etag="e", modified=MODIFIED, filename="a.mp3")
    answer = ask(file=empty)
    assert (answer.status_code, answer["Content-Length"], body(answer)) == (200, "0", b"")
    for asked in ("bytes=0-", "bytes=-5"):
        assert ask(file=empty, Range=asked)["Content-Range"] == "bytes */0"


def test_attachment_is_saved_not_shown() -> None:
    file = Served(KEY, "video/mp4", ETAG, MODIFIED, 'a"b\r\n.mp4', attachment=True)
    assert ask(file=file)["Content-Disposition"].startswith("attachment; filename")


def test_missing_bytes_are_our_failure() -> None:
    with pytest.raises(AppError, match="app:storage:failed"):
        ask(file=Served(clip_key(UUID(int=8)), "video/mp4", "x", MODIFIED, "a.mp4"))


def test_server_in_front_can_be_handed_the_file(settings: Settings) -> None:
    settings.MV_X_ACCEL_PREFIX = "/protected/"
    answer = ask(Range="bytes=0-1")
    assert answer["X-Accel-Redirect"] == f"/protected/{KEY}"
    assert (answer.status_code, answer["Content-Type"], body(answer)) == (200, "video/mp4", b"")


def test_descriptor_stands_at_the_start_so_that_servers_can_send_it_uncopied() -> None:
    answer = ask(Range="bytes=1000-1999")
    assert isinstance(answer, FileResponse)
    assert answer.file_to_stream is not None
    descriptor = answer.file_to_stream.fileno()
    assert os.lseek(descriptor, 0, os.SEEK_CUR) == 1000
    answer.file_to_stream.close()
    with pytest.raises(OSError, match="Bad file"):
        os.fstat(descriptor)


def test_memory_stays_flat_while_a_large_file_is_sent(vault: Path) -> None:
    large = vault / "audio" / "large.wav"
    large.parent.mkdir()
    large.touch()
    os.truncate(large, 200 * 1024 * 1024)
    answer = ask(file=Served("audio/large.wav", "audio/wav", "l", MODIFIED, "large.wav"))
    assert isinstance(answer, StreamingHttpResponse)
    tracemalloc.start()
    sent = sum(len(part) for part in answer)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sent == 200 * 1024 * 1024
    assert peak < 4 * 1024 * 1024
