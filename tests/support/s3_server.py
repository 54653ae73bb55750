"""An S3-compatible server on this machine: moto behind a gate that checks signatures, and faults at will."""

import io
import random
import socket
import struct
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import boto3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from pytest_django.fixtures import Settings
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from tests.support.s3_gate import Environ, SignatureGate, error_answer

KEY_ID, SECRET = "AKIATESTOFTHESTUDIO", "a-secret-of-the-tests-only"
REGION = "us-east-1"
FAULTS = ("500", "503", "reset")


class S3Server:
    """One server with one bucket. `stop` and `start` take it away and bring it back on its port, objects and all."""

    def __init__(self) -> None:
        self.bucket = f"films-{uuid4().hex[:12]}"
        self._moto = DomainDispatcherApplication(create_backend_app)
        self.gate = SignatureGate(self._kept, {KEY_ID: SECRET})
        self._damages = 0
        self.requests: list[str] = []
        self._faults: tuple[float, Sequence[str], random.Random] | None = None
        self._over = threading.Event()
        self._server: BaseWSGIServer | None = None
        self.port = 0
        self.start()
        self.client.create_bucket(Bucket=self.bucket)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def client(self) -> Any:
        """A client that may do everything: to look behind the studio's back."""
        words = {"aws_access_key_id": KEY_ID, "aws_secret_access_key": SECRET, "region_name": REGION}
        return boto3.client("s3", endpoint_url=self.url, **words)

    @property
    def variables(self) -> dict[str, str]:
        """What an installation sets to keep its files here, besides SERVE_FROM_CLOUD."""
        return {
            "STORAGE_BUCKET": self.bucket,
            "AWS_S3_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": KEY_ID,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": REGION,
            "AWS_S3_ADDRESSING_STYLE": "path",
        }

    def set_on(self, settings: Settings, *, serve: bool) -> None:
        """Let the studio of this process use it."""
        for name, value in self.variables.items():
            setattr(settings, name, value)
        settings.SERVE_FROM_CLOUD = serve
        # Another time limit is another client: a client that has failed often tries again less often.
        settings.MV_CLOUD_TIMEOUT_SECONDS = 2.0 + random.random()

    def names(self) -> set[str]:
        """Name all objects."""
        found = self.client.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return {one["Key"] for one in found}

    def read(self, key: str) -> bytes:
        """Read an object."""
        body: bytes = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return body

    def start(self) -> None:
        """Listen, on the port of before."""
        self._over.clear()
        self._server = make_server("127.0.0.1", self.port, self._answer, threaded=True, request_handler=_Silent)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        """Refuse every connection from now on."""
        self._over.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @contextmanager
    def failing(self, share: float, kinds: Sequence[str] = FAULTS, *, seed: int = 1) -> Iterator[None]:
        """Fail a share of the requests in the given ways: `500`, `503`, `reset`, `stall` (until the block ends)."""
        self._faults = (share, kinds, random.Random(seed))
        try:
            yield
        finally:
            self._faults = None
            self._over.set()
            self._over = threading.Event()

    @contextmanager
    def damaging(self, uploads: int = 1_000_000) -> Iterator[None]:
        """Change one byte of so many uploads, behind the signature and before the ETag is computed of what came."""
        self._damages = uploads
        try:
            yield
        finally:
            self._damages = 0

    def _kept(self, environ: Environ, start: Any) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "PUT" and self._damages > 0:
            self._damages -= 1
            body = bytearray(environ["wsgi.input"].read())
            body[len(body) // 2] ^= 1
            environ["wsgi.input"] = io.BytesIO(bytes(body))
        answer: Iterable[bytes] = self._moto(environ, start)
        return answer

    def _answer(self, environ: Environ, start: Any) -> Iterable[bytes]:
        self.requests.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        fault = self._fault()
        if fault is None:
            return self.gate(environ, start)
        if fault == "stall":
            self._over.wait(60)
        if fault in {"reset", "stall"}:
            connection = environ["werkzeug.socket"]
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.shutdown(socket.SHUT_RDWR)
            raise ConnectionResetError
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if fault == "503":
            return error_answer(start, "503 Slow Down", "SlowDown", "Reduce your request rate.")
        return error_answer(start, "500 Internal Server Error", "InternalError", "We failed.")

    def _fault(self) -> str | None:
        if self._faults is None:
            return None
        share, kinds, dice = self._faults
        return dice.choice(kinds) if dice.random() < share else None


class _Silent(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - its name in werkzeug
        """Say nothing: refusals and faults are what the tests are about."""


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """Run a server with an empty bucket while the block runs."""
    server = S3Server()
    try:
        yield server
    finally:
        server.stop()
