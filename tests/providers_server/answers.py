"""What every door of the stand-in takes and gives: a request as it came in, an answer as it shall go out."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(slots=True)
class Request:
    """One request; `operation` is filled in by the door, `fault` when something was done wrong on purpose."""

    method: str
    path: str
    headers: dict[str, str]
    raw: bytes = b""
    operation: str = ""
    fault: str = ""
    order_id: str = ""

    @property
    def tail(self) -> str:
        """The path without its query."""
        return urlsplit(self.path).path

    @property
    def query(self) -> dict[str, str]:
        """The query, the first value of each name."""
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}

    @property
    def body(self) -> dict[str, Any]:
        """The JSON body; empty when there is none."""
        is_json = "json" in self.header("Content-Type")
        found = json.loads(self.raw) if self.raw and is_json else {}
        return found if isinstance(found, dict) else {}

    def header(self, name: str) -> str:
        """One header, empty when it is missing."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), "")


@dataclass(slots=True)
class Answer:
    """What to serve: `body` as JSON, text as HTML, bytes as `kind`; a list streamed when that was asked for.

    `drop` breaks the line before anything is said, `cut` in the middle of the body. `wait` and `seconds` come first.
    `before` is called with the number of each streamed piece before it is sent, in the thread of the connection.
    """

    status: int = 200
    body: Any = None
    drop: bool = False
    cut: bool = False
    wait: threading.Event | None = None
    kind: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    before: Callable[[int], None] | None = None

    def encoded(self, *, streamed: bool) -> tuple[str, bytes]:
        """Give the content type and the bytes."""
        if isinstance(self.body, bytes):
            return self.kind or "video/mp4", self.body
        if isinstance(self.body, str):
            return self.kind or "text/html", self.body.encode()
        if streamed and isinstance(self.body, list):
            pieces = (b"data: " + json.dumps(piece).encode() + b"\r\n\r\n" for piece in self.body)
            return "text/event-stream", b"".join(pieces)
        return self.kind or "application/json", json.dumps(self.body).encode()
