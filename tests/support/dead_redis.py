"""Addresses at which no Redis answers."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def refusing() -> Iterator[str]:
    """Give the URL of a Redis whose port is closed, and stays it until the block ends."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"redis://127.0.0.1:{held.getsockname()[1]}/1"


@contextmanager
def silent() -> Iterator[tuple[str, socket.socket]]:
    """Give the URL of a Redis that takes connections and says nothing, and its socket, which tells who came."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        listening.settimeout(0)
        yield f"redis://127.0.0.1:{listening.getsockname()[1]}/1", listening
