"""How long a job will still take, from this installation's own history."""

from statistics import median

from django.core.cache import cache
from django.utils import timezone

from generation.choices import LIMITS, JobKind, JobState
from generation.models import Job

_SAMPLE = 20
_CACHE_SECONDS = 60


def typical_seconds(kind: str, provider: str) -> float:
    """Return the median duration of the last 20 successes of this kind and provider, else the first guess."""
    name = f"eta:{kind}:{provider}"
    known: float | None = cache.get(name)
    if known is not None:
        return known
    times = (
        Job.objects.filter(kind=kind, provider=provider, state=JobState.SUCCEEDED)
        .order_by("-finished_at")
        .values_list("queued_at", "finished_at")[:_SAMPLE]
    )
    spans = [(end - start).total_seconds() for start, end in times if end is not None]
    found = median(spans) if spans else LIMITS[JobKind(kind)].typical_seconds
    cache.set(name, found, _CACHE_SECONDS)
    return found


def eta_seconds(job: Job) -> int | None:
    """Return whole seconds until the job is likely done, None when it is final or waits for a person."""
    if job.is_final or job.state == JobState.NEEDS_REVIEW:
        return None
    elapsed = (timezone.now() - job.queued_at).total_seconds()
    left = typical_seconds(job.kind, job.provider) - elapsed
    if job.progress >= 0.2 and job.started_at is not None:
        running = (timezone.now() - job.started_at).total_seconds()
        left = running * (1 - job.progress) / job.progress
    return max(1, round(left))
