"""Money in tests: what the budgets say, what unfinished jobs hold, and what the ledger has billed."""

from decimal import Decimal
from typing import Any

from django.db.models import Manager, QuerySet, Sum

from generation.choices import FINAL_STATES
from generation.models import Budget, Job, ProviderCall
from mvsite.accounts.models import User

NOTHING = Decimal(0)
VEO_8_S = Decimal("3.20")
"""What 8 seconds with sound cost by the first choice of clips at Replicate."""


def budget(key: str) -> tuple[Decimal, Decimal]:
    """Give what a budget holds and has spent; nothing when it has no row yet."""
    row = Budget.objects.filter(key=key).first()
    return (row.reserved_usd, row.spent_usd) if row else (NOTHING, NOTHING)


def of_user(user: User) -> tuple[Decimal, Decimal]:
    """Give what a user's budget holds and has spent."""
    return budget(f"user:{user.pk}")


def books_agree() -> None:
    """Assert that every budget is the sum of what unfinished jobs hold and of what the ledger has billed for it."""
    assert not Job.objects.filter(state__in=FINAL_STATES).exclude(held_usd=0).exists()
    for row in Budget.objects.all():
        jobs = Job.objects.filter(held_usd__gt=0)
        calls = ProviderCall.objects.filter(settled_at__isnull=False)
        if row.scope == "project":
            jobs, calls = jobs.filter(project=row.project), calls.filter(job__project=row.project)
        else:
            jobs, calls = jobs.filter(owner_id=row.owner_id), calls.filter(owner_id=row.owner_id)
        if row.scope == "day":
            jobs, calls = jobs.filter(held_on=row.day), calls.filter(billed_on=row.day)
        assert row.reserved_usd == _sum(jobs, "held_usd"), row.key
        assert row.spent_usd == _sum(calls, "cost_usd"), row.key
    assert _sum(Job.objects, "cost_usd") == _sum(ProviderCall.objects, "cost_usd")


def _sum(rows: QuerySet[Any] | Manager[Any], column: str) -> Decimal:
    found = rows.aggregate(total=Sum(column))["total"]
    return Decimal(found or 0).quantize(Decimal("0.000001"))
