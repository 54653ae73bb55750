"""Whether one person may have one more job now (`mvsite.accounts.quotas`)."""

from uuid import UUID

from django.db.models import Q

from generation.choices import FINAL_STATES, JobKind
from generation.models import Job
from mvsite.accounts.quotas import JOBS, STORAGE, check_room, take_room


def take_job_room(owner_id: UUID, kind: str) -> None:
    """Make sure that one more job fits, inside the transaction that makes it or starts it again.

    Who has no room left for files starts nothing that makes one; what runs already is kept, because it may be paid.
    Raises user:quota:jobs, user:quota:storage.
    """
    take_room(JOBS, owner_id)
    if kind != JobKind.SCENES:
        check_room(STORAGE, owner_id)


def started_jobs(owner_id: UUID) -> int:
    """Count the jobs that somebody started; a child counts only while no parent of it goes on."""
    started = Q(parent=None) | Q(parent__state__in=FINAL_STATES)
    return Job.objects.active().filter(started, owner_id=owner_id).count()
