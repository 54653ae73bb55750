"""Whether this process is about to end: then it takes no more jobs, and hands back what would take long."""

import threading
import uuid

from generation.models import Job

_ending = threading.Event()


class HandBack(Exception):  # noqa: N818  nothing went wrong: another worker goes on
    """This process is about to end: give the job back, whoever is next does its step anew."""


def begin_to_end() -> None:
    """Take nothing more from now on."""
    _ending.set()


def is_ending() -> bool:
    """Say whether this process is about to end."""
    return _ending.is_set()


def leave_to_others(job_id: uuid.UUID) -> None:
    """Let a job whose bell was heard here be called out again at once."""
    Job.objects.active().filter(pk=job_id).update(sent_at=None)
