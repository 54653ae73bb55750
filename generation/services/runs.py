"""Starting everything that a project still misses."""

from dataclasses import replace
from decimal import Decimal

from django.db import IntegrityError, transaction

from generation import jobs
from generation.choices import FailOver, JobKind, ProjectMode
from generation.models import Job, Project
from generation.selectors import clips_under_way, scenes_of, takes_of
from generation.services.choosing import Offer, confirm_price
from generation.services.clips import scene_clip_offer
from generation.services.writing import scenes_offer
from mvsite.common.errors import UserError


def run_request(*, project: Project, confirm_cost_usd: Decimal | None = None, fail_over: FailOver | None = None) -> Job:
    """Start scenes → clips in parallel → stitch; called again it makes only what is missing.

    A run that is under way is returned as it is. `fail_over` goes for everything it starts.
    Raises user:project:incomplete, user:cost:confirm, user:model:retired.
    """
    must_be_complete(project)
    under_way = Job.objects.filter(project=project, kind=JobKind.RUN).unfinished().first()
    if under_way is not None:
        return under_way
    offers = run_offers(project, fail_over)
    most = sum((offer.most_usd for offer in offers), Decimal(0))
    confirm_price(estimate=most, confirmed=confirm_cost_usd)
    try:
        with transaction.atomic():
            return jobs.enqueue(
                kind=JobKind.RUN,
                owner=project.owner,
                project=project,
                params={
                    "confirm_cost_usd": str(confirm_cost_usd) if confirm_cost_usd is not None else None,
                    "fail_over": fail_over,
                    "most_usd": str(most),
                    "number_of_scenes": _to_write(project, offers),
                },
                reserved={"project_id": str(project.pk)},
                estimated_cost_usd=sum((offer.usd for offer in offers), Decimal(0)),
                unique_key=f"run:{project.pk}",
            )
    except IntegrityError:
        return Job.objects.filter(project=project, kind=JobKind.RUN).unfinished().get()


def _to_write(project: Project, offers: list[Offer]) -> int | None:
    """Say how many scenes the run will have written; None when there are scenes with words."""
    return None if any(scene.current for scene in scenes_of(project)) else offers[-1].times


def what_is_missing(project: Project) -> list[str]:
    """Name what a person still has to give before a run can start."""
    wanted = [("idea", bool(project.idea.strip()))]
    if project.mode == ProjectMode.PRODUCT:
        wanted.append(("product picture", project.product_image_id is not None))
    else:
        wanted.append(("character", bool(project.character_description.strip() or project.character_reference_id)))
    return [name for name, given in wanted if not given]


def must_be_complete(project: Project) -> None:
    """Refuse a project that lacks what a run needs. Raises user:project:incomplete, which names it."""
    missing = what_is_missing(project)
    if missing:
        raise UserError("user:project:incomplete", f"Missing: {', '.join(missing)}.", extra={"missing": missing})


def run_offers(project: Project, fail_over: FailOver | None = None, *, pictured: str | None = None) -> list[Offer]:
    """Say what a run would buy now: scenes if none has a text, and a clip for every scene without one.

    What is being made at this moment is left out; `pictured` stands for a picture of the character that is still to
    come. Raises provider:feature:missing, user:model:retired.
    """
    scenes = list(scenes_of(project))
    if not any(scene.current for scene in scenes):
        writing = Job.objects.filter(project=project, kind=JobKind.SCENES).unfinished().exists()
        written = scenes_offer(project=project, fail_over=fail_over)
        count = int(written.option.words["number_of_scenes"])
        clip = scene_clip_offer(project=project, fail_over=fail_over, pictured=pictured)
        return [*([] if writing else [written]), replace(clip, times=count)]
    busy = set(clips_under_way(project).values_list("scene_id", flat=True))
    bare = [scene for scene in scenes if scene.current and not takes_of(scene) and scene.pk not in busy]
    return [scene_clip_offer(project=project, scene=scene, fail_over=fail_over, pictured=pictured) for scene in bare]
