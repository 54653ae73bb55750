"""Where the studio listens: which addresses are this machine's own, and whether a port is free."""

import ipaddress
import socket


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach the address; a name other than `localhost` counts as not."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def free_port(host: str, port: int) -> int:
    """Give `port`, or a free one for 0. Raises OSError when it cannot be listened on."""
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
        probe.listen(1)  # two may bind the same address with SO_REUSEADDR, only one may listen
        number: int = probe.getsockname()[1]
    return number


def url_of(host: str, port: int) -> str:
    """Give the address a person on this machine opens."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - translated, not bound
    if ":" in shown and not shown.startswith("["):
        shown = f"[{shown}]"
    return f"http://{shown}:{port}/"
