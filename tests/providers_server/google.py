"""Google's Gemini API and Enterprise platform, as functions from a request to an answer.

Besides words in prompts, a test in the same process may give the very answer that is served next:
`google.faults["generate"].append(Answer(429, {...}))`; with `drop=True` the work is done and the line breaks.
Operations: generate, create, get, cancel, download, predict, operation, token.
"""

import base64
import uuid
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.providers_server.answers import Answer, Request
from tests.providers_server.faults import spoiled
from tests.providers_server.google_answers import (
    KEY,
    USED,
    error,
    scenes_json,
    spoiled_words,
    trouble,
    whole,
    written,
)
from tests.providers_server.orders import Order
from tests.providers_server.prices import price, price_of_words
from tests.providers_server.standin import Standin
from tests.providers_server.witness import sha256

ACCESS_TOKEN = "ya29.stand-in"
NAME = "gemini"
WORDS = {
    "generate": "write", "create": "create", "predict": "create", "get": "read", "operation": "read",
    "cancel": "cancel", "download": "file", "token": "token",
}  # fmt: skip
_STATUSES = {
    "starting": "in_progress", "processing": "in_progress", "succeeded": "completed", "failed": "failed",
    "canceled": "cancelled", "aborted": "failed",
}  # fmt: skip
_FAILURES = {"nsfw": (3, "content filtered"), "moderated": (3, "content filtered")}


