"""Who holds a lease: this very process, recognisable even after its number was used again."""

import hashlib
import os
import platform
from functools import cache
from pathlib import Path

_LONGEST_NAME = 39
"""Of a host in a lease, whose column holds 100 characters: the rest has 39 and more."""


@cache
def this_machine() -> str:
    """Name the machine and its process space, so that two containers are never taken for one."""
    parts = [_short(platform.node())]
    for path in ("/proc/sys/kernel/random/boot_id", "/proc/self/ns/pid"):
        try:
            parts.append(Path(path).readlink().name if path.endswith("pid") else Path(path).read_text().strip()[:8])
        except OSError:  # not Linux: leases then simply run out
            return ""
    return "/".join(parts)


def _short(name: str) -> str:
    """Cut a host's long name (they have up to 63 characters, 253 with a domain) and keep it unlike any other."""
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[:30]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def started_at(pid: int) -> str:
    """Return when a process of this machine started (clock ticks since boot), or "" when it is gone."""
    try:
        # The name in parentheses may hold spaces; the start time is the 20th field after it.
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return ""


def this_process() -> str:
    """Name this process for a lease: machine, process number and start."""
    pid = os.getpid()
    return f"{this_machine()} {pid} {started_at(pid)}"


def is_dead(lease_owner: str) -> bool:
    """Say whether the holder surely no longer runs; holders on other machines are never called dead."""
    machine, _, rest = lease_owner.partition(" ")
    pid, _, start = rest.partition(" ")
    if not machine or machine != this_machine() or not pid.isdigit():
        return False
    return started_at(int(pid)) != start
