"""The guard of `tests/conftest.py` bites: no test can leave the machine unnoticed."""

import contextlib
import socket
import subprocess
import sys
import urllib.request

import pytest

from tests.support.network import GUARD, NetworkRefusedError, is_local

ELSEWHERE = "192.0.2.1"  # reserved for documentation: nobody answers there even if the guard failed


@pytest.fixture
def forgiven(no_network: list[str]) -> list[str]:
    """Give what was refused in this test, to be cleared by it: here trying is the point."""
    return no_network


def test_guard_refuses_a_connection(forgiven: list[str]) -> None:
    with pytest.raises(NetworkRefusedError):
        socket.create_connection((ELSEWHERE, 80), timeout=1)
    assert forgiven != []
    forgiven.clear()


def test_guard_refuses_a_name_look_up(forgiven: list[str]) -> None:
    with pytest.raises(NetworkRefusedError):
        socket.getaddrinfo("studio.example", 443)
    assert forgiven == ["socket.getaddrinfo studio.example"]
    forgiven.clear()


def test_guard_refuses_a_datagram(forgiven: list[str]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram, pytest.raises(NetworkRefusedError):
        datagram.sendto(b"hello", (ELSEWHERE, 53))
    forgiven.clear()


def test_guard_remembers_what_was_swallowed(forgiven: list[str]) -> None:
    with contextlib.suppress(Exception):
        urllib.request.urlopen(f"http://{ELSEWHERE}/", timeout=1)
    assert forgiven == [f"socket.getaddrinfo {ELSEWHERE}"]
    forgiven.clear()


def test_guard_stands_in_children_too() -> None:
    attempt = f"import socket; socket.create_connection(({ELSEWHERE!r}, 80), timeout=1)"
    done = subprocess.run([sys.executable, "-c", attempt], capture_output=True, text=True, check=False)
    assert "NetworkRefusedError" in done.stderr


def test_guard_lets_this_machine_through() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass
    assert GUARD.active


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost", b"localhost", None])
def test_is_local_takes_this_machine(host: object) -> None:
    assert is_local(host)


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "localhost.example", "127.0.0.1.example"])
def test_is_local_takes_nothing_else(host: object) -> None:
    assert not is_local(host)
