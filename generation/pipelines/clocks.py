"""How long a job has been at work."""

from django.utils import timezone

from generation.models import Job


def seconds_so_far(job: Job) -> float:
    """Give the seconds since the job began, to the hundredth."""
    return round((timezone.now() - (job.started_at or job.queued_at)).total_seconds(), 2)
