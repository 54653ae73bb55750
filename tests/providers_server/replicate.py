"""Replicate's HTTP API and the host of its results, as functions from a request to an answer."""

import base64
import json
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from typing import Any

from tests.providers_server.answers import Answer, Request
from tests.providers_server.faults import spoiled
from tests.providers_server.media import film_seconds
from tests.providers_server.orders import Order
from tests.providers_server.prices import price
from tests.providers_server.replicate_models import ERRORS, RUN_ERRORS, TAKES, objection
from tests.providers_server.replicate_requests import files_in, is_picture, model_of, operation_of, stamp
from tests.providers_server.standin import Standin
from tests.providers_server.witness import sha256

TOKEN = "r8_standinStandinStandinStandin00"
HOOK_SECRET = "whsec_c3RhbmRpbi1zdGFuZGluLXN0YW5kaW4="
NAME = "replicate"
_UNITS = {"s": 1, "m": 60, "h": 3600}


@dataclass(slots=True)
class Replicate:
    """The API; `words` are faults for models without a prompt, `strict` refuses unknown inputs."""

    standin: Standin
    api: str = ""
    outputs: str = ""
    words: str = ""
    page: int = 100
    strict: bool = True
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in self._uploads.glob("*.json"):
            self.files[path.stem] = json.loads(path.read_text())

    def answer(self, request: Request) -> Answer:
        """Answer one request of the API."""
        request.operation = operation_of(request)
        if request.header("Authorization") != f"Bearer {TOKEN}":
            return trouble("401")
        if request.operation == "create":
            return self._create(request)
        if request.operation in ("read", "cancel"):
            order = self.standin.orders.get(request.tail.split("/")[3])
            if order is None or order.provider != NAME:
                return trouble("404")
            request.order_id = order.id
            return self._spoiled(request, order.prompt, lambda: self._follow(request, order))
        doing: dict[str, Callable[[Request], Answer]] = {
            "list": self._list,
            "upload": self._upload,
            "read-file": self._file,
            "secret": lambda _: Answer(body={"key": HOOK_SECRET}),
            "account": lambda _: Answer(body={"type": "organization", "username": "stand-in"}),
        }
        do = doing.get(request.operation)
        return self._spoiled(request, self.words, lambda: do(request)) if do else trouble("404")

    def _spoiled(self, request: Request, prompt: str, do: Callable[[], Answer]) -> Answer:
        request.fault = self.standin.faults.due(NAME, request.operation, prompt)
        return spoiled(request.fault, do, trouble)

    def _create(self, request: Request) -> Answer:
        asked = request.body
        model = model_of(request)
        given = asked.get("input") or {}

        def do() -> Answer:
            if model not in TAKES:
                return trouble("404")
            if self.strict and (detail := objection(model, given)):
                return Answer(422, {**ERRORS[422], "detail": detail}, kind="application/problem+json")
            order = self._buy(request, model, given, asked)
            wait = re.fullmatch(r"wait=?(\d*)", request.header("Prefer"))
            if wait:
                self._wait(order, min(float(wait[1] or 60), 60))
            return Answer(201, self.prediction(order), headers={"Preference-Applied": wait[0]} if wait else {})

        return self._spoiled(request, self._told(given), do)

    def _wait(self, order: Order, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self.standin.look(order).over and time.monotonic() < end:
            self.standin.over.wait(0.02)

    def _buy(self, request: Request, model: str, given: dict[str, Any], asked: dict[str, Any]) -> Order:
        makes = "image" if is_picture(model) else "clip" if "prompt" in TAKES[model] else "lipsync"
        files = [(name, self._bytes_of(value)) for name, value in files_in(given)]
        seconds = float(given.get("duration", 8))
        if makes == "lipsync":
            film = next((content for name, content in files if name.startswith("video")), b"")
            seconds = film_seconds(film) or seconds
        sound = makes == "lipsync" or bool(given.get("generate_audio", "negative_prompt" in TAKES[model]))
        order = Order(
            id=uuid.uuid4().hex[:26], provider=NAME, model=model, makes=makes, number=0, input=given, label="",
            prompt=self._told(given), film_seconds=seconds, sound=sound,
            aspect=given.get("aspect_ratio", "1:1" if makes == "image" else "16:9"),
            form=given.get("output_format", "jpg") if makes == "image" else "mp4",
            usd=str(price(model, seconds=seconds, sound=sound, resolution=given.get("resolution", "720p"))),
            webhook=str(asked.get("webhook") or ""), events=list(asked.get("webhook_events_filter") or []),
        )  # fmt: skip
        cancel_after = re.fullmatch(r"(\d+)([smh]?)", request.header("Cancel-After"))
        if cancel_after:
            order.deadline = order.created + int(cancel_after[1]) * _UNITS[cancel_after[2] or "s"]
        return self.standin.buy(request, order, files, given=given)

    def _told(self, given: dict[str, Any]) -> str:
        return f"{given.get('prompt', '')} {self.words}".strip()

    def _follow(self, request: Request, order: Order) -> Answer:
        if request.operation == "cancel":
            self.standin.stop(order)
        else:
            self.standin.look(order)
        return Answer(body=self.prediction(order))

    def prediction(self, order: Order) -> dict[str, Any]:
        """Tell an order as Replicate does."""
        here = f"{self.api}/v1/predictions/{order.id}"
        said: dict[str, Any] = {
            "id": order.id, "model": order.model, "version": "hidden", "input": order.input, "logs": "",
            "output": None, "data_removed": False, "error": None, "status": order.status, "source": "api",
            "created_at": stamp(order.created), "urls": {"get": here, "cancel": f"{here}/cancel", "web": here},
        }  # fmt: skip
        if order.deadline is not None:
            said["deadline"] = stamp(order.deadline)
        if order.started is not None:
            said["started_at"] = stamp(order.started)
        if order.ended is not None:
            took = order.ended - order.created
            said |= {"completed_at": stamp(order.ended), "metrics": {"predict_time": took, "total_time": took}}
        if order.status == "failed":
            said["error"] = RUN_ERRORS.get(order.ending, "Internal error (E1000)")
        if order.status == "succeeded" and order.ending != "empty":
            said |= self._result_of(order)
        return said

    def _result_of(self, order: Order) -> dict[str, Any]:
        if order.ending == "removed" or self._expired(order):
            return {"input": None, "data_removed": True}
        host = "https://evil.example" if order.ending == "elsewhere" else self.outputs
        address = f"{host}/out/{order.id}.{order.form}"
        return {"output": [address] if order.ending == "listed" else address}

    def _expired(self, order: Order) -> bool:
        return order.ended is not None and datetime.now(UTC).timestamp() > order.ended + self.standin.keep_seconds

    def _list(self, request: Request) -> Answer:
        after, start = request.query.get("created_after", ""), int(request.query.get("cursor", "0"))
        since = datetime.fromisoformat(after).timestamp() if after else 0.0
        found = [each for each in self.standin.orders if each.provider == NAME and each.created >= since]
        found.reverse()
        end = start + self.page
        following = f"{self.api}/v1/predictions?cursor={end}" if end < len(found) else None
        results = [self.prediction(each) for each in found[start:end]]
        return Answer(body={"previous": None, "next": following, "results": results})

    def _upload(self, request: Request) -> Answer:
        head = f"Content-Type: {request.header('Content-Type')}\r\n\r\n".encode()
        message: Any = message_from_bytes(head + request.raw)
        part = message.get_payload(0)
        content, number = part.get_payload(decode=True), uuid.uuid4().hex
        digest, now = sha256(content), datetime.now(UTC).timestamp()
        self._uploads.mkdir(exist_ok=True)
        (self._uploads / number).write_bytes(content)
        self.files[number] = {
            "id": number, "name": part.get_filename(), "content_type": part.get_content_type(),
            "size": len(content), "etag": digest[:16], "checksums": {"sha256": digest}, "metadata": {},
            "created_at": stamp(now), "expires_at": stamp(now + 86_400),
            "urls": {"get": f"{self.api}/v1/files/{number}"},
        }  # fmt: skip
        (self._uploads / f"{number}.json").write_text(json.dumps(self.files[number]))
        self.standin.log.write("file", id=number, sha256=digest, bytes=len(content), name=part.get_filename())
        return Answer(201, self.files[number])

    def _file(self, request: Request) -> Answer:
        found = self.files.get(request.tail.rsplit("/", 1)[1])
        return Answer(body=found) if found else trouble("404")

    @property
    def _uploads(self) -> Path:
        return self.standin.folder / "uploads"

    def _bytes_of(self, value: str) -> bytes:
        if value.startswith("data:"):
            return base64.b64decode(value.partition(",")[2])
        path = self._uploads / value.rsplit("/", 1)[-1]
        return path.read_bytes() if path.is_file() else b""

    def output(self, request: Request) -> Answer:
        """Answer one request to the host of the results, which asks for no key and must never get one."""
        request.operation = "file"
        order = self.standin.orders.get(Path(request.tail).stem)
        if order is None or self._expired(order):
            return trouble("404")
        request.order_id = order.id
        told = request.fault = self.standin.faults.due(NAME, "file", order.prompt)
        kind, content = self.result(order)
        if told == "moved":
            there = Answer(302, b"", headers={"Location": f"{request.path}?again=1"})
            return Answer(body=content, kind=kind) if request.query else there
        given = {
            "moved-away": Answer(302, b"", headers={"Location": "https://evil.example/out.mp4"}),
            "cut": Answer(body=content, kind=kind, cut=True),
            "type": Answer(body=content, kind="text/html"),
            "empty": Answer(body=b"", kind=kind),
            "broken": Answer(body=content[: len(content) // 3], kind=kind),
            "slow": Answer(body=content, kind=kind, seconds=3.0),
        }
        return given.get(told) or spoiled(told, lambda: Answer(body=content, kind=kind), trouble)

    def result(self, order: Order) -> tuple[str, bytes]:
        """Give kind and bytes of what was made."""
        if order.makes == "image":
            form = "png" if order.form == "png" else "jpeg"
            return f"image/{form}", self.standin.media.picture(order.number, aspect=order.aspect, form=form)
        media = self.standin.media
        film = media.film(order.label, seconds=order.film_seconds, aspect=order.aspect, sound=order.sound)
        return "video/mp4", film.read_bytes()

    @property
    def predictions(self) -> dict[str, dict[str, Any]]:
        """Every prediction as it would be told now."""
        return {each.id: self.prediction(each) for each in self.standin.orders if each.provider == NAME}

    @property
    def creates(self) -> list[dict[str, Any]]:
        """Every prediction that was really made: id, model, input."""
        found = [each for each in self.standin.orders if each.provider == NAME]
        return [{"id": each.id, "model": each.model, "input": each.input} for each in found]

    @property
    def requests(self) -> list[tuple[str, str, dict[str, str]]]:
        """Every request of a test in this process: method, path, headers."""
        return [(each.method, each.path, each.headers) for each in self.standin.seen]


def trouble(what: str) -> Answer:
    """Make the error of a status; `429-bare` comes without a wish to wait, `401-echo` repeats the key."""
    status, _, more = what.partition("-")
    number = int(status)
    if number in (502, 504):
        return Answer(number, "<html><h1>Bad gateway</h1></html>")
    headers = {"Retry-After": "7"} if number in (429, 503) and more != "bare" else {}
    said = {"bare": {"detail": "Request was throttled."}, "echo": {"detail": f"Bearer {TOKEN} was refused."}}
    body = {**ERRORS.get(number, {"status": number}), **said.get(more, {})}
    return Answer(number, body, kind="application/problem+json", headers=headers)
