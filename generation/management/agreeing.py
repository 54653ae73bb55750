"""What a command that makes a whole film asks before it buys anything: the price of all that is still missing."""

from decimal import Decimal

from django.conf import settings

from assets.models import CharacterReference
from flavors.selectors import flavor_resolve
from generation import money
from generation.choices import JobKind, JobState, ProjectMode
from generation.models import Job, Project
from generation.services.estimates import estimate, film_lines
from generation.services.runs import must_be_complete
from mvsite.common.errors import UserError

_IN_VAIN = (JobState.FAILED, JobState.CANCELED)


def agree(project: Project, confirmed: Decimal | None, *, bought: Decimal = Decimal(0)) -> None:
    """Pass when all that the film still needs is free, cheap or confirmed for this many USD; nothing is bought here.

    `bought` is what the same call has bought already: cheap is what is so together with it. Raises
    user:cost:confirm with the price, user:cost:over_budget, user:project:incomplete, provider:feature:missing,
    user:model:retired.
    """
    must_be_complete(project)
    draws = needs_portrait(project) and portraits_job(project) is None
    told = estimate(film_lines(project, draws_portraits=draws), owner=project.owner)
    price = Decimal(told["most_usd"])
    if told["over_budget"]:
        raise UserError("user:cost:over_budget", f"This costs about ${price:.2f}; a budget has less than that left.")
    dear = price > 0 and price + bought >= settings.MV_CONFIRM_ABOVE_USD
    if dear and (confirmed is None or confirmed < price):
        extra = {"estimated_cost_usd": told["most_usd"]}
        raise UserError("user:cost:confirm", f"This costs about ${price:.2f}.", extra=extra)


def needs_portrait(project: Project) -> bool:
    """Say whether a character is still to be drawn; a product film shows its product."""
    return project.mode != ProjectMode.PRODUCT and project.character_reference_id is None


def portraits_job(project: Project) -> Job | None:
    """Find the portraits that are being drawn for a project, or wait there to be chosen from: they are paid once.

    Those of another description or flavor than the project's show somebody else.
    """
    drawn_of = {
        "params__character_description": project.character_description,
        "params__config_flavor": flavor_resolve(name=project.config_flavor).name,
    }
    portraits = Job.objects.filter(project=project, kind=JobKind.PORTRAITS, parent=None, **drawn_of)
    asked = portraits.exclude(state__in=_IN_VAIN)
    newest = asked.order_by("-queued_at").first()
    if newest is not None and newest.state == JobState.SUCCEEDED and first_portrait(newest) is None:
        return None
    return newest


def first_portrait(job: Job) -> CharacterReference | None:
    """Give the first picture of finished portraits that is still there."""
    ids = [str(image["id"]) for image in (job.result or {}).get("images", ())]
    kept = {str(each.pk): each for each in CharacterReference.objects.kept().filter(pk__in=ids)}
    return next((kept[each] for each in ids if each in kept), None)


def bought_with(job: Job) -> Decimal:
    """Say how much of what was confirmed a job of this call takes: its price, or its bills where they are more."""
    return max(job.estimated_cost_usd, money.whole_costs([job])[job.pk])
