"""Child processes: limits, time-outs, killing and pipes, said once; nobody else uses `subprocess`."""

from mvsite.common.process.child import Child, Limits, ProcessError, ProcessFailed, ProcessTimeout
from mvsite.common.process.run import Finished, Piped, run
from mvsite.common.process.tie import die_with_parent

__all__ = [
    "Child",
    "Finished",
    "Limits",
    "Piped",
    "ProcessError",
    "ProcessFailed",
    "ProcessTimeout",
    "die_with_parent",
    "run",
]
