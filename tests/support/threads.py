"""Doing several things at the same moment, or one in the middle of another; and time that a halted machine stops."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection

LONG_ENOUGH = 0.3  # seconds in which the other thread takes what it takes first
BEAT = 0.05  # seconds


def at_once(*work: Callable[[], Any]) -> list[Any]:
    """Do each piece of work in a thread of its own, all at the same moment; returns what they returned, or raises."""
    gate = threading.Barrier(len(work))

    def one(do: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return do()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return [each.result() for each in [pool.submit(one, do) for do in work]]


class Middle:
    """The middle of a piece of work, in which another begins: that work calls `pause` there."""

    def __init__(self) -> None:
        self._reached = threading.Event()

    def pause(self) -> None:
        """Let the other work begin, and give it the time to take what it takes first."""
        self._reached.set()
        time.sleep(LONG_ENOUGH)

    def meet(self, first: Callable[[], Any], second: Callable[[], Any]) -> list[Any]:
        """Do the second work from the middle of the first one on; returns what both returned, or raises."""

        def do_second() -> Any:
            assert self._reached.wait(60), "the first work never came to its middle"
            return second()

        return at_once(first, do_second)


@contextmanager
def running_time() -> Iterator[Callable[[], float]]:
    """Give a clock of the seconds since the block began in which this process could run.

    A machine that stands still stops it too: each of its beats counts as one, however long it took.
    """
    beats, over = [0], threading.Event()

    def count() -> None:
        while not over.wait(BEAT):
            beats[0] += 1

    thread = threading.Thread(target=count, daemon=True)
    thread.start()
    try:
        yield lambda: beats[0] * BEAT
    finally:
        over.set()
        thread.join()
