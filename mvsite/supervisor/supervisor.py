"""Several services as one: started together, kept alive, stopped together."""

import time
from collections.abc import Callable, Sequence

from mvsite.supervisor.services import Service
from mvsite.supervisor.tended import Place, Tended

STEP_SECONDS = 0.1
LOGS_EVERY = 5.0


class SupervisorError(Exception):
    """A service could not be started; the text says which and shows the end of its log."""


class Supervisor:
    """Tends services from one thread: the kernel kills a child when the *thread* that started it ends."""

    def __init__(self, services: Sequence[Service], place: Place, *, tell: Callable[[str], None]) -> None:
        """`tell` gets a sentence whenever something went wrong."""
        self._all = [Tended(service, place) for service in services]
        self._tell = tell
        self._logs_at = 0.0

    def start(self) -> None:
        """Start every service."""
        for one in self._all:
            one.start()

    @property
    def ready(self) -> bool:
        """Whether every service takes work now."""
        return not self.waiting_for

    @property
    def waiting_for(self) -> list[str]:
        """The names of the services that do not take work now."""
        return [one.service.name for one in self._all if not one.ready]

    def look(self) -> None:
        """Look at every service once and start what has died. Raises SupervisorError when one cannot be started."""
        for one in self._all:
            trouble = one.look()
            if one.hopeless:
                raise SupervisorError(f"{one.service.name} could not be started. Its last words:\n{one.last_words()}")
            if trouble:
                self._tell(trouble)
        if time.monotonic() >= self._logs_at:
            self._logs_at = time.monotonic() + LOGS_EVERY
            for one in self._all:
                one.keep_log_small()

    def run(self, until: Callable[[], bool]) -> None:
        """Look ten times a second until told otherwise. Raises SupervisorError."""
        while not until():
            self.look()
            time.sleep(STEP_SECONDS)

    def stop(self, *, at_once: Callable[[], bool] = lambda: False) -> None:
        """Ask everything to end, and kill what has not ended in its time, or when `at_once` says so."""
        for one in self._all:
            one.ask_to_stop()
        asked_at, left = time.monotonic(), list(self._all)
        while left:
            took = time.monotonic() - asked_at
            for one in [one for one in left if at_once() or one.has_ended or took >= one.service.stop_seconds]:
                one.end()
                left.remove(one)
            time.sleep(0.02)
