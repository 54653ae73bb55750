"""The guard that keeps tests on this machine: connections, datagrams and name look-ups to anywhere else are refused.

It listens to the interpreter's own audit events, so it sees every library, whatever it is built on.
"""

import ipaddress
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_NAMES = {"localhost", "ip6-localhost", ""}
_LOOKUPS = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}
_SENDS = {"socket.connect", "socket.sendto", "socket.sendmsg"}


class NetworkRefusedError(RuntimeError):
    """A test tried to leave the machine."""


class NetworkGuard:
    """Refuses while `active`, and remembers what it refused: code that swallows the error must not hide it."""

    def __init__(self) -> None:
        self.active = False
        self.refused: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.active:
            return
        if event in _LOOKUPS:
            host = arguments[0][0] if event == "socket.getnameinfo" else arguments[0]
        elif event in _SENDS:
            address = arguments[1]
            if not isinstance(address, tuple):
                return  # a Unix socket, or a datagram on a socket that was connected before
            host = address[0]
        else:
            return
        if not is_local(host):
            self.refused.append(f"{event} {host}")
            raise NetworkRefusedError(f"a test tried to reach {host}; tests stay on this machine")

    @contextmanager
    def on_duty(self) -> Iterator[list[str]]:
        """Refuse inside the block; yields the list of what was refused, empty at first."""
        self.refused = []
        self.active = True
        try:
            yield self.refused
        finally:
            self.active = False


def is_local(host: object) -> bool:
    """Say whether a host of a socket call is this machine: a loopback address, `localhost`, or none at all."""
    if host is None:
        return True
    name = host.decode("ascii", "replace") if isinstance(host, bytes | bytearray) else str(host)
    if name.lower() in _NAMES:
        return True
    try:
        address = ipaddress.ip_address(name.split("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


GUARD = NetworkGuard()
