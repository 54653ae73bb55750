"""What was ordered at the stand-in and how far it is, kept on disk: a restart forgets nothing."""

import json
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

SHARE_OF_QUEUE = 0.2  # of the time of an order, before it begins
ENDLESS = ("slow", "stuck")  # `run-stuck` never begins, `run-slow` never ends


@dataclass(slots=True)
class Order:
    """One thing that was bought. `seconds` until it is done, None: one step with each look, done at `steps` looks."""

    id: str
    provider: str
    model: str
    makes: str
    number: int
    input: dict[str, Any]
    prompt: str
    usd: str
    label: str
    film_seconds: float = 8.0
    aspect: str = "16:9"
    sound: bool = False
    form: str = ""
    seconds: float | None = None
    steps: int = 2
    ending: str = ""
    status: str = "starting"
    created: float = field(default_factory=time.time)
    started: float | None = None
    ended: float | None = None
    deadline: float | None = None
    looks: int = 0
    webhook: str = ""
    events: list[str] = field(default_factory=list)

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.ended is not None

    def advance(self, *, looked: bool) -> list[str]:
        """Let time pass, or somebody look; returns what it became, one word a change."""
        now = time.time()
        self.looks += looked
        became = []
        begun = self.looks >= 1 if self.seconds is None else now >= self.created + SHARE_OF_QUEUE * self.seconds
        done = self.looks >= self.steps if self.seconds is None else now >= self.created + self.seconds
        if not self.over and self.status == "starting" and begun and self.ending != "stuck":
            self.status, self.started = "processing", now
            became.append("processing")
        if not self.over and self.status == "processing" and done and self.ending not in ENDLESS:
            became.append(self.end(self.outcome()))
        if not self.over and self.deadline is not None and now >= self.deadline:
            became.append(self.end("canceled" if self.status == "processing" else "aborted"))
        return became

    def outcome(self) -> str:
        """Say how it ends when nobody stops it."""
        if self.ending in ("aborted", "canceled"):
            return self.ending
        return "succeeded" if self.ending in ("", "empty", "removed", "listed", "elsewhere") else "failed"

    def end(self, status: str) -> str:
        """Let it end."""
        self.status, self.ended = status, time.time()
        return status


class Orders:
    """All orders, by id, oldest first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "orders"
        self._folder.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        kept = [Order(**json.loads(path.read_text())) for path in self._folder.glob("*.json")]
        self._orders = {order.id: order for order in sorted(kept, key=lambda order: order.number)}

    def __len__(self) -> int:
        return len(self._orders)

    def __iter__(self) -> Iterator[Order]:
        with self.lock:
            return iter(list(self._orders.values()))

    def get(self, order_id: str) -> Order | None:
        """Find one."""
        return self._orders.get(order_id)

    def keep(self, order: Order) -> None:
        """Write one down."""
        with self.lock:
            self._orders[order.id] = order
            part = self._folder / f"{order.number:06}.part"
            part.write_text(json.dumps(asdict(order)))
            part.replace(part.with_suffix(".json"))


def duration_between(span: tuple[float, float] | None) -> float | None:
    """Draw how long an order takes, in seconds."""
    return None if span is None else random.uniform(*span)
