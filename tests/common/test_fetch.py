"""A user's URL is fetched when it leads to a public file, and never leads into our own network."""

import itertools
import socket
import threading
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from mvsite.common.errors import UserError
from mvsite.common.fetch import FetchRules, fetch_url
from mvsite.common.fetch.addresses import is_public
from tests.support.hostile_server import PUBLIC, hostile_server
from tests.support.threads import running_time

RULES = FetchRules(max_bytes=100_000, total_seconds=60, idle_seconds=30)
BRIEF = FetchRules(max_bytes=100_000, total_seconds=1.0, idle_seconds=0.5)
SONG = b"x" * 5000
# fmt: off
HOSTS = [
    "127.0.0.1", "127.1", "127.0.0.2", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001",
    "127.0.0.1.", "localhost", "localhost.", "LOCALHOST", "0.0.0.1", "0", "10.0.0.1", "10.255.255.255",
    "172.16.0.1", "172.31.255.254", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.8", "192.88.99.1",
    "198.18.0.1", "224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255",
    "\uff11\uff12\uff17.\uff10.\uff10.\uff11", "127\u30020\u30020\u30021", "[::1]", "[::]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001::1]", "[2001:db8::1]",
    "[3fff::1]", "[5f00::1]", "[fc00::1]", "[fd00::1]", "[fe80::1]", "[fe80::1%25lo]", "[fec0::1]", "[ff02::1]",
    "[ff0e::1]",
]
# fmt: on
ODD = (
    "",
    "/relative",
    "//example.com/x",
    "ftp://example.com/x",
    "file:///etc/passwd",
    "gopher://example.com/",
    "data:image/png;base64,AAAA",
    "http://",
    "http:///x",
    "http://user@example.com/",
    "http://user:pass@example.com/",
    "http://example.com@127.0.0.1/",
    "http://example.com:8080/",
    "http://example.com:22/",
    "http://example.com:99999/",
    "http://example.com:port/",
    "http://exa mple.com/",
    "http://example.com/\r\nX: y",
    "http://example.com\\@127.0.0.1/",
    "http://[::1/",
    "http://[not-an-address]/",
    "http://example.com\x00.org/",
    "http://\u202eexample.com/",
    f"http://example.com/{'a' * 2100}",
    f"http://{'a' * 70}.com/",
    "http://exa\udcffmple.com/",
    "http://a..b/",
    "http://%31%32%37.0.0.1/",
)