@dataclass(slots=True)
class Google:
    """What is set up: `video` for results instead of the media, `inline` in the answer, looks until it is done."""

    standin: Standin
    url: str = ""
    video: bytes | None = None
    inline: bool = False
    polls_until_done: int = 1
    served_model: str = ""
    faults: dict[str, deque[Answer]] = field(default_factory=lambda: defaultdict(deque))
    ending: dict[str, Any] | None = None

    @property
    def seen(self) -> list[Request]:
        """Every request of a test in this process."""
        return self.standin.seen

    def count(self, operation: str) -> int:
        """Say how often something was asked."""
        return sum(each.operation == operation for each in self.seen)

    def last(self, operation: str) -> Request:
        """Give the newest request of a kind."""
        return next(each for each in reversed(self.seen) if each.operation == operation)

    def answer(self, request: Request) -> Answer:
        """Do what is asked, unless a fault is due."""
        request.operation = _operation_of(request)
        fault = self.faults[request.operation].popleft() if self.faults[request.operation] else None
        if fault is not None and not fault.drop:
            request.fault = "given"
            return fault
        if not self._has_key(request):
            return trouble("400-key" if request.operation not in ("predict", "operation") else "401")
        doing: dict[str, Callable[[Request], Answer]] = {
            "generate": self._generate, "create": self._create, "get": self._get, "cancel": self._cancel,
            "predict": self._predict, "operation": self._operation, "download": self._download,
            "token": lambda _: Answer(body={"access_token": ACCESS_TOKEN, "expires_in": 3600, "token_type": "Bearer"}),
        }  # fmt: skip
        do = doing.get(request.operation, self._unknown)
        request.fault = self._due(request)
        if fault is not None:
            done = do(request)
            return Answer(done.status, done.body, drop=True)
        return spoiled(request.fault, lambda: do(request), trouble)

    def _has_key(self, request: Request) -> bool:
        if request.operation == "token":
            return True
        if request.operation in ("predict", "operation"):
            return request.header("Authorization") == f"Bearer {ACCESS_TOKEN}"
        return request.header("x-goog-api-key") == KEY

    def _due(self, request: Request) -> str:
        word = WORDS.get(request.operation, "")
        order = self._order_of(request)
        text = order.prompt if order else _prompt_of(request)
        return self.standin.faults.due(NAME, word, text) if word else ""

    def _order_of(self, request: Request) -> Order | None:
        tail = request.tail
        names = {
            "get": tail.rsplit("/", 1)[-1],
            "cancel": tail.split("/")[-2],
            "download": tail.rsplit("/", 1)[-1].split(":")[0],
            "operation": str(request.body.get("operationName", "")).rsplit("/", 1)[-1],
        }
        order = self.standin.orders.get(names.get(request.operation, ""))
        if order is not None:
            request.order_id = order.id
        return order

    def _unknown(self, request: Request) -> Answer:
        return error(404, "NOT_FOUND", f"No such address: {request.path}")

    def _generate(self, request: Request) -> Answer:
        body = request.body
        model = request.tail.rsplit("/", 1)[-1].split(":")[0]
        schema = body.get("generationConfig", {}).get("responseJsonSchema") or {}
        count = schema.get("properties", {}).get("scenes", {}).get("minItems", 1)
        answer = spoiled_words(request.fault, count) or written(
            scenes_json(count), model=self.served_model or "gemini-served"
        )
        used = USED if request.fault != "blocked" else {"promptTokenCount": 8}
        number = f"words-{uuid.uuid4().hex[:12]}"
        request.order_id = number
        self.standin.log.write(
            "create", id=number, provider=NAME, model=model, makes="scenes", prompt=_prompt_of(request), label="",
            files=[], usd=str(price_of_words(model, used)), input_sha256=sha256(repr(body).encode()),
        )  # fmt: skip
        if request.fault == "html":  # what ends in a 5xx is free at Google
            self.standin.log.write("refund", id=number, usd=str(price_of_words(model, used)), why="5xx")
        return answer if "stream" in request.tail.rsplit(":", 1)[-1] else whole(answer)

    def _create(self, request: Request) -> Answer:
        body = request.body
        content = [each for turn in body["input"] for each in turn.get("content", [])]
        files = [("image", base64.b64decode(each["data"])) for each in content if each["type"] == "image"]
        shape = body.get("response_format", {})
        seconds = float(str(shape.get("duration", "8s")).rstrip("s"))
        order = self._order(request, body["model"], _prompt_of(request), seconds, shape, sound=True)
        self.standin.buy(request, order, files, given={**body, "input": order.prompt})
        return Answer(body=self._interaction(order))

    def _predict(self, request: Request) -> Answer:
        asked, how = request.body["instances"][0], request.body.get("parameters", {})
        model = request.tail.rsplit("/", 1)[-1].split(":")[0]
        pictures = [("image", asked.get("image")), ("lastFrame", asked.get("lastFrame"))]
        pictures += [("referenceImages", each["image"]) for each in asked.get("referenceImages", [])]
        files = [(name, base64.b64decode(each["bytesBase64Encoded"])) for name, each in pictures if each]
        order = self._order(
            request, model, _prompt_of(request), float(how.get("durationSeconds", 8)),
            {**how, "aspect_ratio": how.get("aspectRatio")}, sound=bool(how.get("generateAudio", True)),
        )  # fmt: skip
        self.standin.buy(request, order, files, given={"prompt": order.prompt, **how})
        return Answer(body={"name": _operation_name(request, order)})

    def _order(
        self, request: Request, model: str, prompt: str, seconds: float, shape: dict[str, Any], *, sound: bool
    ) -> Order:
        cost = price(model, seconds=seconds, sound=sound, resolution=shape.get("resolution", ""))
        return Order(
            id=f"{'v1x' if request.operation == 'create' else 'op'}{uuid.uuid4().hex[:20]}", provider=NAME, model=model,
            makes="clip", number=0, input={}, prompt=prompt, usd=str(cost), label="", film_seconds=seconds,
            aspect=shape.get("aspect_ratio") or "16:9", sound=sound, steps=self.polls_until_done,
        )  # fmt: skip

    def _get(self, request: Request) -> Answer:
        order = self._order_of(request)
        if order is None:
            return error(404, "NOT_FOUND", "Interaction not found.")
        return Answer(body=self._interaction(self.standin.look(order)))

    def _cancel(self, request: Request) -> Answer:
        order = self._order_of(request)
        if order is None:
            return error(404, "NOT_FOUND", "Interaction not found.")
        if order.over:
            return error(400, "FAILED_PRECONDITION", "The interaction is not running.")
        self.standin.stop(order)
        return Answer(body=self._interaction(order))

    def _interaction(self, order: Order) -> dict[str, Any]:
        now = "2026-11-21T09:00:00Z"
        said: dict[str, Any] = {
            "id": order.id,
            "object": "interaction",
            "model": order.model,
            "created": now,
            "updated": now,
        }
        said |= {"status": _STATUSES[order.status], "steps": []}
        if order.status == "succeeded":
            where = {"uri": f"https://generativelanguage.googleapis.com/v1beta/files/{order.id}:download"}
            data = {"data": base64.b64encode(self.film(order)).decode()} if self.inline else where
            film = [{"type": "video", "mime_type": "video/mp4", **data}]
            said["steps"] = [] if order.ending == "empty" else [{"type": "model_output", "content": film}]
            said |= self.ending or {}
        if order.status in ("failed", "aborted"):
            if order.ending in ("budget_exceeded", "incomplete"):
                said["status"] = order.ending
            else:
                code, message = _FAILURES.get(order.ending, (13, "Internal error."))
                said["errors"] = [{"code": str(code), "message": message}]
        return said

    def _operation(self, request: Request) -> Answer:
        name = request.body["operationName"]
        order = self._order_of(request)
        if order is None:
            return error(404, "NOT_FOUND", "Operation not found.")
        self.standin.look(order)
        if not order.over:
            return Answer(body={"name": name})
        return Answer(body={"name": name, "done": True, **(self.ending or self._ended(order))})

    def _ended(self, order: Order) -> dict[str, Any]:
        if order.status != "succeeded":
            if order.ending == "moderated":
                reasons = ["Filtered. Support codes: 17301594"]
                return {"response": {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": reasons}}
            code, message = _FAILURES.get(order.ending, (13, "Internal error."))
            return {"error": {"code": code, "message": message}}
        video = {"bytesBase64Encoded": base64.b64encode(self.film(order)).decode(), "mimeType": "video/mp4"}
        return {"response": {"raiMediaFilteredCount": 0, "videos": [] if order.ending == "empty" else [video]}}

    def _download(self, request: Request) -> Answer:
        order = self._order_of(request)
        if order is None:
            return error(404, "NOT_FOUND", "File not found.")
        if request.fault in ("cut", "broken", "empty"):
            film = self.film(order)
            part = {"cut": film, "broken": film[: len(film) // 3], "empty": b""}[request.fault]
            return Answer(body=part, cut=request.fault == "cut")
        there = {"moved": f"{request.path}&again=1", "moved-away": "https://evil.example/film.mp4"}.get(request.fault)
        if there and "again" not in request.query:
            return Answer(302, "", headers={"Location": there})
        return Answer(body=self.film(order))

    def film(self, order: Order) -> bytes:
        """Give the film of an order."""
        media = self.standin.media
        path = media.film(order.label, seconds=order.film_seconds, aspect=order.aspect, sound=order.sound)
        return path.read_bytes() if self.video is None else self.video


def _prompt_of(request: Request) -> str:
    """Give the words of an order; what was wrong with an earlier answer is no part of it."""
    body = request.body
    if request.operation == "generate":
        return str(body["contents"][0]["parts"][0]["text"]).split("WHAT WAS WRONG", maxsplit=1)[0]
    if request.operation == "create":
        content = [each for turn in body["input"] for each in turn.get("content", [])]
        return " ".join(each["text"] for each in content if each["type"] == "text")
    return str(body["instances"][0].get("prompt", "")) if request.operation == "predict" else ""


def _operation_name(request: Request, order: Order) -> str:
    return f"{request.tail.strip('/').split('/', 1)[1].split(':')[0]}/operations/{order.id}"


def _operation_of(request: Request) -> str:
    endings = {
        ":streamGenerateContent": "generate", ":generateContent": "generate", ":predictLongRunning": "predict",
        ":fetchPredictOperation": "operation", ":download": "download", "/cancel": "cancel", "/token": "token",
        "/interactions": "create",
    }  # fmt: skip
    found = next((operation for ending, operation in endings.items() if request.tail.endswith(ending)), None)
    return found or ("get" if request.method == "GET" and "/interactions/" in request.tail else "unknown")
