"""What was spent, on what and when, what is held, and what the budgets still allow: sums of the ledger."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from generation.choices import BudgetScope
from generation.models import Budget, Job, Project, ProviderCall
from generation.money.budgets import Line, Purse, limit_of, mode_of
from generation.money.holds import today
from mvsite.common.usd import usd, usd_at_least

_MOST = 200
_NOTHING = Decimal(0)

Sums = dict[tuple[Any, ...], tuple[Decimal, int]]  # USD and calls, by the values of some fields


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
    models = sums(calls, "billed_on", "provider", "model")
    days = sorted(_told(joined(models, 0), "day"), key=lambda row: str(row["day"]))
    projects = _told(sums(calls, "job__project_id", most=_MOST), "project_id")
    titles = dict(Project.objects.filter(pk__in=[row["project_id"] for row in projects]).values_list("pk", "title"))
    return {
        "from": span.first.isoformat(),
        "to": span.last.isoformat(),
        "project_id": _text(span.project_id),
        "cost_usd": usd(sum((cost for cost, _ in models.values()), _NOTHING)),
        "calls": sum(count for _, count in models.values()),
        "held_usd": usd(jobs.aggregate(total=Sum("held_usd"))["total"] or _NOTHING),
        "by_day": days,
        "by_provider": _told(joined(models, 1), "provider")[:_MOST],
        "by_model": _told(joined(models, 1, 2), "provider", "model")[:_MOST],
        "by_project": [{**row, "title": titles.get(row["project_id"])} for row in projects],
        "budgets": _budgets(span),
    }


def sums(calls: QuerySet[ProviderCall], *names: str, most: int | None = None) -> Sums:
    """Add up USD and calls by the values of these fields, in one query; with `most` only the dearest come back."""
    rows = calls.order_by().values_list(*names).annotate(total=Sum("cost_usd"), calls=Count("pk"))
    dearest = rows if most is None else rows.order_by("-total", *names)[:most]
    return {row[:-2]: (row[-2], row[-1]) for row in dearest}


def joined(found: Sums, *kept: int) -> Sums:
    """Add up what differs only in fields whose places are not among `kept`."""
    together: Sums = {}
    for names, (cost, calls) in found.items():
        key = tuple(names[place] for place in kept)
        so_far = together.get(key, (_NOTHING, 0))
        together[key] = (so_far[0] + cost, so_far[1] + calls)
    return together


def _told(found: Sums, *names: str) -> list[dict[str, Any]]:
    """Tell sums as answers do, the dearest first."""
    dearest = sorted(found.items(), key=lambda item: (-item[1][0], tuple(map(str, item[0]))))
    return [
        {**dict(zip(names, key, strict=True)), "cost_usd": usd(cost), "calls": calls} for key, (cost, calls) in dearest
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
