"""Moving bytes to and from a child without blocking on one pipe while another is full."""

import os
import selectors
import time
from collections.abc import Callable

from mvsite.common.process.child import STEP_SECONDS, Child, ProcessTimeout

STDERR_TAIL = 8_192
CHUNK = 65_536


class Pump:
    """The pipes of one child, moved step by step."""

    def __init__(self, child: Child, *, timeout: float, on_stdout: Callable[[bytes], None]) -> None:
        self.child = child
        self.timeout = timeout
        self.deadline = time.monotonic() + timeout
        self.tail = b""
        self.selector = selectors.DefaultSelector()
        for pipe, sink in ((child.popen.stdout, on_stdout), (child.popen.stderr, self._keep_tail)):
            if pipe is not None:
                os.set_blocking(pipe.fileno(), False)
                self.selector.register(pipe, selectors.EVENT_READ, sink)
        if child.popen.stdin is not None:
            os.set_blocking(child.popen.stdin.fileno(), False)

    def _keep_tail(self, data: bytes) -> None:
        self.tail = (self.tail + data)[-STDERR_TAIL:]

    @property
    def stderr(self) -> str:
        """The last 8 KiB the child wrote to stderr."""
        return self.tail.decode("utf-8", "replace")

    def step(self, feed: memoryview | None = None) -> int:
        """Wait at most one step for any pipe; give how many bytes of `feed` went out. Raises ProcessTimeout."""
        if time.monotonic() >= self.deadline:
            raise ProcessTimeout(f"not finished within {self.timeout:g} s")
        pipe = self.child.popen.stdin
        if feed is not None and pipe is not None:
            self.selector.register(pipe, selectors.EVENT_WRITE, None)
        written = 0
        try:
            if not self.selector.get_map():
                self.child.wait(STEP_SECONDS)
            for key, _ in self.selector.select(STEP_SECONDS) if self.selector.get_map() else ():
                if key.data is None and feed is not None:
                    written = os.write(key.fd, feed[:CHUNK])
                elif key.data is not None:
                    self._read(key)
        finally:
            if feed is not None and pipe is not None:
                self.selector.unregister(pipe)
        return written

    def _read(self, key: selectors.SelectorKey) -> None:
        data = os.read(key.fd, CHUNK)
        if data:
            key.data(data)
        else:
            self.selector.unregister(key.fileobj)

    def drain(self) -> None:
        """Read what the pipes still hold once every writer is gone."""
        while self.selector.get_map():
            ready = self.selector.select(0)
            if not ready:
                return
            for key, _ in ready:
                self._read(key)


class Lines:
    """Cuts a stream of bytes into lines of text."""

    def __init__(self, sink: Callable[[str], None]) -> None:
        self.sink = sink
        self.rest = b""

    def __call__(self, data: bytes) -> None:
        """Take the next bytes; a rest without a line end waits for more (at most 64 KiB of it)."""
        *lines, rest = (self.rest + data).split(b"\n")
        self.rest = rest[-CHUNK:]
        for line in lines:
            self.sink(line.decode("utf-8", "replace").rstrip("\r"))
