"""A provider's file comes from the named hosts only, and no request for it bears a key."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from mvsite.common.fetch import FetchRules, OutputRefused, fetch_output, fetch_url
from tests.support.hostile_server import HostileServer, hostile_server

pytestmark = pytest.mark.network_loopback
RULES = FetchRules(max_bytes=1000, kinds=("video/",), total_seconds=3, idle_seconds=1)
FILM = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 4\r\n\r\nfilm"


def fetch(server: HostileServer, url: str, target: Path) -> None:
    fetch_output(
        url, target=target, rules=RULES, hosts=("replicate.delivery",), trusted=("studio.test",), net=server.net
    )


def say(answer: bytes, *, then: bytes = FILM) -> Callable[[bytes, socket.socket], None]:
    answers = [answer, then]

    def talk(_request: bytes, connection: socket.socket) -> None:
        connection.sendall(answers.pop(0))

    return talk


def refusal(answer: bytes, target: Path, url: str = "http://studio.test:8000/out.mp4") -> OutputRefused:
    with hostile_server(say(answer)) as server:
        with pytest.raises(OutputRefused) as caught:
            fetch(server, url, target)
        assert not target.exists()
    return caught.value


def test_a_trusted_host_may_be_this_machine_on_any_port(tmp_path: Path) -> None:
    target = tmp_path / "out.mp4"
    with hostile_server(say(FILM)) as server:
        fetch(server, "http://studio.test:8000/out.mp4?x=1", target)
        assert server.requests[0].startswith(b"GET /out.mp4?x=1 HTTP/1.1\r\n")
        assert b"authorization" not in server.requests[0].lower()
    assert target.read_bytes() == b"film"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/out.mp4",
        "https://replicate.delivery.evil.example/out.mp4",
        "https://evilreplicate.delivery/out.mp4",
        "http://replicate.delivery/out.mp4",
        "https://replicate.delivery:8443/out.mp4",
        "https://user@replicate.delivery/out.mp4",
        "http://key@studio.test:8000/out.mp4",
        "file:///etc/passwd",
        "http://[broken",
        "",
    ],
)
def test_no_other_host_is_even_asked(url: str, tmp_path: Path) -> None:
    with hostile_server(say(FILM)) as server:
        with pytest.raises(OutputRefused) as caught:
            fetch(server, url, tmp_path / "out.mp4")
        assert not caught.value.may_pass
        assert server.dialled == []


def test_a_named_host_must_lie_at_a_public_address(tmp_path: Path) -> None:
    with hostile_server(say(FILM)) as server:
        server.names["cdn.replicate.delivery"] = ["10.0.0.7"]
        with pytest.raises(OutputRefused):
            fetch(server, "https://cdn.replicate.delivery/out.mp4", tmp_path / "out.mp4")
        assert server.dialled == []


def test_a_redirect_must_lead_to_a_named_host_too(tmp_path: Path) -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /other.mp4\r\nContent-Length: 0\r\n\r\n"
    with hostile_server(say(moved)) as server:
        fetch(server, "http://studio.test:8000/out.mp4", tmp_path / "out.mp4")
    away = moved.replace(b"/other.mp4", b"https://evil.example/x")
    assert not refusal(away, tmp_path / "away.mp4").may_pass


@pytest.mark.parametrize(
    ("answer", "may_pass"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", False),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", False),
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\nfilm", False),
        (b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 2000\r\n\r\nfilm", False),
        (b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n" + b"x" * 2000, False),
        (b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 9\r\n\r\nfilm", True),
        (b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: 0\r\n\r\n", True),
        (b"nonsense\r\n\r\n", True),
    ],
)
def test_a_bad_answer_says_whether_another_try_may_help(answer: bytes, *, may_pass: bool, tmp_path: Path) -> None:
    assert refusal(answer, tmp_path / "out.mp4").may_pass is may_pass


def test_a_wish_to_stop_leaves_nothing(tmp_path: Path) -> None:
    def stop(part: float) -> None:
        raise KeyboardInterrupt

    with (
        hostile_server(say(FILM)) as server,
        pytest.raises(KeyboardInterrupt),
    ):
        fetch_output(
            "http://studio.test/out.mp4", target=tmp_path / "x", rules=RULES, hosts=(), trusted=("studio.test",),
            net=server.net, tick=stop,
        )  # fmt: skip
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("closing", [b"", b"Connection: close\r\n"])
def test_a_long_file_arrives_whole_when_the_server_closes_after_it(tmp_path: Path, closing: bytes) -> None:
    film = bytes(range(256)) * 2000
    head = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n" + closing + b"Content-Length: %d\r\n\r\n" % len(film)
    rules = FetchRules(max_bytes=len(film), total_seconds=10, idle_seconds=5)
    with hostile_server(say(head + film, then=head + film)) as server:
        fetch_output(
            "http://studio.test/x",
            target=tmp_path / "a",
            rules=rules,
            hosts=(),
            trusted=("studio.test",),
            net=server.net,
        )
        fetch_url("http://public.test/x", target=tmp_path / "b", rules=rules, net=server.net)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes() == film
