"""The studio's processes one by one: started, armed with a crash point, killed with all they have started."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mvsite.common.process import Child
from mvsite.supervisor.address import free_port
from mvsite.supervisor.marks import is_marked
from mvsite.supervisor.services import Service, web, worker
from mvsite.supervisor.tended import answers
from tests.support.chaos.ground import Ground
from tests.support.processes import environment, ran, wait_for
from tests.support.tree import ROOT

QUEUES = "provider,default,render"
SIGKILLED = -9


class Crew:
    """A web server and some workers on one data folder. It belongs to one thread: the kernel ends them with it."""

    def __init__(
        self, data_dir: Path, ground: Ground, settings: dict[str, str], *, workers: int = 3, threads: int = 4
    ) -> None:
        """`settings` are environment variables; each worker takes every queue."""
        port = free_port("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{port}/"
        self.data_dir = data_dir
        self.ground = ground
        self._settings = {**ground.settings(), **settings}
        self._web = web("127.0.0.1", port, url=self.url, drain_seconds=2)
        self._services = {f"worker-{number}": _worker(f"worker-{number}", threads) for number in range(workers)}
        self._living: dict[str, Child] = {}

    @property
    def workers(self) -> list[str]:
        """The names of all workers, whether they live or not."""
        return list(self._services)

    def start(self) -> None:
        """Make the tables, start everything, wait until it takes work."""
        self.run("manage.py", "migrate", "-v0")
        self.start_web()
        for name in self.workers:
            self.start_worker(name)
        wait_for(self.is_ready, seconds=90, saying=f"everything takes work (logs in {self.data_dir})")

    def run(self, *command: str) -> str:
        """Run a program of ours with the studio's settings to its good end; what it said."""
        done = ran(self.data_dir, *command, **self._settings)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def is_ready(self) -> bool:
        """Say whether the web server answers and every worker takes work."""
        assert self._web.health is not None
        return answers(self._web.health, "127.0.0.1") and all(map(self.takes_work, self.workers))

    def takes_work(self, name: str) -> bool:
        """Say whether this very process of a worker has said that it takes work."""
        return name in self._living and is_marked(self.data_dir, name, pid=self._living[name].pid)

    def start_web(self) -> None:
        """Start the web server."""
        self._start(self._web)

    def start_worker(self, name: str, *, crash_at: str = "") -> None:
        """Start a worker; with `crash_at` it kills itself at that crash point."""
        self._start(self._services[name], MV_CRASH_AT=crash_at)

    def kill(self, name: str) -> None:
        """Kill a process and everything it has started, as a power cut would."""
        self._living.pop(name).end()

    def fallen(self) -> list[str]:
        """Collect the workers that have killed themselves; their names. Any other end fails the test."""
        over = [name for name in self.workers if name in self._living and self._living[name].exited()]
        for name in over:
            code = self._living.pop(name).end()
            assert code == SIGKILLED, (
                f"{name} ended with {code}; the end of its log:\n{self._log(name).read_text()[-3000:]}"
            )
        return over

    def stop(self) -> None:
        """Kill everything."""
        for name in list(self._living):
            self.kill(name)

    def _start(self, service: Service, **settings: str) -> None:
        with self._log(service.name).open("ab") as log:
            env = environment(self.data_dir, CELERY_SKIP_CHECKS="1", **self._settings, **settings)  # as the supervisor
            self._living[service.name] = Child(service.command, stdout=log, stderr=log, cwd=ROOT, env=env)

    def _log(self, name: str) -> Path:
        folder = self.data_dir / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.log"


def _worker(name: str, threads: int) -> Service:
    made = worker(name, queues=QUEUES, threads=threads, prefetch=8)
    assert made.command[0] == sys.executable
    return made


@contextmanager
def at_work(crew: Crew) -> Iterator[Crew]:
    """Run a studio until the block ends."""
    try:
        crew.start()
        yield crew
    finally:
        crew.stop()
