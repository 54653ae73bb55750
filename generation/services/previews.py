"""What would be sent: the exact prompts and parameters of a flavor for a project, before anything is bought."""

from dataclasses import dataclass
from typing import Any

from flavors.selectors import render_image_prompt
from generation.models import Project, Scene
from generation.providers.fitting import REFERENCE
from generation.providers.scene_prompt import whole_prompt
from generation.selectors import scenes_of
from generation.services.choosing import Offer
from generation.services.clips import scene_clip_offer
from generation.services.portraits import portraits_offer
from generation.services.scene_requests import scene_request
from generation.services.writing import scenes_offer
from mvsite.common.usd import usd_at_most

_OUR_OWN = ("version_id", "label", "number_of_scenes")
"""Words of a job that no provider is sent; the number of scenes is in the prompt."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the preview is of: a flavor's name, and what a person gave, or the project that holds it."""

    flavor: str
    idea: str = ""
    character_description: str = ""
    project: Project | None = None


def flavor_preview(wanted: Wanted) -> dict[str, Any]:
    """Return what the scene writer, the portraits and each clip would be sent now, by the very functions that send it.

    Before a project has scenes, `clips` holds one without a prompt. Raises provider:feature:missing and
    user:model:retired, as the calls themselves would.
    """
    portraits = portraits_offer(config_flavor=wanted.flavor, project=wanted.project)
    prompt = render_image_prompt(portraits.flavor, character_description=wanted.character_description)
    flavor = portraits.flavor
    return {
        "flavor": {"name": flavor.name, "title": flavor.title, "revision": flavor.revision_number},
        "scenes": _writing(wanted),
        "portraits": {**_sent(portraits, prompt), "times": portraits.times},
        "clips": _clips(wanted),
    }


def _writing(wanted: Wanted) -> dict[str, Any]:
    project = wanted.project
    offer = scenes_offer(config_flavor=wanted.flavor, project=project)
    params = {
        **offer.snapshot(),
        "idea": wanted.idea,
        "character_description": wanted.character_description,
        "audio_id": project.audio_id if project else None,
        "parameters": {},
    }
    request, skipped = scene_request(flavor=offer.flavor, params=params, project=project)
    said = _sent(offer, whole_prompt(request))
    return {**said, "warnings": [*said["warnings"], *skipped]}


def _clips(wanted: Wanted) -> list[dict[str, Any]]:
    scenes: list[Scene | None] = list(scenes_of(wanted.project)) if wanted.project else []
    return [_clip(wanted, scene) for scene in scenes or [None]]


def _clip(wanted: Wanted, scene: Scene | None) -> dict[str, Any]:
    offer = scene_clip_offer(project=wanted.project, scene=scene, config_flavor=wanted.flavor)
    text = scene.current if scene else None
    place = {"scene_id": str(scene.pk) if scene else None, "index": scene.index if scene else None}
    return {**place, **_sent(offer, text.description if text else "")}


def _sent(offer: Offer, prompt: str) -> dict[str, Any]:
    """Give one call as its provider gets it; a seed that nobody gave is drawn anew for each."""
    option = offer.option
    left_out = {*option.not_sent, *_OUR_OWN}
    told = {name: value for name, value in option.words.items() if value not in (None, "") and name not in left_out}
    if REFERENCE in told:
        told[REFERENCE] = str(told[REFERENCE])
    return {
        "provider": option.provider,
        "model": option.model,
        "prompt": prompt,
        "parameters": told,
        "parameters_not_sent": list(option.not_sent),
        "warnings": list(offer.warnings),
        "estimated_cost_usd": usd_at_most(offer.usd),
    }
