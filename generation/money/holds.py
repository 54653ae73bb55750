"""What a job holds of its budgets: taken when it begins, passed on to its children, given back when it ends."""

from datetime import date
from decimal import Decimal

from django.utils import timezone

from generation.models import Job
from generation.money import budgets

_CRUMB = Decimal("0.00001")
"""What splitting a price among children may leave over; it is not asked for."""


def hold(job: Job, amount: Decimal, *, parent: Job | None = None) -> None:
    """Let a job hold `amount` in USD, what it holds already included; inside the transaction that makes it go.

    What its parent holds is passed on to it first. The caller has made or locked the row. Budgets that warn leave
    their warnings in `params`. Raises user:cost:over_budget.
    """
    amount = in_places(amount)
    if parent is not None and amount > 0:
        _take_over(job, parent, amount)
    more = amount - job.held_usd
    if more < _CRUMB:
        return
    day = job.held_on if job.held_usd and job.held_on else today()
    warnings = budgets.reserve(purse_of(job, day), more)
    job.held_usd, job.held_on = amount, day
    changed = ["held_usd", "held_on"]
    known = list(job.params.get("warnings", ()))
    if new := [warning for warning in warnings if warning not in known]:
        job.params = {**job.params, "warnings": [*known, *new]}
        changed.append("params")
    job.save(update_fields=changed)


def give_back(job: Job) -> None:
    """Give back what a job still holds, inside the transaction that ends it. Asked again, it does nothing."""
    held = locked(job)
    if held.held_usd > 0:
        budgets.move(purse_of(held, held.held_on or today()), reserved=-held.held_usd, spent=Decimal(0))
        Job.objects.filter(pk=job.pk).update(held_usd=0)
    job.held_usd = Decimal(0)


def _take_over(child: Job, parent: Job, amount: Decimal) -> None:
    """Pass on what a parent holds, as far as it goes; no budget changes, because both belong to the same ones."""
    held = locked(parent)
    part = min(held.held_usd, amount)
    same = (held.owner_id, held.project_id) == (child.owner_id, child.project_id)
    if part <= 0 or child.held_usd or not same:
        return
    Job.objects.filter(pk=held.pk).update(held_usd=held.held_usd - part)
    parent.held_usd = held.held_usd - part
    child.held_usd, child.held_on = part, held.held_on
    child.save(update_fields=["held_usd", "held_on"])


def locked(job: Job) -> Job:
    """Read a job anew and lock its row until the transaction ends."""
    return Job.objects.select_for_update(no_key=True).get(pk=job.pk)


def purse_of(job: Job, day: date) -> budgets.Purse:
    """Say which budgets concern a job."""
    return budgets.Purse(job.owner_id, job.project_id, day)


def in_places(amount: Decimal) -> Decimal:
    """Round an amount to the places that are kept."""
    return amount.quantize(Decimal("0.000001"))


def today() -> date:
    """Return the day in UTC, by which budgets count."""
    return timezone.now().date()
