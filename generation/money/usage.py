"""What was spent, on what and when, what is held, and what the budgets still allow: sums of the ledger."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, QuerySet, Sum

from generation.choices import BudgetScope
from generation.models import Budget, Job, ProviderCall
from generation.money.budgets import Line, Purse, limit_of, mode_of
from generation.money.holds import today
from mvsite.common.usd import usd, usd_at_least

_MOST = 200
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Standing:
    """What one budget allows now, USD; without a limit `limit` and `left` are None."""

    line: Line
    mode: str
    limit: Decimal | None
    spent: Decimal
    held: Decimal

    @property
    def project_id(self) -> uuid.UUID | None:
        """The project whose budget it is; None for the others."""
        return self.line.row().project_id

    @property
    def left(self) -> Decimal | None:
        """What neither is spent nor held."""
        return None if self.limit is None else max(self.limit - self.spent - self.held, _NOTHING)

    def told(self) -> dict[str, Any]:
        """Give it as answers tell it."""
        return {
            "scope": self.line.scope.value,
            "project_id": _text(self.project_id),
            "day": _text(self.line.row().day),
            "mode": self.mode,
            "limit_usd": None if self.limit is None else usd(self.limit),
            "spent_usd": usd(self.spent),
            "held_usd": usd(self.held),
            "left_usd": None if self.left is None else usd_at_least(self.left),
        }


@dataclass(frozen=True, slots=True)
class Span:
    """Whose usage: a user's, from one day to another (UTC, both counted), of one project when it is named."""

    owner_id: uuid.UUID
    first: date
    last: date
    project_id: uuid.UUID | None = None


def usage(span: Span) -> dict[str, Any]:
    """Give the bills of a span as a whole and by day, provider, model and project, and the budgets as they are now.

    Amounts are USD with four decimals, as texts. Days are in their order; of the rest the 200 dearest are named.
    """
    calls = ProviderCall.objects.filter(
        owner_id=span.owner_id, settled_at__isnull=False, billed_on__range=(span.first, span.last)
    )
    jobs = Job.objects.filter(owner_id=span.owner_id, held_usd__gt=0)
    if span.project_id is not None:
        calls, jobs = calls.filter(job__project_id=span.project_id), jobs.filter(project_id=span.project_id)
    whole = calls.aggregate(total=Sum("cost_usd"), calls=Count("pk"))
    days = sorted(_by(calls.annotate(day=F("billed_on")), "day", most=None), key=lambda row: str(row["day"]))
    named = calls.annotate(project_id=F("job__project_id"), title=F("job__project__title"))
    return {
        "from": span.first.isoformat(),
        "to": span.last.isoformat(),
        "project_id": _text(span.project_id),
        "cost_usd": usd(whole["total"] or _NOTHING),
        "calls": whole["calls"],
        "held_usd": usd(jobs.aggregate(total=Sum("held_usd"))["total"] or _NOTHING),
        "by_day": days,
        "by_provider": _by(calls, "provider"),
        "by_model": _by(calls, "provider", "model"),
        "by_project": _by(named, "project_id", "title"),
        "budgets": _budgets(span),
    }


def _by(calls: QuerySet[ProviderCall], *names: str, most: int | None = _MOST) -> list[dict[str, Any]]:
    rows = calls.order_by().values(*names).annotate(total=Sum("cost_usd"), calls=Count("pk"))
    return [
        {**{name: row[name] for name in names}, "cost_usd": usd(row["total"] or _NOTHING), "calls": row["calls"]}
        for row in rows.order_by("-total", *names)[:most]
    ]


def budgets_of(*, owner_id: uuid.UUID, project_ids: Iterable[uuid.UUID]) -> list[Standing]:
    """Give what the budgets allow now that concern a user's next calls: the user's, the projects', and today's."""
    purses = [Purse(owner_id, project_id, today()) for project_id in (*project_ids, None)]
    lines = {line.key: line for purse in purses for line in purse.lines()}
    rows = {row.key: row for row in Budget.objects.filter(key__in=lines)}
    return [_standing(line, rows.get(key)) for key, line in lines.items()]


def _budgets(span: Span) -> list[dict[str, Any]]:
    """Give the user's budget, today's, and the project's; without a project those of all projects that have a row."""
    lines = {line.key: line for line in Purse(span.owner_id, span.project_id, today()).lines()}
    rows = {row.key: row for row in Budget.objects.filter(key__in=lines)}
    if span.project_id is None:
        projects = Budget.objects.filter(owner_id=span.owner_id, scope=BudgetScope.PROJECT)
        for row in projects.order_by("-updated_at")[:_MOST]:
            rows[row.key] = row
            lines[row.key] = Line(BudgetScope.PROJECT, row.key, Purse(span.owner_id, row.project_id, today()))
    return [_standing(line, rows.get(key)).told() for key, line in lines.items()]


def _standing(line: Line, row: Budget | None) -> Standing:
    spent, held = (row.spent_usd, row.reserved_usd) if row else (_NOTHING, _NOTHING)
    return Standing(line, mode_of(row), limit_of(line, row), spent, held)


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)
