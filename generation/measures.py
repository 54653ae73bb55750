"""What can be measured of the studio: queues, jobs, providers, money, workers; each from rows, by an index."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import quantiles
from typing import Any

from django.db.models import Count, Min, Sum
from django.utils import timezone

from assets import storage
from generation.choices import FINAL_STATES, JobKind, JobState, Queue
from generation.jobs.workers import at_work
from generation.models import Job, ProviderCall

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_MOST = 5000  # rows looked at for one measure: the newest
_QUANTILES = {"0.5": 49, "0.95": 94}

Numbers = list[tuple[Sequence[Any], float]]


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is measured: a name, what it means, the names of its labels, and a number for each."""

    name: str
    text: str
    labels: tuple[str, ...]
    numbers: Numbers


def all_measures() -> Iterator[Measure]:
    """Measure everything now."""
    now = timezone.now()
    for name, text, labels, count in _ALL:
        yield Measure(name, text, labels, count(now))


def _jobs(now: datetime) -> Numbers:
    rows = Job.objects.unfinished().order_by().values_list("queue", "kind", "state").annotate(Count("pk"))
    return [((queue, kind, state), count) for queue, kind, state, count in rows]


def _depth(now: datetime) -> Numbers:
    rows = dict(Job.objects.claimable(now).order_by().values_list("queue").annotate(Count("pk")))
    return [((queue,), rows.get(queue, 0)) for queue in Queue.values]


def _oldest(now: datetime) -> Numbers:
    rows = dict(Job.objects.claimable(now).order_by().values_list("queue").annotate(Min("next_at")))
    return [((queue,), (now - rows.get(queue, now)).total_seconds()) for queue in Queue.values]


def _ended(now: datetime) -> Numbers:
    recent = Job.objects.filter(kind__in=JobKind.values, state__in=FINAL_STATES, finished_at__gte=now - _HOUR)
    rows = recent.order_by().values_list("kind", "state").annotate(Count("pk"))
    return [((kind, state), count) for kind, state, count in rows]


def _failed(now: datetime) -> Numbers:
    recent = Job.objects.filter(kind__in=JobKind.values, state=JobState.FAILED, finished_at__gte=now - _HOUR)
    errors = recent.order_by("-finished_at").values_list("kind", "error")[:_MOST]
    counted = Counter((kind, (error or {}).get("code", "")) for kind, error in errors)
    return list(counted.items())


def _calls(now: datetime) -> Numbers:
    recent = ProviderCall.objects.filter(sent_at__gte=now - _HOUR)
    rows = recent.order_by().values_list("provider", "outcome").annotate(Count("pk"))
    return [((provider, outcome), count) for provider, outcome, count in rows]


def _answered(now: datetime) -> Numbers:
    return _latency(now, "answered_at")


def _made(now: datetime) -> Numbers:
    return _latency(now, "settled_at")


def _latency(now: datetime, end: str) -> Numbers:
    recent = ProviderCall.objects.filter(sent_at__gte=now - _HOUR, **{f"{end}__isnull": False})
    found: dict[str, list[float]] = defaultdict(list)
    for provider, sent, over in recent.order_by("-sent_at").values_list("provider", "sent_at", end)[:_MOST]:
        found[provider].append((over - sent).total_seconds())
    return [
        ((provider, name), cuts[place])
        for provider, times in found.items()
        for cuts in [quantiles([*times, *times[:1]], n=100, method="inclusive")]
        for name, place in _QUANTILES.items()
    ]


def _spent(now: datetime) -> Numbers:
    rows: Numbers = []
    for window, length in (("1h", _HOUR), ("1d", _DAY)):
        recent = ProviderCall.objects.filter(sent_at__gte=now - length)
        sums = recent.order_by().values_list("provider").annotate(Sum("cost_usd"))
        rows += [((provider, window), float(usd)) for provider, usd in sums]
    return rows


def _held(now: datetime) -> Numbers:
    total = Job.objects.unfinished().aggregate(usd=Sum("held_usd"))["usd"] or Decimal(0)
    return [((), float(total))]


def _workers(now: datetime) -> Numbers:
    counted = Counter(queue for worker in at_work(now) for queue in worker.queues)
    return [((queue,), counted[queue]) for queue in Queue.values]


def _uploads(now: datetime) -> Numbers:
    return [((), storage.waiting()[0])]


_ALL: tuple[tuple[str, str, tuple[str, ...], Callable[[datetime], Numbers]], ...] = (
    ("jobs", "Jobs that are not final.", ("queue", "kind", "state"), _jobs),
    ("queue_depth", "Jobs whose next step is due and that nobody has taken.", ("queue",), _depth),
    ("queue_oldest_seconds", "How long the oldest of them has been due.", ("queue",), _oldest),
    ("jobs_ended_1h", "Jobs that ended in the last hour.", ("kind", "state"), _ended),
    ("jobs_failed_1h", "Jobs that failed in the last hour, by the code of their error.", ("kind", "code"), _failed),
    ("provider_calls_1h", "Orders of the last hour, by what became of them.", ("provider", "outcome"), _calls),
    ("provider_answer_seconds", "From an order to its answer, last hour.", ("provider", "quantile"), _answered),
    ("provider_result_seconds", "From an order to its bill, last hour.", ("provider", "quantile"), _made),
    ("spent_usd", "What was billed for orders of the window.", ("provider", "window"), _spent),
    ("held_usd", "What unfinished jobs hold of the budgets.", (), _held),
    ("workers", "Workers that were heard of in the last 45 s.", ("queue",), _workers),
    ("uploads_waiting", "Files that are still to be uploaded to the bucket.", (), _uploads),
)
