"""How long a job will still take, from this installation's own history."""

from dataclasses import dataclass
from datetime import datetime
from statistics import quantiles

from django.core.cache import cache
from django.utils import timezone

from generation.choices import LIMITS, JobKind, JobState
from generation.models import Job

_SAMPLE = 20
_CACHE_SECONDS = 60
_STITCH_A_CLIP = 5.0  # seconds: the first guess, until there is a history
_OVERDUE = 2.0  # times the longest usual time
_OVERDUE_AT_LEAST = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Usual:
    """Seconds that like jobs take: a quarter are quicker than `low`, a quarter slower than `high`."""

    low: float
    middle: float
    high: float


def usual(job: Job) -> Usual:
    """Return what the last 20 successes of this kind and provider took, else the first guess."""
    name = f"usual:{job.kind}:{job.provider}"
    known: Usual | None = cache.get(name)
    if known is None:
        known = _measured(job.kind, job.provider) or _first_guess(job)
        cache.set(name, known, _CACHE_SECONDS)
    return known


def _measured(kind: str, provider: str) -> Usual | None:
    times = (
        Job.objects.filter(kind=kind, provider=provider, state=JobState.SUCCEEDED)
        .order_by("-finished_at")
        .values_list("queued_at", "finished_at")[:_SAMPLE]
    )
    spans = [(end - start).total_seconds() for start, end in times if end is not None]
    if not spans:
        return None
    return Usual(*quantiles(spans, n=4, method="inclusive")) if len(spans) > 1 else Usual(*spans * 3)


def _first_guess(job: Job) -> Usual:
    limits = LIMITS[JobKind(job.kind)]
    if job.kind == JobKind.STITCH and job.params.get("video_ids"):
        seconds = _STITCH_A_CLIP * len(job.params["video_ids"])
        return Usual(seconds, seconds, seconds * 2)
    low, high = limits.usual_seconds
    return Usual(low, (low + high) / 2, high)


def eta_seconds(job: Job) -> int | None:
    """Return whole seconds until the job is likely done, None when it is final or waits for a person."""
    span = eta_range(job)
    return None if span is None else span[1]


def eta_range(job: Job) -> tuple[int, int, int] | None:
    """Return whole seconds until the job is done: at best, likely, at worst. None when it is final or in review."""
    if job.is_final or job.state == JobState.NEEDS_REVIEW:
        return None
    known, now = usual(job), timezone.now()
    elapsed = _seconds(job.queued_at, now)
    left = [known.low - elapsed, known.middle - elapsed, known.high - elapsed]
    if job.progress >= 0.2 and job.started_at is not None:
        likely = _seconds(job.started_at, now) * (1 - job.progress) / job.progress
        wider = 1 + (known.high - known.low) / max(1.0, known.low + known.high)
        left = [likely / wider, likely, likely * wider]
    low, middle, high = (max(1, round(each)) for each in left)
    return low, middle, max(high, middle)


def is_overdue(job: Job) -> bool:
    """Whether a job that works takes much longer than usual; time in a line for a place does not count."""
    if job.is_final or job.state in (JobState.NEEDS_REVIEW, JobState.QUEUED) or job.waits_for_id is not None:
        return False
    limit = max(_OVERDUE_AT_LEAST, _OVERDUE * usual(job).high)
    return job.kind != JobKind.RUN and _seconds(job.started_at or job.queued_at, timezone.now()) > limit


def _seconds(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds()
