"""Ports and threads: each door is a function from request to answer, served on a port of this machine.

`providers_server(…)` serves in this process; `python -m tests.providers_server` in one of its own (`process.py`).
"""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.providers_server.answers import Answer, Request
from tests.providers_server.control import control
from tests.providers_server.google import Google
from tests.providers_server.media import Media
from tests.providers_server.replicate import Replicate
from tests.providers_server.standin import Standin
from tests.providers_server.webhooks import Hooks

TICK_SECONDS = 0.1
VENDORS = ("replicate", "outputs", "google")


class Server(ThreadingHTTPServer):
    """One port. Open connections are known, so that it can go down as a machine does."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, port: int, door: Callable[[Request], Answer], standin: Standin, name: str) -> None:
        handler = type("Door", (_Handler,), {"door": staticmethod(door), "standin": standin, "name": name})
        self.live: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), handler)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember the connection."""
        self.live.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget it."""
        self.live.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients go away; anything else ends in the log of the process."""
        with suppress(ConnectionError, ValueError):
            super().handle_error(request, client_address)

    def close(self) -> None:
        """Refuse new connections and break the open ones."""
        self.shutdown()
        self.server_close()
        for connection in list(self.live):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    door: Callable[[Request], Answer]
    standin: Standin
    name: str

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name is the base class's
        """Stay quiet."""

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = Request(self.command, self.path, dict(self.headers.items()), raw)
        if self.standin.remember and self.name != "control":
            self.standin.seen.append(request)
        answer = self.door(request)
        if self.name != "control":
            self.standin.seen_and_done("gemini" if self.name == "google" else "replicate", request, answer)
        if answer.wait is not None:
            answer.wait.wait(20)
        if answer.seconds:
            self.standin.over.wait(answer.seconds)
        if answer.drop:
            self.cut()
            return
        with suppress(ConnectionError):  # the client may have heard enough
            self.send(answer, streamed="alt=sse" in self.path)

    def send(self, answer: Answer, *, streamed: bool) -> None:
        kind, content = answer.encoded(streamed=streamed)
        headers = {"Content-Type": kind, "Content-Length": str(len(content)), **answer.headers}
        if self.name == "google":  # else a client may try a line that is about to be closed
            self.close_connection = True
            headers["Connection"] = "close"
            if 300 <= answer.status < 400 and "Location" not in headers:
                headers["Location"] = str(answer.body)
        self.send_response(answer.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.in_pieces(content[: len(content) // 2] if answer.cut else content, answer.before)
        if answer.cut:
            self.wfile.flush()
            self.cut()

    def in_pieces(self, content: bytes, before: Callable[[int], None] | None) -> None:
        pieces = [content] if before is None else [each for each in re.split(rb"(?<=\r\n\r\n)", content) if each]
        for number, piece in enumerate(pieces):
            if before is not None:
                before(number)
            self.wfile.write(piece)
            self.wfile.flush()

    def cut(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


class House:
    """All doors of one stand-in."""

    def __init__(self, standin: Standin, ports: dict[str, int] | None = None) -> None:
        self.standin = standin
        self.ports = dict.fromkeys((*VENDORS, "control"), 0) | (ports or {})
        self.replicate = Replicate(standin)
        self.google = Google(standin)
        self.hooks = Hooks(standin, self.replicate)
        self._open: dict[str, Server] = {}
        self._lock = threading.Lock()
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def open(self, *names: str) -> None:
        """Open every door (or those named) and let time pass."""
        doors: dict[str, Callable[[Request], Answer]] = {
            "replicate": self.replicate.answer,
            "outputs": self.replicate.output,
            "google": self.google.answer,
            "control": lambda request: control(self, request),
        }
        with self._lock:
            for name, door in doors.items():
                if name not in self._open and name in (names or doors):
                    self._open[name] = Server(self.ports[name], door, self.standin, name)
                    self.ports[name] = self._open[name].server_address[1]
        self.replicate.api, self.google.url = self.url("replicate"), self.url("google")
        self.replicate.outputs = self.url("outputs").replace("127.0.0.1", "localhost")
        if not self._ticker.is_alive():
            self._ticker.start()

    def url(self, name: str) -> str:
        """Give the address of a door."""
        return f"http://127.0.0.1:{self.ports[name]}"

    def down(self, seconds: float) -> None:
        """Refuse every connection for a while, except those to the control door."""
        self.standin.log.write("down", seconds=seconds)
        with self._lock:
            closed = [self._open.pop(name) for name in VENDORS if name in self._open]
        for server in closed:
            server.close()
        held = [_hold(self.ports[name]) for name in VENDORS]

        def up() -> None:
            self.standin.over.wait(seconds)
            for holder in held:
                holder.close()
            if not self.standin.over.is_set():
                self.open()
                self.standin.log.write("up")

        threading.Thread(target=up, daemon=True).start()

    def close(self) -> None:
        """Close every door."""
        self.standin.over.set()
        for server in self._open.values():
            server.close()
        self.standin.close()

    def _tick(self) -> None:
        while not self.standin.over.wait(TICK_SECONDS):
            for order in self.standin.orders:
                if not order.over and (order.seconds is not None or order.deadline is not None):
                    self.standin.look(order, looked=False)


def _hold(port: int) -> socket.socket:
    """Keep a port without listening: connections are refused and nobody else gets it."""
    holder = socket.socket()
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with suppress(OSError):
        holder.bind(("127.0.0.1", port))
    return holder


@contextmanager
def providers_server(folder: Path, media: Media) -> Iterator[House]:
    """Serve in this process until the block ends; orders go one step with each look."""
    house = House(Standin(folder, media, remember=True))
    house.open(*VENDORS)
    try:
        yield house
    finally:
        house.close()
