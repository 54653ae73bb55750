"""The client when answers are lost, cut, late or refused: one key for every try, no half file, no word of its token."""

from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from io import BytesIO
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.error import HTTPError
from uuid import UUID

import pytest

from tests.support.client import mv_client
from tests.support.scripted import Reply, Script, scripted, told

pytestmark = pytest.mark.network_loopback
CLIP = {"video_id": "v", "video_url": "/api/mv/get_video/v"}
JOB = {"id": "j", "state": "queued", "urls": {"self": "/api/mv/jobs/j"}, "result": {}, "error": None}
FILM = bytes(range(256)) * 1000
HTML = b"<html><h1>Bad Gateway</h1></html>"
LOST = {
    "cut": Reply(202, b'{"id": "j", "state": "queued"}', keep=10),
    "cut in chunks": Reply(202, b'{"id": "j", "state": "queued"}', keep=10, chunked=True),
    "not JSON": Reply(200, HTML),
    "nothing": Reply(dropped=True),
    "502 of a proxy": Reply(502, HTML),
    "503 of a proxy": Reply(503, HTML),
    "504 of a proxy": told(504, ["upstream timed out"]),
    "cut error": Reply(409, b'{"code": "user:scene:busy"}', keep=5),
}


@pytest.fixture(scope="module")
def module() -> ModuleType:
    return mv_client()


