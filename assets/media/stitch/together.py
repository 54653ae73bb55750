"""Several renders at once: progress is told, and a stop is heard, in the thread that asked for them."""

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Generic, TypeVar

from assets.media.ffmpeg import PROGRESS_SECONDS, Progress

AT_ONCE = 4  # at most, and no more than there are cores; each takes some 200 MB at 720p

Made = TypeVar("Made")


class _StoppedError(Exception):
    """Another render failed, or nobody wants them any more."""


@dataclass(frozen=True, slots=True)
class Work(Generic[Made]):
    """One render: what makes it, given a progress that may raise, and who wants to hear of it."""

    make: Callable[[Progress], Made]
    tell: Progress


def all_made(works: Sequence[Work[Made]]) -> list[Made]:
    """Do all works, a few at a time; whatever one of them or a `tell` raises ends the others first, then goes out."""
    stop = threading.Event()
    shares = [0.0] * len(works)

    def one(number: int) -> Made:
        def progress(done: float) -> None:
            shares[number] = done
            if stop.is_set():
                raise _StoppedError

        return works[number].make(progress)

    most = max(1, min(AT_ONCE, os.cpu_count() or 1))
    with ThreadPoolExecutor(max_workers=most, thread_name_prefix="render") as pool:
        try:
            found = [pool.submit(one, number) for number in range(len(works))]
            waiting = set(found)
            while waiting:
                done, waiting = wait(waiting, timeout=PROGRESS_SECONDS, return_when=FIRST_EXCEPTION)
                for work, share in zip(works, shares, strict=True):
                    work.tell(share)
                for future in done:
                    future.result()
            return [future.result() for future in found]
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
