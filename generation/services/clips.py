"""Asking for one clip."""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from assets.models import CharacterReference
from flavors.selectors import ResolvedFlavor, flavor_resolve
from generation.choices import FailOver, JobKind
from generation.models import Job, Project, Scene
from generation.providers.fitting import REFERENCE
from generation.selectors import reference_of
from generation.services.choosing import Naming, Offer, choose
from generation.services.references import character_or_warning
from generation.services.seeds import derived_seed, first_known
from generation.services.starting import start_unless_busy
from mvsite.accounts.models import User
from mvsite.common.errors import UserError

FIELDS = ("negative_prompt", "aspect_ratio", "duration", "resolution", "generate_audio")


def clip_offer(
    *,
    parameters: Mapping[str, Any],
    pictured: str | None = None,
    scene: Scene | None = None,
    project: Project | None = None,
    config_flavor: str | None = None,
) -> Offer:
    """Say who would make a clip, of what, and for how much; `pictured` is the id of the character's picture.

    What `parameters` leaves out comes from the scene's project and the flavor. Raises provider:feature:missing,
    user:model:retired.
    """
    project = scene.project if scene else project
    flavor = flavor_resolve(name=config_flavor or (project.config_flavor if project else None))
    given = {key: value for key, value in parameters.items() if value is not None}
    place = _place(scene, given.get("seed"))
    words = {**_words(given, flavor, project), "seed": place["seed"], REFERENCE: pictured}
    naming = Naming(given.get("model"), flavor.video_params.get("model"), given.get("backend"), given.get("fail_over"))
    option = choose("clip", words, _wishes(words, given, project), naming)
    return Offer(JobKind.CLIP, option, flavor, words=place, warnings=(*flavor.warnings, *option.warnings))


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
    among: Project | None = None,
) -> Job:
    """Start one clip of `parameters["prompt"]`; what is left out comes from the scene's project and the flavor.

    `reference_file` came with the request; an id goes before it, and with `among` it is of a portrait in that project.
    Raises user:cost:confirm, user:scene:busy, user:model:retired, provider:feature:missing.
    """
    found, warning = character_or_warning(owner=owner, reference_id=character_reference_id, among=among)
    reference = found or reference_file
    offer = clip_offer(
        parameters=parameters,
        pictured=str(reference.pk) if reference else None,
        scene=scene,
        config_flavor=config_flavor,
    )
    offer.confirm(confirm_cost_usd)
    video_id = uuid.uuid4()
    params = {
        **offer.snapshot(),
        "label": offer.words["label"] or str(video_id),
        "character_reference_warning": warning,
        "prompt": parameters["prompt"],
        "video_id": str(video_id),
        "config_flavor": offer.flavor.name,
        "warnings": [*offer.warnings, *warnings],
    }
    return start_unless_busy(
        "user:scene:busy",
        **offer.bought(),
        owner=owner,
        project=scene.project if scene else None,
        scene=scene,
        parent=parent,
        params=params,
        reserved={"video_id": str(video_id)},
        reserved_ids=[video_id],
        unique_key=f"take:{scene.pk}" if scene else "",
    )


def scene_clip_offer(
    *,
    project: Project | None,
    scene: Scene | None = None,
    fail_over: FailOver | None = None,
    config_flavor: str | None = None,
    pictured: str | None = None,
) -> Offer:
    """Say who would make a take of a scene, and for how much; without a scene, of one that is still to be written.

    `pictured` stands for a picture that the project will have by then, while it has none.
    """
    picture, _ = (
        character_or_warning(owner=project.owner, reference_id=reference_of(project)) if project else (None, None)
    )
    return clip_offer(
        parameters=_scene_words(scene, fail_over),
        pictured=str(picture.pk) if picture else pictured,
        scene=scene,
        project=project,
        config_flavor=config_flavor,
    )


def scene_clip_request(
    *,
    scene: Scene,
    confirm_cost_usd: Decimal | None = None,
    parent: Job | None = None,
    fail_over: FailOver | None = None,
) -> Job:
    """Start a take of a scene from its own text and its project's character. Raises user:project:incomplete."""
    if scene.current is None:
        raise UserError("user:project:incomplete", f"Scene {scene.index + 1} has no text yet.")
    return clip_request(
        owner=scene.owner,
        parameters=_scene_words(scene, fail_over),
        character_reference_id=reference_of(scene.project) if scene.project else None,
        scene=scene,
        confirm_cost_usd=confirm_cost_usd,
        parent=parent,
    )


def _scene_words(scene: Scene | None, fail_over: FailOver | None) -> dict[str, Any]:
    text = scene.current if scene else None
    return {
        "prompt": text.description if text else "",
        "negative_prompt": (text.negative_description if text else "") or None,
        "fail_over": fail_over,
    }


def _scene_seed(scene: Scene, take: int) -> int | None:
    if scene.project is None or scene.project.seed is None:
        return None
    return derived_seed(scene.project.seed, "clip", scene.index, take)


def _words(given: Mapping[str, Any], flavor: ResolvedFlavor, project: Project | None) -> dict[str, Any]:
    """Take each parameter from the request, else from the flavor."""
    words = {name: given.get(name, flavor.video_params.get(name)) for name in FIELDS}
    if "generate_audio" not in given and project is not None and project.audio_id is not None:
        words["generate_audio"] = False  # dearer, refused more often, and the song covers it
    return words


def _wishes(words: Mapping[str, Any], given: Mapping[str, Any], project: Project | None) -> list[str]:
    """Name what counts for the choice: shapes, and what says something; a seed that we drew is nobody's wish."""
    wishes = ["aspect_ratio", "duration", "resolution"]
    if words["negative_prompt"]:
        wishes.append("negative_prompt")
    if words["generate_audio"] is False:
        wishes.append("generate_audio")
    if given.get("seed") is not None or (project is not None and project.seed is not None):
        wishes.append("seed")
    return wishes


def _place(scene: Scene | None, seed: int | None) -> dict[str, Any]:
    """Say which take of which scene it is: the text it is made from, its seed, and the label in its picture."""
    if scene is None:
        return {"version_id": None, "label": "", "seed": first_known(seed)}
    take = scene.takes.count()
    return {
        "version_id": str(scene.current_id) if scene.current_id else None,
        "label": f"{scene.index}:{take}",
        "seed": first_known(seed, _scene_seed(scene, take)),
    }
