"""Having scenes written: all of a project, or one of them anew."""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flavors.selectors import ResolvedFlavor, flavor_resolve
from generation.choices import FailOver, JobKind
from generation.models import Job, Project, Scene
from generation.selectors import scenes_of
from generation.services.choosing import Naming, Offer, choose
from generation.services.references import audio_or_warning
from generation.services.seeds import first_known, fresh_seed
from generation.services.starting import start_unless_busy
from generation.timeline import USUAL_CLIP, proposed_scenes
from mvsite.accounts.models import User
from mvsite.common.errors import UserError


def scenes_offer(
    *,
    number_of_scenes: int | None = None,
    config_flavor: str | None = None,
    project: Project | None = None,
    parameters: Mapping[str, Any] | None = None,
    seed: int | None = None,
    fail_over: FailOver | None = None,
) -> Offer:
    """Say who would write scenes and for how much. Raises provider:feature:missing, user:model:retired."""
    flavor = flavor_resolve(name=config_flavor or (project.config_flavor if project else None))
    given = {**flavor.parameters, **(parameters or {})}
    words = {
        "number_of_scenes": number_of_scenes
        or (project.number_of_scenes if project else None)
        or (_proposed(project, flavor) if project else None)
        or flavor.number_of_scenes,
        "seed": first_known(seed, project.seed if project else None),
        "temperature": given.get("temperature"),
    }
    said = {"seed": seed if seed is not None else getattr(project, "seed", None), "temperature": words["temperature"]}
    wishes = [name for name, value in said.items() if value is not None]
    option = choose("scenes", words, wishes, Naming(flavor_model=given.get("model"), fail_over=fail_over))
    return Offer(JobKind.SCENES, option, flavor, warnings=(*flavor.warnings, *option.warnings))


def _proposed(project: Project, flavor: ResolvedFlavor) -> int | None:
    return proposed_scenes(
        target_duration=project.target_duration,
        cut_by=project.cut_by,
        audio=project.audio,
        clip_seconds=float(flavor.video_params.get("duration", USUAL_CLIP)),
    )


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
    fail_over: FailOver | None = None,
) -> Job:
    """Start writing scenes; on a project that has scenes the n-th gets a new version and extra ones go to the trash.

    Raises user:scene:busy when scenes of this project are being written already, user:cost:confirm,
    user:cost:over_budget, user:model:retired, and provider:feature:missing for a model that nobody here has.
    """
    audio, warning = audio_or_warning(owner=owner, audio_id=audio_id or (project.audio_id if project else None))
    offer = scenes_offer(
        number_of_scenes=number_of_scenes,
        config_flavor=config_flavor,
        project=project,
        parameters=parameters,
        seed=seed,
        fail_over=fail_over,
    )
    offer.confirm(confirm_cost_usd)
    params = {
        "idea": idea,
        "character_description": character_description,
        "audio_id": str(audio.pk) if audio else None,
        "parameters": dict(parameters or {}),
    }
    key = f"scenes:{project.pk}" if project else ""
    warnings = [warning] if warning else []
    return _start(offer, params, warnings, owner=owner, project=project, parent=parent, unique_key=key)


def scene_offer(*, scene: Scene) -> Offer:
    """Say who would write one scene anew, and for how much."""
    return scenes_offer(project=scene.project, seed=fresh_seed())


def scene_regenerate(*, scene: Scene, confirm_cost_usd: Decimal | None = None) -> Job:
    """Write the text of this one scene anew; it becomes a new version.

    Raises user:scene:busy, user:cost:confirm, user:cost:over_budget.
    """
    project = scene.project
    if project is None:
        raise UserError("user:project:incomplete", "This scene belongs to no project; edit its text instead.")
    others = [each.current.description for each in scenes_of(project) if each.current is not None]
    params = {
        "idea": project.idea,
        "character_description": project.character_description,
        "number_of_scenes": max(len(others), scene.index + 1),
        "audio_id": str(project.audio_id) if project.audio_id else None,
        "parameters": {},
        "only_index": scene.index,
        "avoid": others,
    }
    offer, key = scene_offer(scene=scene), f"scene:{scene.pk}"
    offer.confirm(confirm_cost_usd)
    return _start(offer, params, [], owner=scene.owner, project=project, scene=scene, unique_key=key)


def _start(offer: Offer, params: Mapping[str, Any], warnings: list[str], **more: Any) -> Job:
    generation_id = uuid.uuid4()
    kept = {
        **offer.snapshot(),
        **params,
        "generation_id": str(generation_id),
        "config_flavor": offer.flavor.name,
        "warnings": [*offer.warnings, *warnings],
    }
    return start_unless_busy(
        "user:scene:busy",
        "The scenes are being written already.",
        **offer.bought(),
        params=kept,
        reserved={"generation_id": str(generation_id)},
        reserved_ids=[generation_id],
        **more,
    )
