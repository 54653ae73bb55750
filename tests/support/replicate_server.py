"""A stand-in for Replicate on this machine: its HTTP API on one port, the host of its results on another.

Words in a prompt (or in `words`, for models without one) say what goes wrong; a word that ends in `-once` only the
first time for that kind of call.

- create: `create-<status>`, `create-hang`, `create-dropped` (never arrived), `create-lost` (made, the answer is cut),
  `create-html` (made, the gateway says 502), `create-odd` (made, the answer is a list), `create-late`
- read: `read-<status>`, `read-html`, `read-list`, `read-dropped`
- outcome: `slow`, `aborted`, `canceled`, `empty`, `removed`, `listed` (a list of one), `strange-error`, and RUN_ERRORS
- result: `file-<status>`, `file-cut`, `file-type`, `file-big`, `file-moved`, `file-moved-away`, `file-elsewhere`
- list: `list_fails` on the server

`creates` is the witness: every prediction that was really made. `requests` is every call with its headers.
"""

import hashlib
import json
import re
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.replicate_models import ERRORS, TAKES, objection
from tests.support.replicate_state import TOKEN, Replicate, stamp


class Handler(BaseHTTPRequestHandler):
    """What both ports share."""

    protocol_version = "HTTP/1.1"
    state: Replicate

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the name is the base class's
        """Stay quiet."""

    def remember(self) -> bytes:
        self.state.requests.append((self.command, self.path, dict(self.headers.items())))
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def give(self, status: int, body: Any, kind: str = "application/json", **headers: str) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        for name, value in {"Content-Type": kind, "Content-Length": str(len(raw)), **said}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(raw)

    def trouble(self, status: int) -> None:
        if status in (502, 504):
            self.give(status, b"<html><h1>Bad gateway</h1></html>", "text/html")
            return
        headers = {"Retry_After": "7"} if status in (429, 503) else {}
        self.give(status, ERRORS.get(status, {"detail": "?"}), "application/problem+json", **headers)

    def cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


class Api(Handler):
    """The API."""

    def do_POST(self) -> None:
        body = self.remember()
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self.trouble(401)
        elif found := re.fullmatch(r"/v1/models/([\w.-]+/[\w.-]+)/predictions", self.path):
            self.create(found[1], json.loads(body))
        elif self.path == "/v1/files":
            self.upload(body)
        elif (found := re.fullmatch(r"/v1/predictions/(\w+)/cancel", self.path)) and found[1] in self.state.predictions:
            made = self.state.predictions[found[1]]
            if made["status"] in ("starting", "processing"):
                made.update(status="canceled", completed_at=stamp())
            self.give(200, made)
        else:
            self.trouble(404)

    def do_GET(self) -> None:
        self.remember()
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self.trouble(401)
        elif self.path.startswith("/v1/predictions?") or self.path == "/v1/predictions":
            self.listing()
        elif self.path == "/v1/webhooks/default/secret":
            self.give(200, {"key": "whsec_c3RhbmRpbi1zdGFuZGluLXN0YW5kaW4="})
        elif (file_id := self.path.removeprefix("/v1/files/")) in self.state.files:
            self.give(200, self.state.files[file_id])
        elif (number := self.path.removeprefix("/v1/predictions/")) in self.state.predictions:
            self.read(self.state.predictions[number])
        else:
            self.trouble(404)

    def create(self, model: str, asked: dict[str, Any]) -> None:
        given = asked.get("input", {})
        told = self.state.told(str(given.get("prompt", "")), "create")
        if told == "hang":
            self.state.over.wait(30)
            self.cut()
        elif told == "dropped":
            self.cut()
        elif told.isdigit():
            self.trouble(int(told))
        elif model not in TAKES:
            self.trouble(404)
        elif self.state.strict and (detail := objection(model, given)):
            self.give(422, {**ERRORS[422], "detail": detail}, "application/problem+json")
        else:
            made = self.state.make(model, given)
            if told == "lost":
                self.cut()
            elif told == "html":
                self.trouble(502)
            else:
                self.give(201, [] if told == "odd" else made)

    def read(self, made: dict[str, Any]) -> None:
        told = self.state.told(str((made["input"] or {}).get("prompt", "")), "read")
        if told == "dropped":
            self.cut()
        elif told == "html":
            self.give(200, b"<html>", "text/html")
        elif told == "list":
            self.give(200, [1, 2])
        elif told:
            self.trouble(int(told))
        else:
            self.state.go_on(made)
            self.give(200, made)

    def listing(self) -> None:
        if self.state.list_fails:
            self.trouble(500)
            return
        words = parse_qs(urlsplit(self.path).query)
        after, start = words.get("created_after", [""])[0], int(words.get("cursor", ["0"])[0])
        since = datetime.fromisoformat(after) if after else datetime.min.replace(tzinfo=UTC)
        found = [one for one in self.state.predictions.values() if datetime.fromisoformat(one["created_at"]) >= since]
        found.reverse()
        end = start + self.state.page
        following = f"{self.state.api}/v1/predictions?cursor={end}" if end < len(found) else None
        self.give(200, {"previous": None, "next": following, "results": found[start:end]})

    def upload(self, body: bytes) -> None:
        told = self.state.told("", "upload")
        if told:
            self.trouble(int(told))
            return
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        part: Any = BytesParser().parsebytes(head + body).get_payload(0)
        content, number = part.get_payload(decode=True), uuid.uuid4().hex
        digest = hashlib.sha256(content).hexdigest()
        self.state.files[number] = {
            "id": number, "name": part.get_filename(), "content_type": part.get_content_type(),
            "size": len(content), "etag": digest[:16], "checksums": {"sha256": digest}, "metadata": {},
            "created_at": stamp(), "expires_at": stamp(86_400), "urls": {"get": f"{self.state.api}/v1/files/{number}"},
        }  # fmt: skip
        self.give(201, self.state.files[number])


class Outputs(Handler):
    """The host of the results, which asks for no key and must never get one."""

    def do_GET(self) -> None:
        self.remember()
        made = self.state.predictions.get(Path(urlsplit(self.path).path).stem)
        if made is None:
            self.trouble(404)
            return
        told = self.state.told(str(made["input"].get("prompt", "")), "file")
        kind, content = self.state.result(made)
        if told.isdigit():
            self.trouble(int(told))
        elif told == "moved" and "?" not in self.path:
            self.give(302, b"", Location=f"{self.path}?again=1")
        elif told == "moved-away":
            self.give(302, b"", Location="https://evil.example/out.mp4")
        elif told == "cut":
            self.give(200, content[: len(content) // 2], kind, Content_Length=str(len(content)))
            self.cut()
        else:
            self.give(200, content, "text/html" if told == "type" else kind)


@contextmanager
def replicate_server(film: Path) -> Iterator[Replicate]:
    """Serve until the block ends."""
    state = Replicate(film)
    servers = [
        ThreadingHTTPServer(("127.0.0.1", 0), type(door.__name__, (door,), {"state": state})) for door in (Api, Outputs)
    ]
    state.api, state.outputs = (f"http://127.0.0.1:{server.server_address[1]}" for server in servers)
    threads = [threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True) for server in servers]
    for server, thread in zip(servers, threads, strict=True):
        server.daemon_threads = True
        thread.start()
    try:
        yield state
    finally:
        state.over.set()
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join(5)
