"""Asking for portraits: one parent job, one child a picture."""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from assets.models import CharacterReference
from flavors.selectors import flavor_resolve, render_image_prompt
from generation import jobs
from generation.choices import JobKind
from generation.models import Job, Project
from generation.services.choosing import Naming, Offer, choose
from generation.services.seeds import derived_seed, first_known
from mvsite.accounts.models import User

FIELDS = (
    "aspect_ratio",
    "safety_filter_level",
    "person_generation",
    "output_format",
    "negative_prompt",
)


def portraits_offer(
    *,
    num_images: int = 4,
    parameters: Mapping[str, Any] | None = None,
    config_flavor: str | None = None,
    project: Project | None = None,
) -> Offer:
    """Say who would make portraits and for how much; what `parameters` leaves out comes from the flavor.

    Raises provider:feature:missing, user:model:retired.
    """
    flavor = flavor_resolve(name=config_flavor or (project.config_flavor if project else None))
    given = {key: value for key, value in (parameters or {}).items() if value is not None}
    words = {name: given.get(name, flavor.image_params.get(name, "")) for name in FIELDS}
    seed = first_known(given.get("seed"), _project_seed(project))
    wishes = [name for name in FIELDS if words[name]]
    if given.get("seed") is not None or _project_seed(project) is not None:
        wishes.append("seed")
    naming = Naming(given.get("model"), flavor.image_params.get("model"), given.get("backend"), given.get("fail_over"))
    option = choose("image", {**words, "seed": seed}, wishes, naming)
    return Offer(JobKind.PORTRAITS, option, flavor, num_images, warnings=(*flavor.warnings, *option.warnings))


def portraits_request(
    *,
    owner: User,
    character_description: str,
    num_images: int = 4,
    parameters: Mapping[str, Any] | None = None,
    config_flavor: str | None = None,
    project: Project | None = None,
    confirm_cost_usd: Decimal | None = None,
) -> Job:
    """Start `num_images` portraits with seeds seed, seed+1, …; what `parameters` leaves out comes from the flavor.

    The parent's `reserved` is `{"images": [{"id": …}, …]}` in the order asked. Raises user:cost:confirm,
    user:model:retired, provider:feature:missing.
    """
    offer = portraits_offer(num_images=num_images, parameters=parameters, config_flavor=config_flavor, project=project)
    offer.confirm(confirm_cost_usd)
    flavor, option = offer.flavor, offer.option
    seed = int(option.words["seed"])
    alike = _alike(owner, character_description, {name: option.words[name] for name in FIELDS})
    common = {
        **offer.snapshot(),
        "character_description": character_description,
        "prompt": render_image_prompt(flavor, character_description=character_description),
        "config_flavor": flavor.name,
    }
    same: dict[str, Any] = {
        "kind": JobKind.PORTRAITS,
        "owner": owner,
        "project": project,
        "provider": option.provider,
        "model": option.model,
        "flavor_revision_id": flavor.revision_id,
    }
    ids = [uuid.uuid4() for _ in range(num_images)]
    with transaction.atomic():
        parent = jobs.enqueue(
            **same,
            params={**common, "num_images": num_images, "seed": seed, "alike": alike},
            reserved={"images": [{"id": str(each)} for each in ids]},
            estimated_cost_usd=offer.usd,
        )
        for index, image_id in enumerate(ids):
            params = {**common, "image_id": str(image_id), "index": index, "seed": seed + index}
            _enqueue_picture(image_id, parent=parent, params=params, estimate=option.usd, same=same)
    return parent


def _enqueue_picture(
    image_id: uuid.UUID, *, parent: Job, params: Mapping[str, Any], estimate: Decimal, same: Mapping[str, Any]
) -> None:
    reserved = {"id": str(image_id)}
    jobs.enqueue(
        **same, parent=parent, params=params, reserved=reserved, reserved_ids=[image_id], estimated_cost_usd=estimate
    )


def _project_seed(project: Project | None) -> int | None:
    return None if project is None or project.seed is None else derived_seed(project.seed, "portraits")


def _alike(owner: User, description: str, words: Mapping[str, Any]) -> list[str]:
    """Name portraits in the library that were made of the same description and parameters.

    What their model did not take made no difference to them.
    """
    found = CharacterReference.objects.for_user(owner).kept().filter(description=description)
    return [str(each.pk) for each in found[:20] if _is_alike(each.metadata.get("parameters_used"), words)]


def _is_alike(used: Mapping[str, Any] | None, words: Mapping[str, Any]) -> bool:
    return bool(used) and all(used[name] == value for name, value in words.items() if used and name in used)
