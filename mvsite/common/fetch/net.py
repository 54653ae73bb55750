"""The two doors to the network that fetching uses, and a socket that ends when its time is up."""

import io
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from mvsite.common.fetch.urls import RefusedError


def resolve(host: str, port: int) -> list[str]:
    """Return every numeric address of a host, in the resolver's order. Raises OSError, UnicodeError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for _, _, _, _, address in found))


def dial(address: str, port: int, timeout: float) -> socket.socket:
    """Connect to a numeric address within `timeout` seconds, and make sure that it is where the socket leads."""
    connected = socket.create_connection((address, port), timeout=timeout)
    if connected.getpeername()[0] != address:
        connected.close()
        raise RefusedError("the connection leads elsewhere")
    return connected


@dataclass(frozen=True, slots=True)
class Net:
    """How names become addresses and addresses become connections; tests bring their own."""

    resolve: Callable[[str, int], list[str]] = resolve
    dial: Callable[[str, int, float], socket.socket] = dial


class TimedSocket:
    """What `http.client` needs of a socket; each wait is limited by `idle` seconds and by the moment `end`.

    A socket's own timeout counts for one wait only: a server that sends one byte now and then would never end.
    """

    def __init__(self, connected: socket.socket, *, idle: float, end: float) -> None:
        self._socket = connected
        self._idle = idle
        self._end = end
        self._readers = 0
        self._closing = False

    def allow(self) -> None:
        """Give the next wait its time. Raises TimeoutError when none is left."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("out of time")
        self._socket.settimeout(min(self._idle, left))

    def sendall(self, data: bytes) -> None:
        """Send everything."""
        self.allow()
        self._socket.sendall(data)

    def receive_into(self, buffer: memoryview) -> int:
        """Read what is there, at least one byte unless the other side has closed."""
        self.allow()
        return self._socket.recv_into(buffer)

    def makefile(self, mode: str) -> io.BufferedReader:
        """Give a reader, which keeps the connection open until it is closed too."""
        self._readers += 1
        return io.BufferedReader(_Reader(self))

    def close(self) -> None:
        """Close the connection once its readers are closed.

        `http.client` closes its side before the body is read when the server says `Connection: close`.
        """
        self._closing = True
        self._close_when_idle()

    def reader_closed(self) -> None:
        """Count a reader off."""
        self._readers -= 1
        self._close_when_idle()

    def _close_when_idle(self) -> None:
        if self._closing and self._readers == 0:
            self._socket.close()


class _Reader(io.RawIOBase):
    def __init__(self, source: TimedSocket) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        return self._source.receive_into(memoryview(buffer))  # type: ignore[arg-type]  # typeshed has no name for "any buffer" in 3.11

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._source.reader_closed()
