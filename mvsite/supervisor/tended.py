"""One process of the studio: started, watched, started again with growing pauses."""

import http.client
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from mvsite.common.process import Child
from mvsite.supervisor.logfile import cut_when_large, last_lines, open_log
from mvsite.supervisor.marks import is_marked, unmark
from mvsite.supervisor.services import Service

SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
LONG_LIFE = 5.0  # seconds; who lived longer starts again after the shortest pause
START_TRIES = 5


@dataclass(frozen=True, slots=True)
class Place:
    """Where children run: data folder (logs, marks), working folder, environment, the Host name that is served."""

    data_dir: Path
    cwd: Path
    env: Mapping[str, str]
    host_name: str


@dataclass(slots=True)
class Tended:
    """The state of one service; times are `time.monotonic()` seconds."""

    service: Service
    place: Place
    child: Child | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    short_lives: int = 0
    ready: bool = False
    was_ready: bool = False
    log_start: int = field(default=0)

    @property
    def log(self) -> Path:
        """The file its output goes to."""
        return self.place.data_dir / "logs" / f"{self.service.name}.log"

    def start(self) -> None:
        """Start the process; its mark from an earlier life is taken away."""
        unmark(self.place.data_dir, self.service.name)
        self.ready = False
        with open_log(self.log) as output:
            self.log_start = self.log.stat().st_size
            self.child = Child(
                self.service.command, stdout=output, stderr=output, cwd=self.place.cwd, env=self.place.env
            )
        self.started_at = time.monotonic()

    def look(self) -> str | None:
        """Note what changed; give a sentence when the process has died, after planning its next start."""
        if self.child is None:
            return self._start_again() if time.monotonic() >= self.start_at else None
        if self.child.exited():
            return self._bury(self.child)
        if not self.ready and is_marked(self.place.data_dir, self.service.name, pid=self.child.pid):
            self.ready = self.service.health is None or answers(self.service.health, self.place.host_name)
            self.was_ready = self.was_ready or self.ready
        return None

    def _start_again(self) -> str | None:
        try:
            self.start()
        except OSError as error:  # no room for a process or a log: that passes
            self.short_lives += 1
            return f"{self.service.name} cannot be started ({error.strerror}); next try in {self._pause():g} s"
        return None

    def _bury(self, child: Child) -> str:
        code = child.end()
        self.child, self.ready = None, False
        self.short_lives = 0 if time.monotonic() - self.started_at > LONG_LIFE else self.short_lives + 1
        return f"{self.service.name} {how_it_ended(code)}; it starts again in {self._pause():g} s (see {self.log})"

    def _pause(self) -> float:
        """Plan the next start; the more short lives in a row, the later."""
        pause = min(LONGEST_PAUSE, SHORTEST_PAUSE * 2.0 ** max(0, self.short_lives - 1))
        self.start_at = time.monotonic() + pause
        return pause

    @property
    def hopeless(self) -> bool:
        """Whether it died again and again without ever having taken work. Once it has, it is always started again."""
        return not self.was_ready and self.short_lives >= START_TRIES

    def last_words(self) -> str:
        """The end of what its last life wrote."""
        return "\n".join(f"  {line}" for line in last_lines(self.log, start=self.log_start))

    def keep_log_small(self) -> None:
        """Cut the log when it has grown too large."""
        cut_when_large(self.log)

    @property
    def has_ended(self) -> bool:
        """Whether its process is not there now."""
        return self.child is None or self.child.exited()

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the process and its group."""
        if self.child is not None and not self.child.exited():
            self.child.signal(signal.SIGTERM)

    def end(self) -> None:
        """Kill what is left of the group."""
        if self.child is not None:
            self.child.end()
            self.child = None
        unmark(self.place.data_dir, self.service.name)


def how_it_ended(code: int) -> str:
    """Say an exit code in words."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"


def answers(url: str, host_name: str) -> bool:
    """Say whether the address answers 200 under the name it serves, as if it came through HTTPS."""
    where = urlsplit(url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=2)
    try:
        connection.request("GET", where.path, headers={"Host": host_name, "X-Forwarded-Proto": "https"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
