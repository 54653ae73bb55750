"""Budgets as rows that are asked and raised in one UPDATE each, always in the same order: user, project, day.

Amounts are rounded to the column's six places wherever they are added, because SQLite adds in binary fractions.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import DecimalField, F, Q, Value
from django.db.models.functions import Round
from django.db.models.lookups import LessThanOrEqual

from generation.choices import BudgetMode, BudgetScope
from generation.models import Budget
from mvsite.common.errors import UserError
from mvsite.common.usd import usd, usd_at_least, usd_at_most

_USD = DecimalField(max_digits=12, decimal_places=6)
_SAID = {
    BudgetScope.USER: "your budget",
    BudgetScope.PROJECT: "the project's budget",
    BudgetScope.DAY: "today's budget",
}


@dataclass(frozen=True, slots=True)
class Purse:
    """Whose budgets: a user's, those of one project if there is one, and of one day (UTC)."""

    owner_id: uuid.UUID
    project_id: uuid.UUID | None
    day: date

    def lines(self) -> Iterator["Line"]:
        """Give the budgets in the order in which they are locked."""
        yield Line(BudgetScope.USER, f"user:{self.owner_id}", self)
        if self.project_id is not None:
            yield Line(BudgetScope.PROJECT, f"project:{self.project_id}", self)
        yield Line(BudgetScope.DAY, f"day:{self.owner_id}:{self.day.isoformat()}", self)


@dataclass(frozen=True, slots=True)
class Line:
    """One budget: its scope, its key, and the purse it belongs to."""

    scope: BudgetScope
    key: str
    purse: Purse

    @property
    def usual_limit(self) -> Decimal | None:
        """What the settings allow, None for no limit."""
        limit: Decimal | None = getattr(settings, f"MV_BUDGET_{self.scope.upper()}_USD")
        return limit

    def row(self) -> Budget:
        """Give the row as it would appear on first use."""
        purse = self.purse
        return Budget(
            scope=self.scope,
            key=self.key,
            owner_id=purse.owner_id,
            project_id=purse.project_id if self.scope == BudgetScope.PROJECT else None,
            day=purse.day if self.scope == BudgetScope.DAY else None,
        )


def reserve(purse: Purse, amount: Decimal) -> list[str]:
    """Hold an amount against every budget of a purse, inside the caller's transaction; returns warnings.

    Raises user:cost:over_budget, after which the caller's transaction must not be committed.
    """
    for line in purse.lines():
        if not _raise_if_it_fits(line, amount):
            _make(line)
            if not _raise_if_it_fits(line, amount):
                raise _over_budget(line, amount)
    rows = {row.key: row for row in Budget.objects.filter(key__in=[line.key for line in purse.lines()])}
    return [warning for line in purse.lines() if (warning := _warning(line, rows[line.key]))]


def move(purse: Purse, *, reserved: Decimal, spent: Decimal) -> None:
    """Add to what every budget of a purse holds and has spent, inside the caller's transaction; no limit is asked."""
    changed: dict[str, Any] = {"reserved_usd": _sum("reserved_usd", reserved), "spent_usd": _sum("spent_usd", spent)}
    for line in purse.lines():
        if not Budget.objects.filter(key=line.key).update(**changed):
            _make(line)
            Budget.objects.filter(key=line.key).update(**changed)


def limit_of(line: Line, row: Budget | None) -> Decimal | None:
    """Say what a budget allows today: its row's own limit, else the setting's, None for no limit."""
    return row.limit_usd if row is not None and row.limit_usd is not None else line.usual_limit


def mode_of(row: Budget | None) -> str:
    """Say what happens at its limit: the row's own mode, else the setting's."""
    return row.mode if row is not None and row.mode else str(settings.MV_BUDGET_MODE)


def _raise_if_it_fits(line: Line, amount: Decimal) -> bool:
    after = Round(F("reserved_usd") + F("spent_usd") + Value(amount, _USD), precision=6, output_field=_USD)
    fits = Q(limit_usd__isnull=False) & Q(LessThanOrEqual(after, F("limit_usd")))
    usual = line.usual_limit
    by_setting = Q(limit_usd__isnull=True)
    if usual is not None:
        by_setting &= Q(LessThanOrEqual(after, Value(usual, _USD)))
    lenient = [BudgetMode.OBSERVE.value, BudgetMode.WARN.value]
    if settings.MV_BUDGET_MODE != BudgetMode.STOP:
        lenient.append("")
    rows = Budget.objects.filter(Q(mode__in=lenient) | fits | by_setting, key=line.key)
    return bool(rows.update(reserved_usd=_sum("reserved_usd", amount)))


def _make(line: Line) -> None:
    Budget.objects.bulk_create([line.row()], ignore_conflicts=True)


def _sum(column: str, amount: Decimal) -> Round:
    return Round(F(column) + Value(amount, _USD), precision=6, output_field=_USD)


def _over_budget(line: Line, amount: Decimal) -> UserError:
    row = Budget.objects.get(key=line.key)
    limit = limit_of(line, row) or Decimal(0)
    left = max(limit - row.spent_usd - row.reserved_usd, Decimal(0))
    return UserError(
        "user:cost:over_budget",
        f"This needs ${amount:.2f}; {_SAID[line.scope]} of ${limit:.2f} has ${left:.2f} left.",
        extra={
            "budget": {
                "scope": line.scope.value,
                "project_id": str(row.project_id) if row.project_id else None,
                "day": row.day.isoformat() if row.day else None,
                "limit_usd": usd(limit),
                "spent_usd": usd(row.spent_usd),
                "held_usd": usd(row.reserved_usd),
            },
            "left_usd": usd_at_least(left),
            "needed_usd": usd_at_most(amount),
        },
    )


def _warning(line: Line, row: Budget) -> str | None:
    limit = limit_of(line, row)
    if mode_of(row) != BudgetMode.WARN or limit is None or row.spent_usd + row.reserved_usd <= limit:
        return None
    planned = row.spent_usd + row.reserved_usd
    said = _SAID[line.scope]
    return f"{said[0].upper()}{said[1:]} of ${limit:.2f} is passed: ${planned:.2f} is spent or held."
