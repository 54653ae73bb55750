"""Two threads: in workers one rings for due jobs and takes over from the dead; wherever files are kept, the web
process too, one heals copies in the cloud."""

import logging
import threading
import time
from contextlib import suppress
from functools import partial
from typing import Any

from celery.signals import worker_ready, worker_shutdown, worker_shutting_down
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from assets import storage
from generation import jobs
from generation.jobs import workers
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

    def __init__(self, *, name: str, queues: list[str]) -> None:
        super().__init__("sweeper", settings.MV_SWEEP_SECONDS)
        self._beat = partial(workers.beat, name=name, queues=queues)
        self._beat_at = 0.0
        self._sweeps = 0

    def round(self) -> None:
        """Say that this worker is there, and sweep."""
        if time.monotonic() >= self._beat_at:
            self._beat_at = time.monotonic() + workers.BEAT_SECONDS
            self._beat()
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


@worker_shutdown.connect
def say_good_bye(**_: object) -> None:
    """Be gone for everybody at once; who cannot say so is missed after a while."""
    with suppress(DatabaseError):
        workers.leave()


@worker_ready.connect
def start_rounds(sender: Any, **_: object) -> None:
    """Begin with the worker."""
    queues = [str(queue) for queue in sender.app.amqp.queues.consume_from]
    sweeper = Sweeper(name=sender.hostname, queues=queues)
    _running.append(sweeper)
    sweeper.start()
    start_healing()


def start_healing() -> None:
    """Begin to heal copies, if there is a bucket; for every process that keeps files, also on a host without workers.

    Several at once do no harm.
    """
    if storage.has_bucket():
        healer = Healer()
        _running.append(healer)
        healer.start()


@worker_shutting_down.connect
def stop_rounds(**_: object) -> None:
    """Take nothing more, hand back what takes long, and end with the worker."""
    jobs.begin_to_end()
    for rounds in _running:
        rounds.stop()
