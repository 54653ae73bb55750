"""The witness: one line of JSON for each request, order, end and refund, written before the answer goes out.

`WitnessLog` writes it, `Witness` reads it in a test. Keys are never written, only whether one came along.
"""

import hashlib
import json
import threading
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

NAME = "witness.jsonl"


class WitnessLog:
    """Appends lines; each is flushed, so that a SIGKILL loses none."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = (folder / NAME).open("a", encoding="utf-8")
        self._lock = threading.Lock()

    def write(self, kind: str, **facts: Any) -> None:
        """Write one line."""
        line = json.dumps({"at": datetime.now(UTC).isoformat(), "kind": kind, **facts}, ensure_ascii=False)
        with self._lock:
            self._file.write(f"{line}\n")
            self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class Witness:
    """Reads what a stand-in wrote in `folder`, anew with each question."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    def lines(self, kind: str = "") -> list[dict[str, Any]]:
        """Give all lines of a kind, oldest first; an unfinished last one is left out."""
        text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        found = [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]
        return [line for line in found if kind in ("", line["kind"])]

    def creates(self, *, makes: str = "", provider: str = "") -> list[dict[str, Any]]:
        """Give everything that was really bought: id, model, prompt, label, usd, files with their sha256."""
        found = self.lines("create")
        return [line for line in found if makes in ("", line["makes"]) and provider in ("", line["provider"])]

    def attempts(self, operation: str, provider: str = "") -> list[dict[str, Any]]:
        """Give all requests of an operation, whether they did anything or not."""
        found = self.lines("request")
        return [line for line in found if line["operation"] == operation and provider in ("", line["provider"])]

    def statuses(self, operation: str) -> Counter[int]:
        """Count the answers to an operation by status; 0 stands for none."""
        return Counter(int(line["status"]) for line in self.attempts(operation))

    def charges(self, provider: str = "") -> dict[str, Decimal]:
        """Give what each order costs after refunds, by its id."""
        bill = {line["id"]: Decimal(line["usd"]) for line in self.creates(provider=provider)}
        for line in self.lines("refund"):
            if line["id"] in bill:
                bill[line["id"]] -= Decimal(line["usd"])
        return bill

    def invoice(self, provider: str = "") -> Decimal:
        """Give the sum of it all in USD."""
        return sum(self.charges(provider).values(), Decimal(0))

    def files(self, order_id: str) -> dict[str, list[str]]:
        """Give the sha256 of every file that came with an order, by the name of its field."""
        line = next(line for line in self.creates() if line["id"] == order_id)
        found: dict[str, list[str]] = {}
        for file in line["files"]:
            found.setdefault(file["name"], []).append(file["sha256"])
        return found


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
