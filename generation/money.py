"""What things cost: the price before, the ledger row before each call, and the bill after it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from generation.choices import CallOutcome
from generation.models import Job, ProviderCall
from generation.providers.prices import price_of


def price(model: str, params: Mapping[str, Any]) -> Decimal:
    """Return what one call of a model costs in USD, from the catalogue; `duration` or `seconds` counts the seconds."""
    return price_of(model, params)


def intent(job: Job, *, provider: str, model: str, request_hash: str) -> ProviderCall:
    """Write down, before it happens, that something is about to be bought for a job."""
    with transaction.atomic():
        number = job.calls.count() + 1
        return ProviderCall.objects.create(
            job=job,
            owner_id=job.owner_id,
            number=number,
            provider=provider,
            model=model,
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
    """Bill a call: `cost` in USD, None for what was estimated. A call is billed once, however often this is asked."""
    amount = call.estimated_cost_usd if cost is None else Decimal(str(cost))
    with transaction.atomic():
        if ProviderCall.objects.filter(pk=call.pk, settled_at=None).update(settled_at=timezone.now(), cost_usd=amount):
            Job.objects.filter(pk=job.pk).update(cost_usd=F("cost_usd") + amount)
            job.refresh_from_db(fields=["cost_usd"])


def close(call: ProviderCall, *, error_code: str) -> None:
    """Mark that nothing more will come of a call, and why."""
    ProviderCall.objects.filter(pk=call.pk).update(error_code=error_code)
