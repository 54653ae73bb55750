"""How long work takes: the middle and the slow end of the newest jobs of each kind and provider."""

from collections import defaultdict
from datetime import UTC, date, datetime, time
from statistics import quantiles
from typing import Any

from generation.choices import JobKind, JobState
from generation.models import Job

NEWEST = 300  # of each kind: enough for a 95th percentile, and no more to read when there are a hundred thousand


def render_times(first: date) -> list[dict[str, Any]]:
    """Tell `jobs`, `p50` and `p95` (seconds, start to end) by kind and provider, of what succeeded since `first`."""
    since = datetime.combine(first, time.min, UTC)
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for kind in JobKind.values:  # one short look into the index each
        ended = Job.objects.filter(kind=kind, state=JobState.SUCCEEDED, finished_at__gte=since)
        newest = ended.order_by("-finished_at").values_list("provider", "queued_at", "started_at", "finished_at")
        for provider, queued, started, finished in newest[:NEWEST]:
            if finished is not None:
                found[kind, provider].append((finished - (started or queued)).total_seconds())
    return [_told(kind, provider, seconds) for (kind, provider), seconds in sorted(found.items())]


def _told(kind: str, provider: str, seconds: list[float]) -> dict[str, Any]:
    cuts = quantiles(seconds, n=20, method="inclusive") if len(seconds) > 1 else seconds * 19
    return {
        "kind": JobKind(kind).label,
        "provider": provider or "without",
        "jobs": len(seconds),
        "p50": f"{cuts[9]:.1f}",
        "p95": f"{cuts[18]:.1f}",
    }
