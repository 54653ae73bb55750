"""The job engine: the only writer of `Job.state`. Rows are the truth, messages are doorbells (RELIABILITY 1.3)."""

from generation.jobs.control import (
    Agree,
    any_price,
    decision_costs,
    hasten,
    request_cancel,
    resolve,
    retry,
    retry_cost,
    retry_costs,
    stop_children,
    supersede,
)
from generation.jobs.draining import HandBack, begin_to_end, is_ending, leave_to_others
from generation.jobs.enqueue import enqueue
from generation.jobs.eta import eta_seconds
from generation.jobs.lease import Claim, LeaseLost, Stopped, claim
from generation.jobs.sweep import forget_broken_leases, ring_due
from generation.jobs.view import job_data, jobs_data

__all__ = [
    "Agree",
    "Claim",
    "HandBack",
    "LeaseLost",
    "Stopped",
    "any_price",
    "begin_to_end",
    "claim",
    "decision_costs",
    "enqueue",
    "eta_seconds",
    "forget_broken_leases",
    "hasten",
    "is_ending",
    "job_data",
    "jobs_data",
    "leave_to_others",
    "request_cancel",
    "resolve",
    "retry",
    "retry_cost",
    "retry_costs",
    "ring_due",
    "stop_children",
    "supersede",
]
