"""One child process: how it is started, limited and killed; the only user of `subprocess`.

Every child is started through a tiny launcher (an isolated Python that sets the limits, asks the kernel
to be killed with its parent, and then becomes the program). A `preexec_fn` would run our code between
fork and exec in a process with threads, which can deadlock; the launcher cannot, and costs about 10 ms.

The kernel ties a child to the *thread* that started it: whoever starts a child stays until it has ended.
A child gets a bare environment unless the caller gives one: it must not see our keys.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

STEP_SECONDS = 0.1  # how often `tick` is called and deadlines are looked at
PIPE, DEVNULL = subprocess.PIPE, subprocess.DEVNULL
BARE_ENV: Mapping[str, str] = {"PATH": os.defpath, "LANG": "C.UTF-8"}

# Arguments: the parent's pid, the limits as NAME=NUMBER joined by commas, then the program and its arguments.
_LAUNCHER = """
import os, resource, sys
parent, limits = int(sys.argv[1]), sys.argv[2]
if sys.platform == "linux":
    import ctypes
    if ctypes.CDLL(None, use_errno=True).prctl(1, 9, 0, 0, 0) or os.getppid() != parent:
        os._exit(126)
for part in filter(None, limits.split(",")):
    name, _, number = part.partition("=")
    kind = getattr(resource, "RLIMIT_" + name)
    hard = resource.getrlimit(kind)[1]
    wanted = int(number) if hard == resource.RLIM_INFINITY else min(int(number), hard)
    resource.setrlimit(kind, (wanted, wanted))
try:
    os.execvp(sys.argv[3], sys.argv[3:])
except OSError as error:
    os.write(2, f"{sys.argv[3]}: {error.strerror}".encode())
    os._exit(127)
"""


class ProcessError(Exception):
    """Base of what can go wrong with a child."""


class ProcessFailed(ProcessError):  # noqa: N818 - reads as what happened
    """The child ended with another code than 0 (negative: killed by that signal); `stderr` is its last 8 KiB."""

    def __init__(self, code: int, stderr: str) -> None:
        self.code = code
        self.stderr = stderr
        super().__init__(f"exit code {code}: {stderr.strip()[-300:]}")


class ProcessTimeout(ProcessError):  # noqa: N818 - reads as what happened
    """The child took longer than it was given; its whole group has been killed."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child, and each process it starts, may use; None = no limit.

    `memory` is bytes of address space, `data` bytes it can write to: for programs that reserve far more than they
    use. Then seconds of processor, bytes of one file, open files.
    """

    memory: int | None = None
    data: int | None = None
    cpu_seconds: int | None = None
    file_size: int | None = None
    open_files: int | None = 256

    def as_argument(self) -> str:
        """Give the launcher's text, `AS=1024,CPU=60`."""
        named = {"AS": self.memory, "DATA": self.data, "CPU": self.cpu_seconds}
        named |= {"FSIZE": self.file_size, "NOFILE": self.open_files}
        return ",".join(f"{name}={number}" for name, number in named.items() if number is not None)


class Child:
    """A started program in a session and group of its own; `end()` must be called, by the thread that started it."""

    def __init__(
        self,
        args: Sequence[str],
        *,
        stdin: int | None = subprocess.DEVNULL,
        stdout: int | IO[bytes] | None = None,
        stderr: int | IO[bytes] | None = None,
        limits: Limits | None = None,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        rules = (limits or Limits(open_files=None)).as_argument()
        launcher = [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(os.getpid()), rules]
        self.popen = subprocess.Popen(
            [*launcher, *args],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            bufsize=0,
            cwd=cwd,
            env=dict(BARE_ENV if env is None else env),
            start_new_session=True,
        )
        self.pid = self.popen.pid

    def exited(self) -> bool:
        """Say whether the program has ended, without collecting it, so that its group id stays ours until `end()`."""
        if self.popen.returncode is not None:
            return True
        if not hasattr(os, "waitid"):
            return self.popen.poll() is not None
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole group; nothing happens when it has ended and been collected."""
        if self.popen.returncode is None:
            os.killpg(self.pid, number)

    def wait(self, seconds: float) -> bool:
        """Wait at most so long for the program to end; say whether it has."""
        deadline = time.monotonic() + seconds
        while not self.exited():
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.02)
        return True

    def stop(self, grace: float) -> int:
        """Ask the group to end (SIGTERM), kill what is left after `grace` seconds, give the exit code."""
        self.signal(signal.SIGTERM)
        self.wait(grace)
        return self.end()

    def end(self) -> int:
        """Kill whatever is left of the group, collect the program, give its exit code. Safe to call twice."""
        if self.popen.returncode is None:
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):  # gone already; macOS says "not permitted" of a zombie
                self.popen.kill()
        code = self.popen.wait()
        for pipe in (self.popen.stdin, self.popen.stdout, self.popen.stderr):
            if pipe is not None:
                pipe.close()
        return code
