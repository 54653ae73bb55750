"""What calls would cost, by the same offers that the calls themselves are made of."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings

from generation import jobs
from generation.choices import BudgetMode, FailOver, JobKind
from generation.models import Job, Project
from generation.money.usage import Standing, budgets_of
from generation.providers.registry import model_facts
from generation.selectors import scenes_of
from generation.services.choosing import Offer
from generation.services.lipsync import USUAL_SECONDS, lipsync_offer, scene_lipsync_offer
from generation.services.portraits import portraits_offer
from generation.services.runs import run_offers
from mvsite.accounts.models import User
from mvsite.common.usd import usd, usd_at_most

_TO_COME = "the portrait that will be chosen"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an estimate: which call it is for, its offer and the project whose budget pays it.

    A call that buys nothing has no offer; neither has a job that starts again, which is known by its price alone.
    """

    call: str
    offer: Offer | None = None
    project_id: uuid.UUID | None = None
    again_usd: Decimal = Decimal(0)

    @property
    def usd(self) -> Decimal:
        """What the job would say of itself."""
        return self.offer.usd if self.offer else self.again_usd

    @property
    def most_usd(self) -> Decimal:
        """What must be agreed to."""
        return self.offer.most_usd if self.offer else self.again_usd


def retry_line(job: Job) -> Line:
    """Say what starting a job again would cost, a decision to send it again included."""
    return Line("retry", project_id=job.project_id, again_usd=jobs.retry_cost(job))


def estimate(lines: Sequence[Line], *, owner: User) -> dict[str, Any]:
    """Add up the lines: each with model, provider, prices and what is lost; the sum, and whether it is asked back.

    Equal lines of one call are put together; `clip_seconds` is how long each clip lasts, None for other things.
    `budgets` are the user's, today's, and those of the projects concerned. Amounts are USD as texts with four
    decimals, rounded up.
    """
    sums = _sums(lines)
    budgets = budgets_of(owner_id=owner.pk, project_ids=[each for each in sums if each])
    total = sum(sums.values(), Decimal(0))
    most = sum((line.most_usd for line in lines), Decimal(0))
    return {
        "lines": [_in_words(line) for line in _together([_told(line) for line in lines])],
        "estimated_cost_usd": usd_at_most(total),
        "most_usd": usd_at_most(most),
        "confirm_above_usd": usd(Decimal(str(settings.MV_CONFIRM_ABOVE_USD))),
        "needs_confirmation": most > 0 and most >= settings.MV_CONFIRM_ABOVE_USD,
        "budgets": [budget.told() for budget in budgets],
        "over_budget": any(
            _stops(budget, sums[budget.project_id] if budget.project_id else total) for budget in budgets
        ),
    }


def _sums(lines: Sequence[Line]) -> dict[uuid.UUID | None, Decimal]:
    """Add up what each project would pay; under None stands what belongs to none."""
    sums: dict[uuid.UUID | None, Decimal] = {}
    for line in lines:
        sums[line.project_id] = sums.get(line.project_id, Decimal(0)) + line.usd
    return sums


def _stops(budget: Standing, needed: Decimal) -> bool:
    return budget.mode == BudgetMode.STOP and budget.left is not None and 0 < needed > budget.left


def project_lines(
    project: Project, *, call: str, with_lipsync: bool = False, named: Mapping[str, Any] | None = None
) -> list[Line]:
    """Say what finishing a project would buy: what a run would, and a lip-sync for every scene when wished."""
    rule: FailOver | None = (named or {}).get("fail_over")
    offers = run_offers(project, rule)
    lines = [Line(call, offer, project.pk) for offer in offers]
    if not with_lipsync:
        return lines
    scenes = [scene for scene in scenes_of(project) if scene.current]
    if scenes:
        return [*lines, *(_sung(project, scene_lipsync_offer(scene=scene, named=named)) for scene in scenes)]
    clips = offers[-1]
    each = lipsync_offer(
        seconds=float(clips.option.words.get("duration") or USUAL_SECONDS), named=named, project=project
    )
    return [*lines, *(_sung(project, each) for _ in range(clips.times))]


def film_lines(project: Project, *, draws_portraits: bool) -> list[Line]:
    """Say what the whole film would still buy: what a run would, and four portraits before it when they are drawn.

    Its clips are priced with the character in the picture. A run that is under way was agreed to when it began.
    """
    lines = []
    if draws_portraits:
        lines.append(Line("generate_character_reference", portraits_offer(project=project), project.pk))
    if Job.objects.filter(project=project, kind=JobKind.RUN).unfinished().exists():
        return lines
    return [*lines, *(Line("run", offer, project.pk) for offer in run_offers(project, pictured=_TO_COME))]


def _sung(project: Project, offer: Offer) -> Line:
    return Line("lipsync", offer, project.pk)


def _told(line: Line) -> dict[str, Any]:
    if line.offer is None:
        return {"call": line.call, "kind": None, "provider": None, "model": None, "times": 1, **_prices(line)}
    offer, option = line.offer, line.offer.option
    return {
        "call": line.call,
        "kind": offer.kind.value,
        "provider": option.provider,
        "model": option.model,
        "times": offer.times,
        "clip_seconds": option.words.get("duration") if offer.kind is JobKind.CLIP else None,
        "unit_price_usd": usd_at_most(option.usd),
        "usd": offer.usd,
        "most_usd": offer.most_usd,
        "typical_seconds": model_facts(option.model)["typical_seconds"],
        "parameters_not_sent": list(option.not_sent),
        "warnings": list(offer.warnings),
        "stand_ins": [
            {"provider": each.provider, "model": each.model, "usd": usd_at_most(each.usd)} for each in option.stand_ins
        ],
    }


def _prices(line: Line) -> dict[str, Any]:
    told = {"unit_price_usd": usd_at_most(line.usd), "usd": line.usd, "most_usd": line.most_usd}
    unknown = dict.fromkeys(("clip_seconds", "typical_seconds"))
    return {**told, **unknown, "parameters_not_sent": [], "warnings": [], "stand_ins": []}


_COUNTED = ("times", "usd", "most_usd")


def _together(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put neighbours together that differ in nothing but their number."""
    found: list[dict[str, Any]] = []
    for line in lines:
        same = {name: value for name, value in line.items() if name not in _COUNTED}
        if found and same == {name: value for name, value in found[-1].items() if name not in _COUNTED}:
            last = found[-1]
            last.update({name: last[name] + line[name] for name in _COUNTED})
        else:
            found.append(dict(line))
    return found


def _in_words(line: dict[str, Any]) -> dict[str, Any]:
    return {**line, "usd": usd_at_most(line["usd"]), "most_usd": usd_at_most(line["most_usd"])}
