"""One stand-in for both providers: what they share, and the words to set it up with."""

import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.providers_server.answers import Answer, Request
from tests.providers_server.faults import Faults
from tests.providers_server.media import Media
from tests.providers_server.orders import Order, Orders, duration_between
from tests.providers_server.witness import Witness, WitnessLog, sha256

FREE_ENDS = ("failed", "aborted")  # the vendors' rule; canceled is billed
NOTHING_CAME = "empty"


class Standin:
    """What both providers share: orders on disk, faults, media, the witness.

    `seconds` is how long orders take (from, to); None lets them go one step with each look. `keep_seconds` is how
    long results can be had. `remember` keeps every request in memory, for tests in the same process.
    """

    def __init__(
        self, folder: Path, media: Media, *, seconds: tuple[float, float] | None = None, remember: bool = False
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.media = media
        self.seconds = seconds
        self.remember = remember
        self.keep_seconds = 3600.0
        self.faults = Faults(folder)
        self.orders = Orders(folder)
        self.log = WitnessLog(folder)
        self.seen: list[Request] = []
        self.over = threading.Event()
        self.hear: Callable[[Order, str], None] = lambda order, became: None

    @property
    def witness(self) -> Witness:
        """A reader of what was written."""
        return Witness(self.folder)

    def buy(self, request: Request, order: Order, files: list[tuple[str, bytes]], *, given: dict[str, Any]) -> Order:
        """Take an order, which is what costs money."""
        with self.orders.lock:
            order.number = len(self.orders) + 1
            order.label = self.media.label(order.makes, order.number - 1)
            order.seconds = duration_between(self.seconds)
            order.ending = self.faults.due(order.provider, "run", order.prompt)
            self.orders.keep(order)
        request.order_id = order.id
        self.log.write(
            "create", id=order.id, provider=order.provider, model=order.model, makes=order.makes, prompt=order.prompt,
            label=order.label, usd=order.usd, input_sha256=sha256(repr(sorted(given.items())).encode()),
            files=[{"name": name, "sha256": sha256(content), "bytes": len(content)} for name, content in files],
        )  # fmt: skip
        return order

    def look(self, order: Order, *, looked: bool = True) -> Order:
        """Let an order go on, and note what it became."""
        with self.orders.lock:
            became = order.advance(looked=looked)
            if became or (looked and order.seconds is None):  # time needs no writing down
                self.orders.keep(order)
            for word in became:
                self.note(order, word)
        return order

    def stop(self, order: Order) -> None:
        """Cancel an order that is under way."""
        with self.orders.lock:
            if not order.over:
                self.note(order, order.end("canceled"))
                self.orders.keep(order)

    def note(self, order: Order, became: str) -> None:
        """Write down what an order became, and what it is not charged for."""
        if order.over:
            self.log.write("end", id=order.id, status=became)
            if became in FREE_ENDS or (became == "succeeded" and order.ending == NOTHING_CAME):
                self.log.write("refund", id=order.id, usd=order.usd, why=order.ending or became)
        self.hear(order, became)

    def seen_and_done(self, provider: str, request: Request, answer: Answer) -> None:
        """Write a request down, before its answer goes out."""
        self.log.write(
            "request", provider=provider, operation=request.operation, method=request.method, path=request.path,
            status=0 if answer.drop else answer.status, fault=request.fault, id=request.order_id,
            key=bool(request.header("Authorization") or request.header("x-goog-api-key")),
        )  # fmt: skip

    def state(self) -> dict[str, Any]:
        """Say how things are, for `GET /control`."""
        counts: dict[str, int] = {}
        for order in self.orders:
            counts[order.status] = counts.get(order.status, 0) + 1
        rules = [asdict(rule) for rule in self.faults.rules]
        return {"orders": counts, "invoice_usd": str(self.witness.invoice()), "faults": rules}

    def close(self) -> None:
        """End every wait and close the log."""
        self.over.set()
        self.log.close()
