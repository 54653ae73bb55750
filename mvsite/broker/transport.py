"""Celery's transport over a folder, in which no message is ever seen half-written or by two readers.

kombu's own filesystem transport writes in place and moves across file systems: its readers open half-written
messages, and one such message ends a worker (RELIABILITY 1.5). Here a message is written beside its place and
renamed into it, and claimed by another rename. What cannot be read is dropped: messages only ring a bell.
"""

import fcntl
import time
import uuid
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any, ClassVar
from urllib.parse import quote

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

from mvsite.broker.folders import make_folder, names_in, sweep, take, write_whole

LONGEST_WAIT = 0.5  # seconds
Binding = Any  # kombu's (routing_key, pattern, queue)


class Channel(filesystem.Channel):
    """One reader and writer of the folders named by the transport options."""

    def __init__(self, connection: Any, **kwargs: Any) -> None:
        super().__init__(connection, **kwargs)
        self._listed: dict[str, deque[str]] = {}
        self._inbox, self._outbox = Path(self.data_folder_in), Path(self.data_folder_out)
        self._taken = Path(self.processed_folder)
        for folder in (self._inbox, self._outbox, self._taken, self.control_folder):
            make_folder(folder)
        sweep(self._taken, only_drafts=False)
        sweep(self._inbox, only_drafts=True)
        sweep(self.control_folder, only_drafts=True)

    def _put(self, queue: str, payload: dict[str, Any], **_: Any) -> None:
        name = f"{time.time_ns():020d}_{uuid.uuid4().hex}{_ending(queue)}"
        try:
            write_whole(self._outbox / name, dumps(payload).encode())
        except OSError as error:
            raise ChannelError(f"No message could be written to {self._outbox}: {error.strerror}") from error

    def _get(self, queue: str) -> dict[str, Any]:
        make_folder(self._taken)
        for name in self._names(queue):
            payload = _decode(take(self._inbox / name, self._taken))
            if payload is not None:
                return payload
        raise Empty

    def _names(self, queue: str) -> Iterator[str]:
        """Give the queue's messages, oldest first; a listing is used up before the folder is listed again."""
        listed = self._listed.setdefault(queue, deque())
        if not listed:
            listed.extend(self._list(queue))
        while listed:
            yield listed.popleft()

    def _list(self, queue: str) -> list[str]:
        # The time and the id before the first dot hold no dot, so a queue whose name ends like another's stays apart.
        ending = _ending(queue)
        return [name for name in names_in(self._inbox) if name[name.find(".") :] == ending]

    def _size(self, queue: str) -> int:
        return len(self._list(queue))

    def _purge(self, queue: str) -> int:
        return sum(take(self._inbox / name, self._taken) is not None for name in self._list(queue))

    def get_table(self, exchange: str) -> list[Binding]:
        """List which queues are bound to an exchange: by any process, and by this one should the folder be gone."""
        bound = [filesystem.exchange_queue_t(*row) for row in self._kept_table(exchange)]
        own = self.state.exchanges.get(exchange, {}).get("table", [])
        return [*bound, *(row for row in map(filesystem.exchange_queue_t._make, own) if row not in bound)]

    def _kept_table(self, exchange: str) -> list[Any]:
        try:
            rows = loads(self._exchange_file(exchange).read_bytes())
        except (FileNotFoundError, ValueError):
            return []
        return rows if isinstance(rows, list) else []

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        self._change_table(exchange, [routing_key or "", pattern or "", queue or ""], bind=True)

    def _delete(self, queue: str, exchange: str, routing_key: str, pattern: str, *_: Any, **__: Any) -> None:
        self._purge(queue)
        self._change_table(exchange, [routing_key or "", pattern or "", queue or ""], bind=False)

    def _change_table(self, exchange: str, binding: list[str], *, bind: bool) -> None:
        if (binding in self._kept_table(exchange)) == bind:
            return
        with self._changing_tables():
            rows = [row for row in self._kept_table(exchange) if row != binding]
            write_whole(self._exchange_file(exchange), dumps([binding, *rows] if bind else rows).encode())

    @contextmanager
    def _changing_tables(self) -> Iterator[None]:
        """Let one process at a time change bindings; readers need no lock because tables are replaced whole."""
        make_folder(self.control_folder)
        with (self.control_folder / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _ending(queue: str) -> str:
    return f".{quote(queue, safe='')}.msg"


def _decode(data: bytes | None) -> dict[str, Any] | None:
    """Give a message kombu can deliver, or None: a bad one must cost nobody more than that message."""
    try:
        payload = loads(data) if data else None
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return payload if isinstance(payload, dict) and {"body", "properties"} <= payload.keys() else None


class Transport(filesystem.Transport):
    """The transport behind `safefs://`."""

    Channel = Channel
    driver_type = "safefs"
    driver_name = "safefs"
    default_connection_params: ClassVar[dict[str, str]] = {}  # a folder has no host that could be missing

    def drain_events(self, connection: Any, timeout: float | None = None) -> Any:
        """Wait for a message, but for half a second at most: a worker looks for its end between two waits."""
        return super().drain_events(connection, timeout=None if timeout is None else min(timeout, LONGEST_WAIT))
