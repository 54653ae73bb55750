"""Two threads in every worker: one rings for due jobs and takes over from the dead, one heals copies in the cloud."""

import logging
import threading
import time
from contextlib import suppress

from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from assets import storage
from generation import jobs
from generation.selectors import keys_in_use

log = logging.getLogger(__name__)
_CHECKPOINT_EVERY, _LOOK_FOR_THE_DEAD_EVERY = 600, 4  # sweeps
_LOOK_AT_ALL_SECONDS = 3600


class Rounds(threading.Thread):
    """Does its round again and again until `stop` is called."""

    def __init__(self, name: str, seconds: float) -> None:
        super().__init__(name=name, daemon=True)
        self._seconds = seconds
        self._over = threading.Event()
        self.count = 0

    def stop(self) -> None:
        """End after the round under way."""
        self._over.set()

    def round(self) -> None:
        """Do the work once."""
        raise NotImplementedError

    def run(self) -> None:
        """Go on until stopped; whatever is away for a while (the database, the disk) is waited for.

        Without these rounds nothing that waits would ever go on, so no error may end them.
        """
        while not self._over.wait(self._seconds):
            self.count += 1
            try:
                close_old_connections()
                self.round()
            except DatabaseError as error:
                log.warning("sweep_failed", extra={"reason": str(error)})
            except Exception:  # the next round may succeed, a dead thread never does
                log.exception("sweep_broke")
        connection.close()


class Sweeper(Rounds):
    """Rings for due jobs, unless another process has just done it."""

    def __init__(self) -> None:
        super().__init__("sweeper", settings.MV_SWEEP_SECONDS)
        self._sweeps = 0

    def round(self) -> None:
        """Sweep."""
        if not _is_our_turn():
            return
        if self._sweeps % _LOOK_FOR_THE_DEAD_EVERY == 0:
            jobs.forget_broken_leases()
        jobs.ring_due()
        self._sweeps += 1
        if self._sweeps % _CHECKPOINT_EVERY == 0 and connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class Healer(Rounds):
    """Keeps this machine's files and the bucket alike. Every host needs one: only it can upload what lies there."""

    def __init__(self) -> None:
        super().__init__("healer", settings.MV_CLOUD_SYNC_SECONDS)
        self._all_every = max(1, round(_LOOK_AT_ALL_SECONDS / settings.MV_CLOUD_SYNC_SECONDS))

    def round(self) -> None:
        """Heal what is due; first, and then once an hour, look at everything."""
        if self.count % self._all_every == 1 % self._all_every:
            storage.enroll(keys_in_use())
            storage.make_room()
        storage.heal()


def _is_our_turn() -> bool:
    """Let the processes of one data folder take turns: a file's time says when one of them swept last.

    Nobody is in charge, so nobody can be missed when it dies or hangs. Two at once do no harm.
    """
    swept = settings.MV_DATA_DIR / "run" / "swept"
    try:
        if 0 <= time.time() - swept.stat().st_mtime < 0.8 * settings.MV_SWEEP_SECONDS:
            return False
        swept.touch()
    except OSError:  # not there yet, or the disk is full
        with suppress(OSError):
            swept.parent.mkdir(parents=True, exist_ok=True)
            swept.touch()
    return True


_running: list[Rounds] = []


@worker_ready.connect
def start_rounds(**_: object) -> None:
    """Begin with the worker."""
    _running.append(Sweeper())
    if storage.has_bucket():
        _running.append(Healer())
    for rounds in _running:
        rounds.start()


@worker_shutting_down.connect
def stop_rounds(**_: object) -> None:
    """End with the worker."""
    for rounds in _running:
        rounds.stop()
