"""Places in a provider's lane: counted under the lane's row lock, given by age, never more than the account may have.

A job that finds no place stands in line (`Job.waits_for`). It is called when a place is free, and looks by itself
only now and then: the first few soon, the others later, so that hundreds can wait without asking all the time.
"""

import random
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from generation.choices import LIMITS, JobKind
from generation.jobs.wake import wake
from generation.models import Job, Lane, ProviderCall
from generation.providers.lanes import Limits, limits_for, limits_of

_LOOK_AGAIN = 30.0  # seconds; only a safety net, a free place calls the next one
_SLOW_FOR = timedelta(minutes=5)
_COUNT_EVERY = 5.0  # seconds
_counted: dict[int, tuple[float, float]] = {}


@dataclass(frozen=True, slots=True)
class InLine:
    """No place yet: look again after so many seconds; `stage` says to a person what is waited for."""

    after: float
    stage: str


def take_place(job: Job, model: str) -> Lane | InLine | None:
    """Take a place for one call of `model`, or one in the line; None when the model has no lane.

    Belongs into the transaction that writes the call, because open calls are what is counted; RuntimeError outside.
    """
    limits = limits_of(model)
    if limits is None:
        return None
    if not connection.in_atomic_block:
        raise RuntimeError("A place was taken outside the transaction that writes the call.")
    lane = _locked(limits)
    now = timezone.now()
    older = Q(queued_at__lt=job.queued_at) | Q(queued_at=job.queued_at, pk__lt=job.pk)
    ahead = _line(lane).exclude(pk=job.pk).filter(older).count()
    waiting = _reason_to_wait(lane, limits, ahead, now)
    if waiting is not None:
        _stand_in_line(job, lane, now + timedelta(seconds=waiting.after))
        return waiting
    lane.tokens, lane.tokens_at = _tokens(lane, limits, now) - 1, now
    lane.save(update_fields=["tokens", "tokens_at"])
    if job.waits_for_id is not None:
        Job.objects.filter(pk=job.pk).update(waits_for=None)
        job.waits_for = None
    return lane


def pause_lane(call: ProviderCall, job: Job, seconds: float, *, pace: int | None = None) -> None:
    """Send nothing more in this call's lane for so long, whoever works; the job stays in line with its age.

    `pace` is what the provider allows from now on, in creates a minute; it is kept to for five minutes.
    """
    if call.lane_id is None:
        return
    now = timezone.now()
    until = now + timedelta(seconds=seconds)
    with transaction.atomic():
        lane = Lane.objects.select_for_update(no_key=True).get(pk=call.lane_id)
        lane.paused_until = max(until, lane.paused_until or until)
        lane.tokens, lane.tokens_at = 1.0, lane.paused_until  # one may try, the others follow at the rate
        if pace is not None:
            lane.slow_per_minute, lane.slow_until = pace, until + _SLOW_FOR
        lane.save()
        _stand_in_line(job, lane, until)


def place_freed(call: ProviderCall) -> None:
    """Call the next ones in line, when nothing runs at the provider for this call any more."""
    if call.lane_id is not None:
        call_next(call.lane_id)


def call_next(lane_id: int) -> None:
    """Call as many of the oldest in line as there are places, each for the moment at which the rate lets it go."""
    with transaction.atomic():
        lane = Lane.objects.select_for_update(no_key=True).filter(pk=lane_id).first()
        limits = limits_for(lane.provider, lane.account) if lane else None
        if lane is None or limits is None:
            return
        now = timezone.now()
        free = max(0, limits.concurrent - _open(lane))
        oldest = list(
            _line(lane).order_by("queued_at", "pk").values_list("created_at", "pk", "queue", "next_at")[:free]
        )
        turns = [(*job, _turn(lane, limits, position, now)) for position, job in enumerate(oldest)]
        for _, job_id, queue, next_at, at in sorted(turns):  # in the order in which a parent's cancel locks them
            if at < next_at:
                Job.objects.filter(pk=job_id).active().update(next_at=at, **({"sent_at": at} if at == now else {}))
                if at == now:
                    wake(job_id, queue)


