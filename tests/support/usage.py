"""What a process uses, read from /proc."""

import os
import time
from pathlib import Path


def cpu_seconds(pid: int) -> float:
    """Return the processor time a process has used so far, all threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def megabytes(pid: int) -> float:
    """Return the memory a process holds (RSS)."""
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) / 1024


def share_of_a_core(pids: list[int], *, seconds: float) -> float:
    """Watch processes for a while and return how much of one core they used together: 0.01 is one percent."""
    before, start = sum(map(cpu_seconds, pids)), time.monotonic()
    time.sleep(seconds)
    return (sum(map(cpu_seconds, pids)) - before) / (time.monotonic() - start)