@pytest.fixture
def pauses(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let the client's pauses take no time; gives how long they would have been."""
    taken: list[float] = []
    monkeypatch.setattr(module, "time", SimpleNamespace(sleep=taken.append))
    return taken


@pytest.fixture
def script() -> Iterator[Script]:
    with scripted() as running:
        yield running


@pytest.fixture
def client(module: ModuleType, script: Script, pauses: list[float]) -> Any:
    return module.Studio(script.url, token="mvk_secret")


@pytest.mark.parametrize("lost", LOST.values(), ids=LOST)
def test_a_post_whose_answer_is_lost_is_sent_again_with_its_key(client: Any, script: Script, lost: Reply) -> None:
    script.replies = [lost, lost, told(202, JOB), told(200, {**JOB, "state": "succeeded", "result": CLIP})]
    assert client.generate_video(prompt="x") == CLIP
    assert [each.method for each in script.asked] == ["POST", "POST", "POST", "GET"]
    keys = script.heard("idempotency-key")[:3]
    assert len(set(keys)) == 1
    assert UUID(keys[0])
    assert script.heard("prefer")[:3] == ["wait=50", "respond-async", "respond-async"]
    assert {each.body for each in script.asked[:3]} == {b'{"prompt": "x"}'}


def test_an_upload_is_sent_again_alike(client: Any, script: Script, tmp_path: Path) -> None:
    (tmp_path / "song.mp3").write_bytes(b"la la la")
    script.replies = [LOST["cut"], told(201, {"audio_id": "a"})]
    assert client.upload("audio", tmp_path / "song.mp3", idempotency_key="mine") == {"audio_id": "a"}
    assert script.heard("idempotency-key") == ["mine", "mine"]
    assert script.asked[0].body == script.asked[1].body


@pytest.mark.parametrize("lost", LOST.values(), ids=LOST)
def test_after_the_last_try_the_caller_has_the_key(
    module: ModuleType, client: Any, script: Script, pauses: list[float], lost: Reply
) -> None:
    script.replies = [lost]
    with pytest.raises(module.LostAnswerError) as caught:
        client.generate_video(prompt="x")
    key = caught.value.idempotency_key
    assert script.heard("idempotency-key") == [key] * 5
    assert pauses == [2, 4, 8, 16]
    assert f"idempotency_key='{key}'" in str(caught.value)
    script.replies = [told(200, CLIP)]
    assert client.generate_video(prompt="x", idempotency_key=key) == CLIP
    assert script.heard("idempotency-key") == [key] * 6


def test_the_key_is_known_when_the_studio_goes_away_while_its_job_is_followed(
    module: ModuleType, client: Any, script: Script
) -> None:
    script.replies = [told(202, JOB), Reply(502, HTML)]
    with pytest.raises(module.LostAnswerError) as caught:
        client.lipsync(video_id="v", audio_id="a")
    assert caught.value.idempotency_key == script.asked[0].headers["idempotency-key"]


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (502, {"code": "provider:call:failed", "job": "/api/mv/jobs/j"}),
        (429, {"code": "provider:call:busy", "job": "/api/mv/jobs/j"}),
        (503, {"code": "app:storage:away", "job": "/api/mv/jobs/j"}),
        (409, {"code": "user:cost:confirm"}),
        (500, {"code": "app:server:error"}),
        (429, {"code": "user:request:throttled", "detail": "an hour is too long to wait for"}),
    ],
)
def test_a_refusal_is_told_at_once(
    module: ModuleType, client: Any, script: Script, status: int, problem: dict[str, str]
) -> None:
    script.replies = [told(status, problem, Retry_After="3600") if status == 429 else told(status, problem)]
    with pytest.raises(module.StudioError) as caught:
        client.generate_video(prompt="x")
    assert (caught.value.status, caught.value.code) == (status, problem["code"])
    assert not isinstance(caught.value, module.LostAnswerError)
    assert [caught.value.idempotency_key] == script.heard("idempotency-key")


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Give a file that is larger than what a connection takes before somebody reads it."""
    (tmp_path / "long.mp4").write_bytes(bytes(32 << 20))
    return tmp_path / "long.mp4"


@pytest.mark.parametrize(
    "refused", [(413, "user:request:too_large"), (415, "media:file:type"), (401, "user:token:none")]
)
def test_a_refusal_that_comes_before_the_file_was_read_is_told_at_once(
    module: ModuleType, client: Any, script: Script, film: Path, refused: tuple[int, str]
) -> None:
    script.replies = [replace(told(refused[0], {"code": refused[1]}), unread=True)]
    with pytest.raises(module.StudioError) as caught:
        client.upload("video", film)
    assert (caught.value.status, caught.value.code) == refused
    assert len(script.asked) == 1


def test_a_file_whose_sending_breaks_off_without_an_answer_is_not_sent_again(
    module: ModuleType, client: Any, script: Script, film: Path
) -> None:
    script.replies = [Reply(dropped=True, unread=True)]
    with pytest.raises(module.LostAnswerError, match="sending broke off") as caught:
        client.upload("video", film)
    assert [caught.value.idempotency_key] == script.heard("idempotency-key")


def test_a_busy_studio_is_asked_again_when_it_says(client: Any, script: Script, pauses: list[float]) -> None:
    script.replies = [
        told(429, {"code": "user:request:throttled"}, Retry_After="7"),
        told(503, {"code": "app:server:busy"}),
        told(503, {"code": "app:storage:away"}, Retry_After="1"),
        told(202, JOB),
        told(429, {"code": "user:request:throttled"}, Retry_After="30"),
        told(200, {**JOB, "state": "succeeded", "result": CLIP}),
    ]
    assert client.generate_video(prompt="x") == CLIP
    assert pauses == [7, 4, 8, 2, 30]


def test_answers_of_any_kind_come_as_they_are(client: Any, script: Script) -> None:
    for answer in ([{"id": "a"}], {"id": "a"}, None, "word"):
        script.replies = [told(200, answer)]
        assert client.get("/api/account/tokens?search=two words") == answer
    assert script.asked[0].path == "/api/account/tokens?search=two%20words"
    script.replies = [Reply(204)]
    assert client.post("/api/mv/scenes/reorder", ids=[]) is None
    canceled = {**JOB, "state": "canceled"}
    script.replies = [told(200, canceled)]
    assert client.post("/api/mv/jobs/j/cancel") == canceled


def test_a_post_is_not_led_elsewhere(module: ModuleType, client: Any, script: Script) -> None:
    script.replies = [Reply(301, headers={"Location": "https://127.0.0.1/api/mv/projects"}), told(200, [])]
    with pytest.raises(module.StudioError, match=r"301 .*https://127") as caught:
        client.post("/api/mv/projects", title="x")
    assert caught.value.status == 301


def test_a_studio_whose_name_is_not_ascii_hears_its_token(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def refused(request: Any, **_: Any) -> None:
        asked.append(request)
        raise HTTPError(request.full_url, 404, "Not Found", Message(), BytesIO(b'{"code": "user:request:not_found"}'))

    monkeypatch.setattr(module.urllib.request, "build_opener", lambda *_: SimpleNamespace(open=refused))
    with pytest.raises(module.StudioError, match="not_found"):
        module.Studio("http://b\u00fchne.example", token="mvk_secret").get("/api/mv/jobs/")
    assert [each.get_header("Authorization") for each in asked] == ["Bearer mvk_secret"]


def test_only_the_studio_hears_the_token(client: Any, script: Script, tmp_path: Path) -> None:
    with scripted() as bucket:
        bucket.replies = [Reply(200, FILM)]
        script.replies = [Reply(302, headers={"Location": f"{bucket.url}/film?signature"})]
        assert client.download("/api/mv/get_video/v", tmp_path / "led.mp4").read_bytes() == FILM
        client.download(f"{bucket.url}/film", tmp_path / "named.mp4")
        assert bucket.heard("authorization") == [None, None]
    assert script.heard("authorization") == ["Bearer mvk_secret"]


def part(begun: int, *, keep: int | None = None, etag: str = '"one"') -> Reply:
    span = f"bytes {begun}-{len(FILM) - 1}/{len(FILM)}"
    return Reply(206, FILM[begun:], {"ETag": etag, "Content-Range": span}, keep=keep)


WHOLE = Reply(200, FILM, {"ETag": '"one"'})
CUT = Reply(200, FILM, {"ETag": '"one"'}, keep=1000)
OTHER = Reply(200, FILM[::-1], {"ETag": '"other"'}, keep=1000)
UNNAMED = Reply(200, FILM[::-1], keep=1000)
IN_CHUNKS = Reply(200, FILM, {"ETag": '"one"'}, keep=1000, chunked=True)


@pytest.mark.parametrize(
    ("replies", "ranges"),
    [
        ([CUT, part(1000)], [None, "bytes=1000-"]),
        ([CUT, part(1000, keep=500), Reply(dropped=True), part(1500)], [None, "bytes=1000-", *["bytes=1500-"] * 2]),
        ([CUT, CUT, WHOLE], [None, "bytes=1000-", "bytes=1000-"]),
        ([OTHER, part(1000), WHOLE], [None, "bytes=1000-", None]),
        ([CUT, part(1001), WHOLE], [None, "bytes=1000-", None]),
        ([UNNAMED, WHOLE], [None, None]),
        ([IN_CHUNKS, Reply(200, FILM, chunked=True)], [None, None]),
        ([Reply(503, b"<Code>SlowDown</Code>"), WHOLE], [None, None]),
    ],
    ids=["goes on", "goes on twice", "no ranges", "another file", "another part", "no ETag", "chunks", "busy bucket"],
)
def test_a_cut_file_is_fetched_to_its_end(
    client: Any, script: Script, tmp_path: Path, replies: list[Reply], ranges: list[str | None]
) -> None:
    script.replies = replies
    assert client.download("/api/mv/get_video/v", tmp_path / "film.mp4").read_bytes() == FILM
    assert script.heard("range") == ranges
    assert [each.name for each in tmp_path.iterdir()] == ["film.mp4"]


@pytest.mark.parametrize("reply", [UNNAMED, IN_CHUNKS, Reply(404, b"{}")], ids=["cut", "cut in chunks", "missing"])
def test_half_a_file_is_an_error_and_leaves_nothing(
    module: ModuleType, client: Any, script: Script, tmp_path: Path, reply: Reply
) -> None:
    (tmp_path / "kept.mp4").write_bytes(b"of before")
    script.replies = [reply]
    for name in ("kept.mp4", "film.mp4"):
        with pytest.raises(module.StudioError):
            client.download("/api/mv/get_video/v", tmp_path / name)
    assert [each.name for each in tmp_path.iterdir()] == ["kept.mp4"]
    assert (tmp_path / "kept.mp4").read_bytes() == b"of before"
