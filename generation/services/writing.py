"""Having scenes written: all of a project, or one of them anew."""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flavors.selectors import ResolvedFlavor, flavor_resolve
from generation.choices import JobKind
from generation.models import Job, Project, Scene
from generation.providers.registry import Choice, resolve
from generation.selectors import scenes_of
from generation.services.choosing import agreed_price
from generation.services.references import audio_or_warning
from generation.services.seeds import first_known, fresh_seed
from generation.services.starting import start_unless_busy
from mvsite.accounts.models import User
from mvsite.common.errors import UserError


def scenes_request(
    *,
    owner: User,
    idea: str,
    character_description: str,
    number_of_scenes: int | None = None,
    audio_id: str | uuid.UUID | None = None,
    config_flavor: str | None = None,
    project: Project | None = None,
    parameters: Mapping[str, Any] | None = None,
    seed: int | None = None,
    confirm_cost_usd: Decimal | None = None,
    parent: Job | None = None,
) -> Job:
    """Start writing scenes; on a project that has scenes the n-th gets a new version and extra ones go to the trash.

    Raises user:scene:busy when scenes of this project are being written already, user:cost:confirm,
    user:cost:over_budget, and provider:feature:missing for a model that nobody here has.
    """
    flavor = flavor_resolve(name=config_flavor or (project.config_flavor if project else None))
    audio, warning = audio_or_warning(owner=owner, audio_id=audio_id or (project.audio_id if project else None))
    count = number_of_scenes or (project.number_of_scenes if project else None) or flavor.number_of_scenes
    choice = resolve({**flavor.parameters, **(parameters or {})}.get("model") or "scenes.default")
    estimate = agreed_price(choice.model, {}, confirm_cost_usd)
    params = {
        "generation_id": str(uuid.uuid4()),
        "idea": idea,
        "character_description": character_description,
        "number_of_scenes": count,
        "audio_id": str(audio.pk) if audio else None,
        "config_flavor": flavor.name,
        "parameters": dict(parameters or {}),
        "seed": first_known(seed, project.seed if project else None),
        "model": choice.model,
        "warnings": [*flavor.warnings, *([warning] if warning else [])],
    }
    unique_key = f"scenes:{project.pk}" if project else ""
    return _start(params, choice, flavor, owner=owner, project=project, parent=parent, price=estimate, key=unique_key)


def scene_regenerate(*, scene: Scene, confirm_cost_usd: Decimal | None = None) -> Job:
    """Write the text of this one scene anew; it becomes a new version.

    Raises user:scene:busy, user:cost:confirm, user:cost:over_budget.
    """
    project = scene.project
    if project is None:
        raise UserError("user:project:incomplete", "This scene belongs to no project; edit its text instead.")
    flavor = flavor_resolve(name=project.config_flavor)
    choice = resolve(flavor.parameters.get("model") or "scenes.default")
    estimate = agreed_price(choice.model, {}, confirm_cost_usd)
    others = [each.current.description for each in scenes_of(project) if each.current is not None]
    params = {
        "generation_id": str(uuid.uuid4()),
        "idea": project.idea,
        "character_description": project.character_description,
        "number_of_scenes": max(len(others), scene.index + 1),
        "audio_id": str(project.audio_id) if project.audio_id else None,
        "config_flavor": flavor.name,
        "parameters": {},
        "seed": fresh_seed(),
        "model": choice.model,
        "only_index": scene.index,
        "avoid": others,
        "warnings": list(flavor.warnings),
    }
    unique_key = f"scene:{scene.pk}"
    return _start(
        params, choice, flavor, owner=scene.owner, project=project, scene=scene, price=estimate, key=unique_key
    )


def _start(
    params: Mapping[str, Any], choice: Choice, flavor: ResolvedFlavor, *, price: Decimal, key: str, **words: Any
) -> Job:
    return start_unless_busy(
        "user:scene:busy",
        "The scenes are being written already.",
        kind=JobKind.SCENES,
        params=params,
        provider=choice.provider,
        model=choice.model,
        flavor_revision_id=flavor.revision_id,
        reserved={"generation_id": params["generation_id"]},
        reserved_ids=[uuid.UUID(params["generation_id"])],
        estimated_cost_usd=price,
        unique_key=key,
        **words,
    )
