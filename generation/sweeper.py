"""The sweeper: a thread in every worker that rings for due jobs and takes over from dead processes."""

import logging
import threading

from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from generation import jobs

log = logging.getLogger(__name__)
_CHECKPOINT_EVERY = 600


class Sweeper(threading.Thread):
    """Sweeps every `MV_SWEEP_SECONDS` until `stop` is called."""

    def __init__(self) -> None:
        super().__init__(name="sweeper", daemon=True)
        self._over = threading.Event()

    def stop(self) -> None:
        """End after the sweep under way."""
        self._over.set()

    def run(self) -> None:
        """Sweep until stopped; whatever is away for a while (the database, the disk) is waited for.

        Without a sweeper nothing that waits would ever go on, so no error may end it.
        """
        rounds = 0
        while not self._over.wait(settings.MV_SWEEP_SECONDS):
            rounds += 1
            try:
                close_old_connections()
                jobs.forget_broken_leases()
                jobs.ring_due()
                if rounds % _CHECKPOINT_EVERY == 0 and connection.vendor == "sqlite":
                    with connection.cursor() as cursor:
                        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except DatabaseError as error:
                log.warning("sweep_failed", extra={"reason": str(error)})
            except Exception:  # the next sweep may succeed, a dead sweeper never does
                log.exception("sweep_broke")
        connection.close()


_running: list[Sweeper] = []


@worker_ready.connect
def start_sweeper(**_: object) -> None:
    """Begin with the worker."""
    _running.append(Sweeper())
    _running[-1].start()


@worker_shutting_down.connect
def stop_sweeper(**_: object) -> None:
    """End with the worker."""
    for sweeper in _running:
        sweeper.stop()
