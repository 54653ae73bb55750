"""Having scenes written: all of a project, or one of them anew."""

import uuid
from collections.abc import Mapping
from typing import Any

from flavors.selectors import flavor_resolve
from generation.choices import JobKind
from generation.models import Job, Project, Scene
from generation.providers.registry import resolve
from generation.selectors import scenes_of
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
    parent: Job | None = None,
) -> Job:
    """Start writing scenes; on a project that has scenes the n-th gets a new version and extra ones go to the trash.

    Raises user:scene:busy when scenes of this project are being written already, and provider:feature:missing for a
    model that nobody here has.
    """
    flavor = flavor_resolve(name=config_flavor or (project.config_flavor if project else None))
    audio, warning = audio_or_warning(owner=owner, audio_id=audio_id or (project.audio_id if project else None))
    count = number_of_scenes or (project.number_of_scenes if project else None) or flavor.number_of_scenes
    choice = resolve({**flavor.parameters, **(parameters or {})}.get("model") or "scenes.default")
    generation_id = uuid.uuid4()
    params = {
        "generation_id": str(generation_id),
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
    return start_unless_busy(
        "user:scene:busy",
        "The scenes are being written already.",
        kind=JobKind.SCENES,
        owner=owner,
        project=project,
        parent=parent,
        params=params,
        provider=choice.provider,
        model=choice.model,
        flavor_revision_id=flavor.revision_id,
        reserved={"generation_id": str(generation_id)},
        reserved_ids=[generation_id],
        unique_key=f"scenes:{project.pk}" if project else "",
    )


def scene_regenerate(*, scene: Scene) -> Job:
    """Write the text of this one scene anew; it becomes a new version. Raises user:scene:busy."""
    project = scene.project
    if project is None:
        raise UserError("user:project:incomplete", "This scene belongs to no project; edit its text instead.")
    flavor = flavor_resolve(name=project.config_flavor)
    choice = resolve(flavor.parameters.get("model") or "scenes.default")
    others = [each.current.description for each in scenes_of(project) if each.current is not None]
    generation_id = uuid.uuid4()
    params = {
        "generation_id": str(generation_id),
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
    return start_unless_busy(
        "user:scene:busy",
        "The scenes are being written already.",
        kind=JobKind.SCENES,
        owner=scene.owner,
        project=project,
        scene=scene,
        params=params,
        provider=choice.provider,
        model=choice.model,
        flavor_revision_id=flavor.revision_id,
        reserved={"generation_id": str(generation_id)},
        reserved_ids=[generation_id],
        unique_key=f"scene:{scene.pk}",
    )
