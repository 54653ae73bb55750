"""A stand-in for Google's Gemini API and Enterprise platform on loopback: their wire format, real files, a witness log.

It does what it is asked. What goes wrong is scripted: `server.faults["generate"].append(Answer(429, {...}))` is
served once instead, `Answer(drop=True)` does the work and then breaks the line. Operations: generate, create, get,
cancel, download, predict, operation, token.
"""

import base64
import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SHOTS = ("wide", "medium", "close-up")


@dataclass
class Answer:
    """What to serve: `body` as JSON, or as it is when it is text.

    `drop` breaks the line after the work is done, `cut` before the end of the answer.
    """

    status: int = 200
    body: Any = None
    drop: bool = False
    cut: bool = False
    wait: threading.Event | None = None


@dataclass
class Seen:
    """One request as it came in."""

    operation: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


def error(status: int, name: str, message: str, *details: dict[str, Any]) -> Answer:
    """Make an error as Google words it."""
    return Answer(status, {"error": {"code": status, "message": message, "status": name, "details": list(details)}})


def retry_info(seconds: str) -> dict[str, Any]:
    """Make the detail that says when to come back."""
    return {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": seconds}


def written(text: str, *, finish: str | None = "STOP", parts: int = 4) -> Answer:
    """Make a streamed answer of `text` in pieces; the last one holds the reason and the tokens."""
    step = max(1, -(-len(text) // parts))
    pieces = [text[at : at + step] for at in range(0, len(text), step)] or [""]
    chunks: list[dict[str, Any]] = [
        {"candidates": [{"content": {"role": "model", "parts": [{"text": piece}]}, "index": 0}]} for piece in pieces
    ]
    if finish:
        chunks[-1]["candidates"][0]["finishReason"] = finish
    used = {"promptTokenCount": 812, "candidatesTokenCount": 143, "thoughtsTokenCount": 655, "totalTokenCount": 1610}
    for chunk in chunks:
        chunk.update(modelVersion="gemini-served", responseId="r1", usageMetadata={"promptTokenCount": 812})
    chunks[-1]["usageMetadata"] = used
    return Answer(body=chunks)


def blocked(reason: str) -> Answer:
    """Make the answer to a prompt that is not taken."""
    return Answer(body=[{"promptFeedback": {"blockReason": reason}, "usageMetadata": {"promptTokenCount": 8}}])


def scenes_json(count: int) -> str:
    """Write scenes that follow the default flavor's rules."""
    scenes = [
        {
            "description": f"{SHOTS[n % 3]} shot, locked camera. A woman in red rows boat {n + 1} over the lake.",
            "negative_description": f"text, watermark, second boat {n + 1}",
            "shot": SHOTS[n % 3],
            "place": f"lake shore {n + 1}",
            "audience": False,
        }
        for n in range(count)
    ]
    return json.dumps({"scenes": scenes})


@dataclass
class GeminiServer:
    """The stand-in's memory: what it was asked, what it made, what it shall get wrong."""

    port: int = 0
    video: bytes = b""
    inline: bool = False
    polls_until_done: int = 1
    seen: list[Seen] = field(default_factory=list)
    faults: dict[str, deque[Answer]] = field(default_factory=lambda: defaultdict(deque))
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    ending: dict[str, Any] | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def count(self, operation: str) -> int:
        """Say how often something was asked."""
        return sum(each.operation == operation for each in self.seen)

    def last(self, operation: str) -> Seen:
        """Give the newest request of a kind."""
        return next(each for each in reversed(self.seen) if each.operation == operation)

    def answer(self, seen: Seen) -> Answer:
        """Do what is asked, unless a fault is due."""
        self.seen.append(seen)
        fault = self.faults[seen.operation].popleft() if self.faults[seen.operation] else None
        if fault is not None and not fault.drop:
            return fault
        doing: dict[str, Callable[[Seen], Answer]] = {
            "generate": self._generate,
            "create": self._create,
            "get": self._get,
            "cancel": self._cancel,
            "predict": self._predict,
            "operation": self._operation,
            "download": lambda _: Answer(body=self.video),
            "token": lambda _: Answer(
                body={"access_token": "ya29.stand-in", "expires_in": 3600, "token_type": "Bearer"}
            ),
        }
        done = doing.get(seen.operation, self._unknown)(seen)
        return Answer(done.status, done.body, drop=True) if fault is not None else done

    def _unknown(self, seen: Seen) -> Answer:
        return error(404, "NOT_FOUND", f"No such address: {seen.path}")

    def _generate(self, seen: Seen) -> Answer:
        schema = seen.body["generationConfig"]["responseJsonSchema"]
        return written(scenes_json(schema["properties"]["scenes"]["minItems"]))

    def _create(self, seen: Seen) -> Answer:
        name = f"v1_{len(self.orders) + 1}"
        self.orders[name] = {"polls": 0, "status": "in_progress", "model": seen.body["model"]}
        return Answer(body=self._interaction(name))

    def _get(self, seen: Seen) -> Answer:
        name = seen.path.split("?")[0].rsplit("/", 1)[-1]
        order = self.orders.get(name)
        if order is None:
            return error(404, "NOT_FOUND", "Interaction not found.")
        order["polls"] += 1
        if order["status"] == "in_progress" and order["polls"] >= self.polls_until_done:
            order["status"] = "completed"
        return Answer(body=self._interaction(name))

    def _cancel(self, seen: Seen) -> Answer:
        name = seen.path.split("/")[-2]
        if self.orders[name]["status"] != "in_progress":
            return error(400, "FAILED_PRECONDITION", "The interaction is not running.")
        self.orders[name]["status"] = "cancelled"
        return Answer(body=self._interaction(name))

    def _interaction(self, name: str) -> dict[str, Any]:
        order = self.orders[name]
        now = "2026-11-21T09:00:00Z"
        said = {"id": name, "object": "interaction", "model": order["model"], "created": now, "updated": now}
        said |= {"status": order["status"], "steps": []}
        if order["status"] == "completed":
            where = {"uri": f"https://generativelanguage.googleapis.com/v1beta/files/{name.replace('_', '')}:download"}
            data = {"data": base64.b64encode(self.video).decode()} if self.inline else where
            said["steps"] = [{"type": "model_output", "content": [{"type": "video", "mime_type": "video/mp4", **data}]}]
            said |= self.ending or {}
        return said

    def _predict(self, seen: Seen) -> Answer:
        name = f"{seen.path.strip('/').split('/', 1)[1].split(':')[0]}/operations/op{len(self.orders) + 1}"
        self.orders[name] = {"polls": 0}
        return Answer(body={"name": name})

    def _operation(self, seen: Seen) -> Answer:
        name = seen.body["operationName"]
        self.orders[name]["polls"] += 1
        if self.orders[name]["polls"] < self.polls_until_done:
            return Answer(body={"name": name})
        video = {"bytesBase64Encoded": base64.b64encode(self.video).decode(), "mimeType": "video/mp4"}
        ending = self.ending or {"response": {"raiMediaFilteredCount": 0, "videos": [video]}}
        return Answer(body={"name": name, "done": True, **ending})


def _operation_of(method: str, path: str) -> str:
    tail = path.split("?", maxsplit=1)[0]
    endings = {
        ":streamGenerateContent": "generate", ":generateContent": "generate", ":predictLongRunning": "predict",
        ":fetchPredictOperation": "operation", ":download": "download", "/cancel": "cancel", "/token": "token",
        "/interactions": "create",
    }  # fmt: skip
    found = next((operation for ending, operation in endings.items() if tail.endswith(ending)), None)
    return found or ("get" if method == "GET" and "/interactions/" in tail else "unknown")


@contextmanager
def gemini_server(video: bytes = b"") -> Iterator[GeminiServer]:
    """Serve on a free port of this machine until the block ends."""
    stand_in = GeminiServer(video=video)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the base class names it so
            return

        def do_GET(self) -> None:
            self.do_POST()

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            is_json = "json" in (self.headers.get("Content-Type") or "")
            body = json.loads(raw) if raw and is_json else {}
            operation = _operation_of(self.command, self.path)
            answer = stand_in.answer(Seen(operation, self.path, dict(self.headers.items()), body))
            if answer.wait is not None:
                answer.wait.wait(20)
            self.close_connection = True
            if answer.drop:
                return
            kind, content = _encoded(answer.body, streamed="alt=sse" in self.path)
            self.send_response(answer.status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content) + (1000 if answer.cut else 0)))
            self.send_header("Connection", "close")  # else a client may try a line that is about to be closed
            if 300 <= answer.status < 400:
                self.send_header("Location", str(answer.body))
            self.end_headers()
            with suppress(ConnectionError):  # the client may have heard enough
                self.wfile.write(content)

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    stand_in.port = http.server_address[1]
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        http.shutdown()
        http.server_close()
        thread.join(5)


def _encoded(body: Any, *, streamed: bool) -> tuple[str, bytes]:
    if isinstance(body, bytes):
        return "video/mp4", body
    if isinstance(body, str):
        return "text/html", body.encode()
    if streamed and isinstance(body, list):
        return "text/event-stream", b"".join(b"data: " + json.dumps(piece).encode() + b"\r\n\r\n" for piece in body)
    return "application/json", json.dumps(body).encode()
