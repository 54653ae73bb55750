"""Doing several things at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection


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
