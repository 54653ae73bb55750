"""Which addresses of the internet a user's URL may lead to: our own table, by address and never by name.

Python's `is_global` alone lets 13 dangerous ones through (multicast, NAT64, 6to4, old benchmarks, …),
so everything that is not surely public is refused. The table was read off the IANA special-purpose registries.
"""

import ipaddress
from collections.abc import Sequence

from mvsite.env import Network

_NOT_V4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
_NOT_V6 = tuple(ipaddress.IPv6Network(text) for text in ("2002::/16", "2001::/32", "2001:db8::/32", "3fff::/20"))


def is_public(address: str, denied: Sequence[Network] = ()) -> bool:
    """Say whether a numeric address is surely a public one and in none of the `denied` networks."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if any(found.version == network.version and found in network for network in denied):
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return found.is_global and not any(found in network for network in _NOT_V4)
    return (
        found.scope_id is None
        and found.is_global
        and found in _PUBLIC_V6
        and not any(found in network for network in _NOT_V6)
    )
