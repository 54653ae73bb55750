"""What all of it cost: the ledger of a span added up for the page of costs, with the measures of its bars."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Model, Sum

from generation.admin.times import render_times
from generation.choices import JobState
from generation.models import Project, ProviderCall
from generation.money.holds import today
from generation.money.usage import Sums, joined, sums
from mvsite.accounts.models import User
from mvsite.common.dollars import dollars

SPANS = (30, 7, 90, 365)
_MOST = 20
_NOTHING = Decimal(0)
_WIDTH, _HEIGHT = 720.0, 120.0
_FOR_NOTHING = (JobState.FAILED, JobState.CANCELED)


def spending(days: int) -> dict[str, Any]:
    """Add up the bills of the last `days` days (UTC, today counted); amounts are texts with their $."""
    last = today()
    first = last - timedelta(days=days - 1)
    calls = ProviderCall.objects.filter(settled_at__isnull=False, billed_on__range=(first, last)).order_by()
    models = sums(calls, "billed_on", "provider", "model")
    people = sums(calls, "owner_id", most=_MOST)
    projects = sums(calls, "job__project_id", most=_MOST)
    lost = calls.filter(job__state__in=_FOR_NOTHING).aggregate(total=Sum("cost_usd"))["total"]
    return {
        "first": first,
        "last": last,
        "total": dollars(sum((cost for cost, _ in models.values()), _NOTHING)),
        "calls": sum(count for _, count in models.values()),
        "lost": dollars(lost or _NOTHING),
        "chart": _chart({day: cost for (day,), (cost, _) in joined(models, 0).items()}, first, days),
        "tables": [
            ("Provider", _told(joined(models, 1))),
            ("Model", _told(joined(models, 1, 2))),
            ("Person", _told(people, User, "username")),
            ("Project", _told(projects, Project, "title")),
        ],
        "times": render_times(first),
    }


def _told(found: Sums, model: type[Model] | None = None, title: str = "") -> list[dict[str, Any]]:
    """Make the rows of a table, the dearest first; sums by the rows of a `model` are called by their `title`."""
    dearest = sorted(found.items(), key=lambda item: item[1][0], reverse=True)[:_MOST]
    most = max((cost for _, (cost, _) in dearest), default=_NOTHING) or Decimal(1)
    called: dict[Any, str] = {}
    if model is not None:
        rows = model._default_manager.filter(pk__in=[key for (key,), _ in dearest])  # noqa: SLF001  Django's documented way to it
        called = dict(rows.values_list("pk", title))
    return [
        {
            "name": " ".join(str(called.get(name, name)) for name in names if name) or "without",
            "total": dollars(cost),
            "calls": calls,
            "width": f"{float(cost / most) * 100:.1f}",
        }
        for names, (cost, calls) in dearest
    ]


def _chart(found: dict[date, Decimal], first: date, days: int) -> dict[str, Any]:
    """Measure a bar in a drawing of 720 by 120 for each day that cost something; lengths are texts, as there."""
    most = max(found.values(), default=_NOTHING) or Decimal(1)
    step = _WIDTH / days
    bars = [
        {
            "day": day.isoformat(),
            "total": dollars(total),
            "x": f"{(day - first).days * step:.2f}",
            "y": f"{_HEIGHT - float(total / most) * _HEIGHT:.2f}",
            "width": f"{step * 0.8:.2f}",
            "height": f"{float(total / most) * _HEIGHT:.2f}",
        }
        for day, total in sorted(found.items())
        if total
    ]
    return {"bars": bars, "most": dollars(most)}
