"""Asking for one clip."""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from assets.models import CharacterReference
from flavors.selectors import ResolvedFlavor, flavor_resolve
from generation.choices import JobKind, ProjectMode
from generation.models import Job, Project, Scene
from generation.providers.registry import resolve
from generation.services.choosing import agreed_price
from generation.services.references import character_or_warning
from generation.services.seeds import derived_seed, first_known
from generation.services.starting import start_unless_busy
from mvsite.accounts.models import User
from mvsite.common.errors import UserError

FIELDS = ("negative_prompt", "aspect_ratio", "duration", "resolution", "generate_audio")


def clip_request(
    *,
    owner: User,
    parameters: Mapping[str, Any],
    character_reference_id: str | uuid.UUID | None = None,
    reference_file: CharacterReference | None = None,
    scene: Scene | None = None,
    config_flavor: str | None = None,
    confirm_cost_usd: Decimal | None = None,
    warnings: tuple[str, ...] = (),
    parent: Job | None = None,
) -> Job:
    """Start one clip of `parameters["prompt"]`; what is left out comes from the scene's project and the flavor.

    `reference_file` came with the request; an id goes before it. Raises user:cost:confirm, user:scene:busy.
    """
    project = scene.project if scene else None
    flavor = flavor_resolve(name=config_flavor or (project.config_flavor if project else None))
    given = {key: value for key, value in parameters.items() if value is not None}
    words = _words(given, flavor, project)
    choice = resolve(given.get("model") or flavor.video_params.get("model") or "clip.default", given.get("backend"))
    reference = _reference(owner, character_reference_id, reference_file)
    estimate = agreed_price(choice.model, {**words, **reference}, confirm_cost_usd)
    video_id = uuid.uuid4()
    params = {
        **words,
        **_place(scene, video_id, given.get("seed")),
        **reference,
        "prompt": given["prompt"],
        "video_id": str(video_id),
        "config_flavor": flavor.name,
        "model": choice.model,
        "warnings": [*flavor.warnings, *warnings],
    }
    return start_unless_busy(
        "user:scene:busy",
        kind=JobKind.CLIP,
        owner=owner,
        project=project,
        scene=scene,
        parent=parent,
        params=params,
        provider=choice.provider,
        model=choice.model,
        flavor_revision_id=flavor.revision_id,
        reserved={"video_id": str(video_id)},
        reserved_ids=[video_id],
        estimated_cost_usd=estimate,
        unique_key=f"take:{scene.pk}" if scene else "",
    )


def scene_clip_request(*, scene: Scene, confirm_cost_usd: Decimal | None = None, parent: Job | None = None) -> Job:
    """Start a take of a scene from its own text and its project's character. Raises user:project:incomplete."""
    if scene.current is None:
        raise UserError("user:project:incomplete", f"Scene {scene.index + 1} has no text yet.")
    return clip_request(
        owner=scene.owner,
        parameters={
            "prompt": scene.current.description,
            "negative_prompt": scene.current.negative_description or None,
        },
        character_reference_id=_reference_of(scene.project),
        scene=scene,
        confirm_cost_usd=confirm_cost_usd,
        parent=parent,
    )


def _reference_of(project: Project | None) -> uuid.UUID | None:
    if project is None:
        return None
    return project.product_image_id if project.mode == ProjectMode.PRODUCT else project.character_reference_id


def _scene_seed(scene: Scene, take: int) -> int | None:
    if scene.project is None or scene.project.seed is None:
        return None
    return derived_seed(scene.project.seed, "clip", scene.index, take)


def _reference(
    owner: User, reference_id: str | uuid.UUID | None, reference_file: CharacterReference | None
) -> dict[str, Any]:
    found, warning = character_or_warning(owner=owner, reference_id=reference_id)
    reference = found or reference_file
    return {
        "character_reference_id": str(reference.pk) if reference else None,
        "character_reference_warning": warning,
    }


def _words(given: Mapping[str, Any], flavor: ResolvedFlavor, project: Project | None) -> dict[str, Any]:
    """Take each parameter from the request, else from the flavor."""
    words = {name: given.get(name, flavor.video_params.get(name)) for name in FIELDS}
    if "generate_audio" not in given and project is not None and project.audio_id is not None:
        words["generate_audio"] = False  # dearer, refused more often, and the song covers it
    return words


def _place(scene: Scene | None, video_id: uuid.UUID, seed: int | None) -> dict[str, Any]:
    """Say which take of which scene it is: the text it is made from, its seed, and the label in its picture."""
    if scene is None:
        return {"version_id": None, "label": str(video_id), "seed": first_known(seed)}
    take = scene.takes.count()
    return {
        "version_id": str(scene.current_id) if scene.current_id else None,
        "label": f"{scene.index}:{take}",
        "seed": first_known(seed, _scene_seed(scene, take)),
    }
