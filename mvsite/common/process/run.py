"""Running a program to its end, reading what it says or feeding it bytes."""

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from mvsite.common.process.child import DEVNULL, PIPE, Child, Limits, ProcessError, ProcessFailed
from mvsite.common.process.pump import Lines, Pump


@dataclass(frozen=True, slots=True)
class Finished:
    """How a child ended: exit code, everything it wrote to stdout (empty when read line by line), stderr's tail."""

    code: int
    stdout: bytes
    stderr: str


def run(
    args: Sequence[str],
    *,
    timeout: float,
    tick: Callable[[], None] | None = None,
    on_line: Callable[[str], None] | None = None,
    stdin: bytes | None = None,
    limits: Limits | None = None,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    check: bool = True,
    most_stdout: int | None = None,
) -> Finished:
    """Run a program to its end; `tick` is called ten times a second, `on_line` with each line of its stdout.

    Whatever goes wrong (time-out in seconds, `tick` or `on_line` raising, more than `most_stdout` bytes, Ctrl-C),
    the whole group is killed and collected before the exception leaves. Raises ProcessFailed (unless `check` is
    false), ProcessTimeout, ProcessError.
    """
    kept = bytearray()

    def keep(piece: bytes) -> None:
        kept.extend(piece)
        if most_stdout is not None and len(kept) > most_stdout:
            raise ProcessError(f"it said more than {most_stdout} bytes")

    child = Child(
        args,
        stdin=DEVNULL if stdin is None else PIPE,
        stdout=PIPE,
        stderr=PIPE,
        limits=limits,
        cwd=cwd,
        env=env,
    )
    try:
        pump = Pump(child, timeout=timeout, on_stdout=Lines(on_line) if on_line else keep)
        left = memoryview(stdin or b"")
        while not child.exited():
            left = _feed(pump, left)
            if tick is not None:
                tick()
        child.signal(signal.SIGKILL)  # grandchildren that still hold a pipe
        pump.drain()
    finally:
        code = child.end()
    if check and code != 0:
        raise ProcessFailed(code, pump.stderr)
    return Finished(code, bytes(kept), pump.stderr)


def _feed(pump: Pump, left: memoryview) -> memoryview:
    """Move one step; close the child's stdin when nothing is left or the child no longer reads."""
    pipe = pump.child.popen.stdin
    open_pipe = pipe is not None and not pipe.closed
    if open_pipe and left:
        try:
            return left[pump.step(left) :]
        except BrokenPipeError:
            left = memoryview(b"")
    if open_pipe and pipe is not None and not left:
        pipe.close()
    pump.step()
    return left


class Piped:
    """A program that eats bytes: `with Piped(args, timeout=60) as sink: sink.write(frame)`.

    `write` waits while the child is busy (back-pressure). Leaving normally closes its stdin, waits for its end
    and raises ProcessFailed when that was not 0; leaving by an exception kills the group.
    """

    def __init__(
        self,
        args: Sequence[str],
        *,
        timeout: float,
        limits: Limits | None = None,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._child = Child(
            args,
            stdin=PIPE,
            stdout=DEVNULL,
            stderr=PIPE,
            limits=limits,
            cwd=cwd,
            env=env,
        )
        self._pump = Pump(self._child, timeout=timeout, on_stdout=lambda _: None)
        self.pid = self._child.pid

    def __enter__(self) -> Self:
        return self

    def write(self, data: bytes | memoryview) -> None:
        """Hand all of `data` to the child. Raises ProcessFailed when it has ended, ProcessTimeout."""
        left = memoryview(data).cast("B")
        try:
            while left:
                left = left[self._pump.step(left) :]
        except BrokenPipeError:
            self._finish()
            raise ProcessFailed(0, "it ended before everything was written") from None
        except BaseException:
            self._child.end()
            raise

    def _finish(self) -> None:
        try:
            while not self._child.exited():
                self._pump.step()
            self._pump.drain()
        finally:
            code = self._child.end()
        if code != 0:
            raise ProcessFailed(code, self._pump.stderr)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None or self._child.popen.returncode is not None:
            self._child.end()
            return
        if self._child.popen.stdin is not None:
            self._child.popen.stdin.close()
        self._finish()
