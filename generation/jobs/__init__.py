"""The job engine: the only writer of `Job.state`. Rows are the truth, messages are doorbells (RELIABILITY 1.3)."""

from generation.jobs.control import hasten, request_cancel, resolve, retry, stop_children
from generation.jobs.enqueue import enqueue
from generation.jobs.eta import eta_seconds
from generation.jobs.lease import Claim, LeaseLost, Stopped, claim
from generation.jobs.sweep import forget_broken_leases, ring_due
from generation.jobs.view import job_data

__all__ = [
    "Claim",
    "LeaseLost",
    "Stopped",
    "claim",
    "enqueue",
    "eta_seconds",
    "forget_broken_leases",
    "hasten",
    "job_data",
    "request_cancel",
    "resolve",
    "retry",
    "ring_due",
    "stop_children",
]
