"""The ledger: one row a call, written before the call; what came of it, and the bill."""

import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from generation.choices import CallOutcome, JobKind
from generation.models import Job, Lane, ProviderCall
from generation.money import budgets
from generation.money.holds import in_places, locked, purse_of, today
from generation.providers.prices import price_of

_WITH_PARTS = (JobKind.RUN, JobKind.PORTRAITS)


def price(model: str, params: Mapping[str, Any]) -> Decimal:
    """Return what one call of a model costs in USD, from the catalogue; `duration` or `seconds` counts the seconds."""
    return price_of(model, params)


def intent(job: Job, *, provider: str, model: str, request_hash: str, lane: Lane | None = None) -> ProviderCall:
    """Write down, before it happens, that something is about to be bought for a job; `lane` is where it has a place."""
    with transaction.atomic():
        number = job.calls.count() + 1
        return ProviderCall.objects.create(
            job=job,
            owner_id=job.owner_id,
            number=number,
            provider=provider,
            model=model,
            lane=lane,
            request_hash=request_hash,
            estimated_cost_usd=job.estimated_cost_usd,
        )


def answer(call: ProviderCall, outcome: CallOutcome, *, provider_id: str | None = None, error_code: str = "") -> None:
    """Write down what the provider answered; its id is committed before anything else happens."""
    call.outcome = outcome
    call.provider_id = provider_id
    call.error_code = error_code
    call.answered_at = timezone.now()
    call.save(update_fields=["outcome", "provider_id", "error_code", "answered_at"])


def settle(job: Job, call: ProviderCall, *, cost: Decimal | float | None) -> None:
    """Bill a call: `cost` in USD, None for what was estimated. A call is billed once, however often this is asked.

    The bill becomes spent in full, and as much of what the job holds is no longer held.
    """
    amount = in_places(call.estimated_cost_usd if cost is None else Decimal(str(cost)))
    with transaction.atomic():
        held = locked(job)
        day = held.held_on or today()
        unsettled = ProviderCall.objects.filter(pk=call.pk, settled_at=None)
        first = unsettled.update(settled_at=timezone.now(), cost_usd=amount, billed_on=day)
        if first and amount > 0:
            part = min(held.held_usd, amount)
            total = held.cost_usd + amount
            Job.objects.filter(pk=job.pk).update(cost_usd=total, held_usd=held.held_usd - part)
            budgets.move(purse_of(held, day), reserved=-part, spent=amount)
        job.refresh_from_db(fields=["cost_usd", "held_usd"])


def close(call: ProviderCall, *, error_code: str) -> None:
    """Mark that nothing more will come of a call, and why."""
    ProviderCall.objects.filter(pk=call.pk).update(error_code=error_code)


def close_books(job: Job) -> None:
    """Bill what a job that ends has accepted and never seen the end of, at its estimate; inside the caller's
    transaction. Nobody will ask the provider any more, and it does take its price.
    """
    took = (CallOutcome.ACCEPTED, CallOutcome.RECONCILED)
    for call in job.calls.filter(outcome__in=took, settled_at=None, error_code="").order_by("number"):
        settle(job, call, cost=None)


def is_paid_and_open(job: Job) -> bool:
    """Say whether a job has bought its one thing and may still fetch it: nothing more need be paid for it."""
    return may_be_fetched(job.calls.order_by("-number").first())


def may_be_fetched(call: ProviderCall | None) -> bool:
    """Say whether the newest call of a job has bought something that may still be fetched."""
    took = (CallOutcome.ACCEPTED, CallOutcome.RECONCILED)
    if call is None or call.outcome not in took or call.settled_at is None:
        return False
    return bool(call.provider_id) and not call.error_code  # without an id there is nothing to fetch it by


def newest_calls(jobs: Iterable[Job]) -> dict[uuid.UUID, ProviderCall]:
    """Return the newest call of each of these jobs that has one, without what was answered; asks once."""
    calls = ProviderCall.objects.filter(job__in=[job.pk for job in jobs]).defer("answer").order_by("number")
    return {call.job_id: call for call in calls}


def is_undecided(job: Job) -> bool:
    """Say whether a job may have bought something that nobody has heard of."""
    call = job.calls.order_by("-number").first()
    unheard = (CallOutcome.PREPARED, CallOutcome.UNKNOWN)
    return call is not None and call.outcome in unheard and not call.error_code


def billed(job: Job) -> Decimal:
    """Return what the newest purchase of a job cost in USD: its bill, or its estimate while there is none yet."""
    call = job.calls.order_by("-number").first()
    if call is None:
        return job.estimated_cost_usd
    return call.cost_usd if call.settled_at is not None else call.estimated_cost_usd


def whole_costs(jobs: Iterable[Job]) -> dict[uuid.UUID, Decimal]:
    """Tell what each of these jobs has cost so far in USD, with all that it ever started; asks once at most.

    The column `cost_usd` is a job's own: sums of many jobs are sums of that, or the parts would count twice. What a
    part starts in its turn (the pieces of a film) costs nothing.
    """
    rows = list(jobs)
    costs = {job.pk: job.cost_usd for job in rows}
    parents = [job.pk for job in rows if job.kind in _WITH_PARTS and job.parent_id is None]
    if parents:
        parts = Job.objects.filter(parent__in=parents).order_by().values_list("parent").annotate(Sum("cost_usd"))
        for parent, cost in parts:
            costs[parent] += cost
    return costs
