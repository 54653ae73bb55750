"""Keeping a lease alive while a step runs longer than expected."""

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db import DatabaseError, connection

log = logging.getLogger(__name__)
LONGEST_PAUSE = 1.0  # seconds: a wish to stop should be heard soon; a lease alone would need less


class Heartbeat:
    """A thread that extends a lease every third of it; `lost` and `stop_asked` tell the work what it learnt."""

    def __init__(self, extend: Callable[[], tuple[bool, bool]]) -> None:
        self._extend = extend
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self.lost = False
        self.stop_asked = False

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        pause = min(settings.MV_LEASE_SECONDS / 3, LONGEST_PAUSE)
        try:
            while not self._over.wait(pause) and not self.lost:
                try:
                    ours, self.stop_asked = self._extend()
                    self.lost = not ours
                except DatabaseError as error:
                    log.warning("heartbeat_missed", extra={"reason": str(error)})
        finally:
            connection.close()
