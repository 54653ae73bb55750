"""A host of a studio on several hosts: its own data folder, and where the kernel lets us its own processes and name.

Hosts share a database, a broker and a bucket, and no disk. Killed, a host is gone as if its plug had been pulled.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

from mvsite.supervisor.address import free_port
from mvsite.supervisor.tended import answers
from tests.support.processes import environment, living, wait_for
from tests.support.tree import ROOT

_APART = ("unshare", "--pid", "--uts", "--mount-proc", "--fork", "--kill-child")


@cache
def can_be_apart() -> bool:
    """Say whether hosts can have process numbers of their own here; without it they see each other's processes die."""
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*_APART, "true"], check=False, capture_output=True).returncode == 0


class Host:
    """One machine that runs a studio. It belongs to one thread: the kernel ends it with it."""

    def __init__(self, folder: Path, name: str, settings: dict[str, str]) -> None:
        self.name = name
        self._folder = folder
        self._settings = settings
        self._lives = 0
        self._port = free_port("127.0.0.1", 0)
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{self._port}/"

    @property
    def data_dir(self) -> Path:
        """Its disk; a host that comes back after its death is another machine with an empty one."""
        return self._folder / f"{self.name}-{self._lives}"

    def install(self) -> None:
        """Give it an empty disk."""
        self._lives += 1
        self.data_dir.mkdir(parents=True)

    def start(self) -> None:
        """Start its studio."""
        words = [sys.executable, "manage.py", "runstudio", "--no-browser", "--no-migrate", "--port", str(self._port)]
        named = ("sh", "-c", f'hostname {self.name} && exec "$@"', "sh")
        command = [*_APART, *named, *words] if can_be_apart() else words
        with (self.data_dir / "said.log").open("ab") as log:
            env = environment(self.data_dir, **self._settings)
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT, env=env)

    def wait_until_ready(self) -> None:
        """Wait until it has said that everything takes work."""
        wait_for(self._is_ready, seconds=900, saying=f"{self.name} is ready (logs in {self.data_dir})")

    def restart(self) -> int:
        """End it in an orderly way, and start it again on its disk; gives the exit code."""
        assert self._process is not None
        os.kill(self._first(), signal.SIGTERM)
        code = self._process.wait(120)
        self.start()
        self.wait_until_ready()
        return code

    def kill(self) -> None:
        """Pull the plug."""
        if self._process is None:
            return
        for pid in {self._first(), *living(self.data_dir)}:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._process.wait(60)
        self._process = None

    def _is_ready(self) -> bool:
        said = (self.data_dir / "said.log").read_text(encoding="utf-8")
        last = said.rpartition("Starting the studio")[2]
        return "MV Studio is ready" in last and answers(f"{self.url}health/live", f"127.0.0.1:{self._port}")

    def _first(self) -> int:
        """Give its first process; where it has numbers of its own, all others end with it."""
        assert self._process is not None
        if not can_be_apart():
            return self._process.pid
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return int(children[0]) if children else self._process.pid


@contextmanager
def hosts(folder: Path, *names: str, settings: dict[str, str]) -> Iterator[list[Host]]:
    """Run a studio on several hosts until the block ends."""
    with ExitStack() as stack:
        found = []
        for name in names:
            host = Host(folder, name, settings)
            stack.callback(host.kill)
            host.install()
            host.start()
            found.append(host)
        for host in found:
            host.wait_until_ready()
        yield found
