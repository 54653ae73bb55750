"""Ports for servers that a test starts later than it chooses them."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def held_port() -> Iterator[int]:
    """Give a free port of 127.0.0.1 that nobody else is given until the block ends; who asks for it may listen on it.

    It is bound here, alone, and only then shared: a server that sets SO_REUSEADDR (all of ours do) may bind it too.
    """
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        yield held.getsockname()[1]
