"""A server on this machine that stands for any server of the internet, and counts who reached it."""

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from mvsite.common.fetch import Net

PUBLIC = "93.184.216.34"


@dataclass
class HostileServer:
    """`answer` gets the request's bytes and the connection; `dialled` lists the addresses that were connected to."""

    port: int
    names: dict[str, list[str]] = field(default_factory=dict)
    requests: list[bytes] = field(default_factory=list)
    dialled: list[str] = field(default_factory=list)

    def resolve(self, host: str, port: int) -> list[str]:
        """Look a name up here; numbers in every spelling are read the way the system reads them."""
        if host in self.names:
            return self.names[host]
        with suppress(ValueError):
            return [str(ipaddress.ip_address(host))]
        with suppress(OSError):
            return [socket.inet_ntoa(socket.inet_aton(host))]
        return ["127.0.0.1"] if host.rstrip(".").lower() in {"localhost", "127.0.0.1"} else [PUBLIC]

    def dial(self, address: str, port: int, timeout: float) -> socket.socket:
        """Whatever the address, end up here."""
        self.dialled.append(address)
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    @property
    def net(self) -> Net:
        """The two doors for `fetch_url`."""
        return Net(self.resolve, self.dial)


@contextmanager
def hostile_server(answer: Callable[[bytes, socket.socket], None]) -> Iterator[HostileServer]:
    """Serve each connection by `answer` until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = HostileServer(listener.getsockname()[1])

    def serve(connection: socket.socket) -> None:
        with connection:
            try:
                request = connection.recv(65536)
                server.requests.append(request)
                answer(request, connection)
            except OSError:
                return  # the client went away, which is what many tests are about

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    acceptor = threading.Thread(target=accept, daemon=True)
    acceptor.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join(5)