def song(
    headers: bytes = b"Content-Type: audio/mpeg\r\nContent-Length: 5000\r\n", body: bytes = SONG
) -> Callable[..., None]:
    def answer(_: bytes, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n" + body)

    return answer


def redirect(to: str) -> Callable[..., None]:
    def answer(_: bytes, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: " + to.encode("utf-8") + b"\r\nContent-Length: 0\r\n\r\n")

    return answer


def refused(url: str, folder: Path, rules: FetchRules = RULES, **words: Any) -> UserError:
    """Fetch what must be refused, and check that nothing was left behind."""
    with pytest.raises(UserError) as caught:
        fetch_url(url, target=folder / "file", rules=rules, **words)
    assert caught.value.code == "user:url:refused"
    assert not any(folder.iterdir())
    return caught.value


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "fetched"
    place.mkdir()
    return place


def test_public_file_is_fetched_whole(folder: Path) -> None:
    with hostile_server(song()) as server:
        found = fetch_url(
            "http://example.com/a b".replace(" ", "%20") + "?x=ü", target=folder / "f", rules=RULES, net=server.net
        )
    assert (found.content_type, found.size) == ("audio/mpeg", 5000)
    assert (folder / "f").read_bytes() == SONG
    request = server.requests[0].decode("ascii")
    assert request.startswith("GET /a%20b?x=%C3%BC HTTP/1.1\r\nHost: example.com\r\n")
    assert "Accept-Encoding: identity" in request
    assert "cookie" not in request.lower()
    assert server.dialled == [PUBLIC]


@pytest.mark.parametrize("host", HOSTS)
def test_hosts_of_our_own_network_are_refused_before_any_connection(host: str, folder: Path) -> None:
    with hostile_server(song()) as server:
        for scheme, port in itertools.product(("http", "https"), ("", ":80", ":443")):
            refused(f"{scheme}://{host}{port}/latest/meta-data", folder, net=server.net)
    assert server.dialled == []
    assert server.requests == []


@pytest.mark.parametrize("host", HOSTS)
def test_redirects_into_our_own_network_are_refused(host: str, folder: Path) -> None:
    with hostile_server(redirect(f"http://{host}/secret")) as server:
        refused("http://example.com/", folder, net=server.net)
    assert server.dialled == [PUBLIC]


@pytest.mark.parametrize("url", ODD)
def test_odd_urls_are_refused_before_any_connection(url: str, folder: Path) -> None:
    with hostile_server(song()) as server:
        refused(url, folder, net=server.net)
    assert server.dialled == []


def test_real_doors_refuse_this_machine(folder: Path) -> None:
    with hostile_server(song()) as server:
        refused("http://localhost/", folder)
        refused("http://127.0.0.1/", folder)
    assert server.requests == []


def test_one_bad_address_among_good_ones_is_enough_to_refuse(folder: Path) -> None:
    with hostile_server(song()) as server:
        server.names["two.example"] = [PUBLIC, "10.0.0.1"]
        refused("http://two.example/", folder, net=server.net)
    assert server.dialled == []


def test_name_is_looked_up_once_for_each_connection(folder: Path) -> None:
    answers = itertools.cycle([[PUBLIC], ["127.0.0.1"]])
    with hostile_server(song()) as server:
        server.resolve = lambda host, port: next(answers)  # type: ignore[method-assign]
        for attempt in range(20):
            if attempt % 2 == 0:
                fetch_url("http://rebind.example/", target=folder / "f", rules=RULES, net=server.net)
                (folder / "f").unlink()
            else:
                refused("http://rebind.example/", folder, net=server.net)
    assert set(server.dialled) == {PUBLIC}


def test_redirects_are_followed_three_times_at_most(folder: Path) -> None:
    steps = itertools.count(1)

    def answer(request: bytes, connection: socket.socket) -> None:
        redirect(f"/step{next(steps)}")(request, connection) if b"GET /step3" not in request else song()(
            request, connection
        )

    with hostile_server(answer) as server:
        found = fetch_url("http://example.com/", target=folder / "f", rules=RULES, net=server.net)
        assert found.size == 5000
        (folder / "f").unlink()
    with hostile_server(redirect("/again")) as server:
        refused("http://example.com/", folder, net=server.net)
        assert len(server.dialled) == 4


def test_https_needs_a_certificate_of_the_name(folder: Path) -> None:
    with hostile_server(song()) as server:
        refused("https://example.com/", folder, net=server.net)
    assert server.dialled == [PUBLIC]


def endless(_: bytes, connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n")
    while True:
        connection.sendall(SONG)


def dripping_head(_: bytes, connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in range(10_000):
        connection.sendall(f"X-{number}: y\r\n"[:1].encode())
        threading.Event().wait(0.05)


def silent(_: bytes, connection: socket.socket) -> None:
    connection.recv(1)


def always_continue(_: bytes, connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")


@pytest.mark.parametrize("answer", [endless, dripping_head, silent, always_continue])
def test_endless_answers_end(answer: Callable[..., None], folder: Path) -> None:
    with running_time() as seconds:
        with hostile_server(answer) as server:
            refused("http://example.com/", folder, BRIEF, net=server.net)
        assert seconds() < 3


@pytest.mark.parametrize(
    "answer",
    [
        song(b"Content-Type: audio/mpeg\r\nContent-Length: 100001\r\n", b""),
        song(b"Content-Type: audio/mpeg\r\nContent-Length: 9000\r\n"),
        song(b"Content-Type: audio/mpeg\r\nContent-Length: 0\r\n", b""),
        song(b"Content-Type: audio/mpeg\r\nContent-Length: -5\r\n"),
        song(b"Content-Type: text/html\r\nContent-Length: 5000\r\n"),
        song(b"Content-Length: 5000\r\n"),
        song(b"Content-Type: audio/mpeg\r\nContent-Encoding: gzip\r\nContent-Length: 5000\r\n"),
        song(b"Content-Type: audio/mpeg\r\nTransfer-Encoding: chunked\r\n", b"zzzz\r\n"),
        lambda _, connection: connection.sendall(b"nonsense\r\n\r\n"),
        lambda _, connection: connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Type: audio/mpeg\r\n\r\nno"),
        lambda _, connection: connection.sendall(b"HTTP/1.1 206 Partial\r\nContent-Type: audio/mpeg\r\n\r\nno"),
        lambda _, connection: connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 70_000 + b"\r\n\r\n"),
        lambda _, connection: connection.sendall(b"HTTP/1.1 302 Found\r\n\r\n"),
        lambda _, connection: connection.close(),
    ],
)
def test_lying_and_broken_answers_are_refused_with_one_text(answer: Callable[..., None], folder: Path) -> None:
    with hostile_server(answer) as server:
        error = refused("http://example.com/", folder, net=server.net)
    assert "404" not in error.detail
    assert error.detail == refused("http://127.0.0.1/", folder).detail


def test_denied_networks_are_refused(folder: Path, settings: Settings) -> None:
    settings.MV_FETCH_DENY = [ip_network("93.184.216.0/24")]
    with hostile_server(song()) as server:
        refused("http://example.com/", folder, net=server.net)
    assert server.dialled == []


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "2001:4860:4860::8888", "::ffff:8.8.8.8"]
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)
