"""Starting everything that a project still misses."""

from decimal import Decimal

from django.db import IntegrityError, transaction

from flavors.selectors import flavor_resolve
from generation import jobs, money
from generation.choices import JobKind, ProjectMode
from generation.models import Job, Project
from generation.providers.registry import resolve
from generation.selectors import scenes_of, takes_of
from generation.services.choosing import confirm_price
from mvsite.common.errors import UserError


def run_request(*, project: Project, confirm_cost_usd: Decimal | None = None) -> Job:
    """Start scenes → clips in parallel → stitch; called again it makes only what is missing.

    A run that is under way is returned as it is. Raises user:project:incomplete, user:cost:confirm.
    """
    missing = what_is_missing(project)
    if missing:
        raise UserError("user:project:incomplete", f"Missing: {', '.join(missing)}.", extra={"missing": missing})
    under_way = Job.objects.filter(project=project, kind=JobKind.RUN).unfinished().first()
    if under_way is not None:
        return under_way
    estimate = run_estimate(project)
    confirm_price(estimate=estimate, confirmed=confirm_cost_usd)
    try:
        with transaction.atomic():
            return jobs.enqueue(
                kind=JobKind.RUN,
                owner=project.owner,
                project=project,
                params={"confirm_cost_usd": str(confirm_cost_usd) if confirm_cost_usd is not None else None},
                reserved={"project_id": str(project.pk)},
                estimated_cost_usd=estimate,
                unique_key=f"run:{project.pk}",
            )
    except IntegrityError:
        return Job.objects.filter(project=project, kind=JobKind.RUN).unfinished().get()


def what_is_missing(project: Project) -> list[str]:
    """Name what a person still has to give before a run can start."""
    wanted = [("idea", bool(project.idea.strip()))]
    if project.mode == ProjectMode.PRODUCT:
        wanted.append(("product picture", project.product_image_id is not None))
    else:
        wanted.append(("character", bool(project.character_description.strip() or project.character_reference_id)))
    return [name for name, given in wanted if not given]


def run_estimate(project: Project) -> Decimal:
    """Return what a run would buy now: scenes if there are none, and a clip for every scene without one."""
    flavor = flavor_resolve(name=project.config_flavor)
    scenes = list(scenes_of(project))
    clips = sum(1 for scene in scenes if not takes_of(scene))
    total = Decimal(0)
    if not scenes:
        total += money.price(resolve(flavor.parameters.get("model") or "scenes.default").model, {})
        clips = project.number_of_scenes or flavor.number_of_scenes
    return total + clips * money.price(
        resolve(flavor.video_params.get("model") or "clip.default").model, flavor.video_params
    )