def leave_lanes(job: Job) -> None:
    """Once a job's end is committed, call those who waited behind it; inside the transaction that ends it."""
    left = {job.waits_for_id, *ProviderCall.objects.filter(job=job).values_list("lane_id", flat=True)}
    for lane_id in left:
        if lane_id is not None:
            transaction.on_commit(partial(call_next, lane_id), robust=True)


def looks_pause(call: ProviderCall) -> float:
    """Return seconds between two looks at one call, so that all open calls of its lane keep to the rate of looks.

    Calls are counted anew every few seconds only: five hundred jobs ask this all the time.
    """
    if call.lane_id is None:
        return 0.0
    counted_at, pause = _counted.get(call.lane_id, (0.0, 0.0))
    if not 0 <= time.monotonic() - counted_at < _COUNT_EVERY:
        lane = Lane.objects.get(pk=call.lane_id)
        limits = limits_for(lane.provider, lane.account)
        pause = 0.0 if limits is None else _open(lane) * 60 / limits.looks_per_minute
        _counted[call.lane_id] = time.monotonic(), pause
    return pause


def _locked(limits: Limits) -> Lane:
    start = {"tokens": float(_burst(limits.per_minute)), "tokens_at": timezone.now()}
    lane, _ = Lane.objects.select_for_update(no_key=True).get_or_create(
        provider=limits.provider, account=limits.account, defaults=start
    )
    return lane


def _line(lane: Lane) -> QuerySet[Job]:
    return Job.objects.active().filter(waits_for=lane, cancel_requested_at=None)


def _open(lane: Lane) -> int:
    return ProviderCall.objects.open().filter(lane=lane).count()


def _reason_to_wait(lane: Lane, limits: Limits, ahead: int, now: datetime) -> InLine | None:
    turn = (_turn(lane, limits, ahead, now) - now).total_seconds()
    if lane.paused_until is not None and lane.paused_until > now:
        left = round((lane.paused_until - now).total_seconds()) or 1
        return InLine(turn, f"{limits.provider} asks us to wait {left} s")
    if _open(lane) + ahead >= limits.concurrent:
        later = _LOOK_AGAIN * (1 + ahead // limits.concurrent) * random.uniform(1.0, 1.5)  # noqa: S311  jitter is no secret
        return InLine(max(turn, later), f"waiting for a free place at {limits.provider}")
    if turn > 0:
        return InLine(turn, f"waiting for its turn at {limits.provider}")
    return None


def _turn(lane: Lane, limits: Limits, ahead: int, now: datetime) -> datetime:
    """Say when the rate lets somebody go before whom `ahead` others go."""
    rate = _per_minute(lane, limits, now) / 60
    missing = ahead + 1 - _tokens(lane, limits, now)
    start = max(now, lane.paused_until or now)
    return start if missing <= 0 else start + timedelta(seconds=missing / rate + 0.01)


def _tokens(lane: Lane, limits: Limits, now: datetime) -> float:
    per_minute = _per_minute(lane, limits, now)
    grown = max(0.0, (now - lane.tokens_at).total_seconds()) * per_minute / 60
    return min(lane.tokens + grown, float(_burst(per_minute)))


def _per_minute(lane: Lane, limits: Limits, now: datetime) -> int:
    slow = lane.slow_per_minute if lane.slow_until is not None and lane.slow_until > now else 0
    return min(limits.per_minute, slow or limits.per_minute)


def _burst(per_minute: int) -> int:
    """A tenth of a minute's rate may go at once."""
    return max(1, per_minute // 10)


def _stand_in_line(job: Job, lane: Lane, look_at: datetime) -> None:
    """Keep its place by age. Time in line is no time of its work: the deadline of job and parent moves along."""
    deadline = look_at + timedelta(seconds=LIMITS[JobKind(job.kind)].deadline_seconds)
    Job.objects.filter(pk=job.pk).update(waits_for=lane, deadline_at=deadline)
    job.waits_for, job.deadline_at = lane, deadline
    if job.parent_id is not None:
        _give_time(job.parent_id, deadline)


def _give_time(parent_id: uuid.UUID, deadline: datetime) -> None:
    Job.objects.filter(pk=parent_id, deadline_at__lt=deadline).update(deadline_at=deadline)
