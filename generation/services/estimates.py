"""What calls would cost, by the same offers that the calls themselves are made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings

from generation.choices import BudgetMode, FailOver
from generation.models import Project
from generation.money.usage import budgets_of
from generation.providers.registry import model_facts
from generation.selectors import scenes_of
from generation.services.choosing import Offer
from generation.services.lipsync import USUAL_SECONDS, lipsync_offer, scene_lipsync_offer
from generation.services.runs import run_offers
from mvsite.accounts.models import User


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an estimate: which call it is for, and its offer; a call that buys nothing has none."""

    call: str
    offer: Offer | None = None


def estimate(lines: Sequence[Line], *, owner: User, project: Project | None = None) -> dict[str, Any]:
    """Add up the lines: each with model, provider, prices and what is lost; the sum, and whether it is asked back.

    Equal lines of one call are put together. `budgets` are the user's, today's, and the project's that is named.
    Amounts are USD as texts.
    """
    budgets = budgets_of(owner_id=owner.pk, project_id=project.pk if project else None)
    total = sum((line.offer.usd for line in lines if line.offer), Decimal(0))
    most = sum((line.offer.most_usd for line in lines if line.offer), Decimal(0))
    return {
        "lines": _together([_told(line) for line in lines]),
        "estimated_cost_usd": _usd(total),
        "most_usd": _usd(most),
        "confirm_above_usd": _usd(Decimal(str(settings.MV_CONFIRM_ABOVE_USD))),
        "needs_confirmation": most > 0 and most >= settings.MV_CONFIRM_ABOVE_USD,
        "budgets": budgets,
        "over_budget": any(_stops(budget, total) for budget in budgets),
    }


def _stops(budget: Mapping[str, Any], needed: Decimal) -> bool:
    left = budget["left_usd"]
    return budget["mode"] == BudgetMode.STOP and left is not None and 0 < needed > Decimal(left)


def project_lines(
    project: Project, *, call: str, with_lipsync: bool = False, named: Mapping[str, Any] | None = None
) -> list[Line]:
    """Say what finishing a project would buy: what a run would, and a lip-sync for every scene when wished."""
    rule: FailOver | None = (named or {}).get("fail_over")
    offers = run_offers(project, rule)
    lines = [Line(call, offer) for offer in offers]
    if not with_lipsync:
        return lines
    scenes = [scene for scene in scenes_of(project) if scene.current]
    if scenes:
        return [*lines, *(Line("lipsync", scene_lipsync_offer(scene=scene, named=named)) for scene in scenes)]
    clips = offers[-1]
    each = lipsync_offer(
        seconds=float(clips.option.words.get("duration") or USUAL_SECONDS), named=named, project=project
    )
    return [*lines, *(Line("lipsync", each) for _ in range(clips.times))]


def _told(line: Line) -> dict[str, Any]:
    if line.offer is None:
        return {"call": line.call, "kind": None, "provider": None, "model": None, "times": 1, **_PRICELESS}
    offer, option = line.offer, line.offer.option
    return {
        "call": line.call,
        "kind": offer.kind.value,
        "provider": option.provider,
        "model": option.model,
        "times": offer.times,
        "unit_price_usd": _usd(option.usd),
        "usd": _usd(offer.usd),
        "most_usd": _usd(offer.most_usd),
        "typical_seconds": model_facts(option.model)["typical_seconds"],
        "parameters_not_sent": list(option.not_sent),
        "warnings": list(offer.warnings),
        "stand_ins": [
            {"provider": each.provider, "model": each.model, "usd": _usd(each.usd)} for each in option.stand_ins
        ],
    }


_PRICELESS: dict[str, Any] = {
    "unit_price_usd": "0.0000",
    "usd": "0.0000",
    "most_usd": "0.0000",
    "typical_seconds": None,
    "parameters_not_sent": [],
    "warnings": [],
    "stand_ins": [],
}
_COUNTED = ("times", "usd", "most_usd")


def _together(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put neighbours together that differ in nothing but their number."""
    found: list[dict[str, Any]] = []
    for line in lines:
        same = {name: value for name, value in line.items() if name not in _COUNTED}
        if found and same == {name: value for name, value in found[-1].items() if name not in _COUNTED}:
            last = found[-1]
            last["times"] += line["times"]
            last["usd"], last["most_usd"] = (_usd(Decimal(last[each]) + Decimal(line[each])) for each in _COUNTED[1:])
        else:
            found.append(dict(line))
    return found


def _usd(amount: Decimal) -> str:
    return f"{amount:.4f}"
