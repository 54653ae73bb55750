"""An HTTP server on this machine that answers what a test tells it to, one answer after the other, whole or cut."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. With `keep` only so many bytes of its body are sent before the connection ends."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    keep: int | None = None
    chunked: bool = False
    dropped: bool = False  # the request is taken and nothing is answered at all
    unread: bool = False  # the connection ends before its body is read


@dataclass(slots=True)
class Asked:
    """One request that came, its headers in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Script:
    """What will be answered, in this order (the last one again and again), and what was asked so far."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.asked: list[Asked] = []
        self.url = ""

    def next(self) -> Reply:
        """Take the next answer."""
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def heard(self, name: str) -> list[str | None]:
        """Give one header of every request."""
        return [each.headers.get(name) for each in self.asked]


def told(status: int, says: Any, **headers: str) -> Reply:
    """Give an answer in JSON; `Retry_After` in `headers` is Retry-After."""
    return Reply(status, json.dumps(says).encode(), {name.replace("_", "-"): value for name, value in headers.items()})


@contextmanager
def scripted() -> Iterator[Script]:
    """Serve until the block ends."""
    script = Script()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"script": script}))
    server.daemon_threads = True
    script.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    script: Script

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
        """Stay quiet."""

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        reply = self.script.next()
        body = b"" if reply.unread else self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.script.asked.append(Asked(self.command, self.path, headers, body))
        self.close_connection = True
        if reply.dropped:
            return
        self.send_response(reply.status)
        how = ("Transfer-Encoding", "chunked") if reply.chunked else ("Content-Length", str(len(reply.body)))
        for name, value in (how, *reply.headers.items()):
            self.send_header(name, value)
        self.end_headers()
        part = reply.body[: reply.keep]
        self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if reply.chunked else part)
        if reply.chunked and reply.keep is None:
            self.wfile.write(b"0\r\n\r\n")
