"""Reading flavors: which there are, what one says, and its prompts filled in."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, Value, When

from flavors.models import DEFAULT, ConfigFlavor, ConfigFlavorQuerySet, FlavorRevision
from flavors.rules import Rule
from flavors.services import flavors_sync
from flavors.templates import fill
from flavors.whole import whole_revision
from mvsite.common.errors import AppError
from mvsite.logs import debug_event, warn_event

_RANK = Case(When(name=DEFAULT, then=Value(0)), default=Value(1), output_field=IntegerField())


@dataclass(frozen=True, slots=True)
class ResolvedFlavor:
    """A flavor that says everything, with what was borrowed or replaced in `warnings`.

    `parameters`, `image_params` and `video_params` are plain values by name (`duration` in seconds, `model` a role
    or a model's id); the prompts are templates for `render_scene_prompt` and `render_image_prompt`.
    """

    name: str
    title: str
    revision_id: uuid.UUID
    revision_number: int
    warnings: tuple[str, ...]
    parameters: dict[str, Any]
    rules: tuple[Rule, ...]
    scene_prompt: str
    image_params: dict[str, Any]
    video_params: dict[str, Any]
    image_prompt: str

    @property
    def number_of_scenes(self) -> int:
        """How many scenes are written when nobody says."""
        return int(self.parameters["number_of_scenes"])


def flavor_list() -> ConfigFlavorQuerySet:
    """Return the flavors that people may choose, `default` first, then by name."""
    _have_flavors()
    return ConfigFlavor.objects.offered().select_related("revision").annotate(rank=_RANK).order_by("rank", "name")


def flavor_resolve(*, name: str | None = None) -> ResolvedFlavor:
    """Return the flavor new work uses now; an unknown one becomes `default`, with a warning in it and in the log."""
    _have_flavors()
    wanted = (name or DEFAULT).strip()
    offered = ConfigFlavor.objects.offered().select_related("revision")
    found = {flavor.name: flavor for flavor in offered.filter(name__in={wanted, DEFAULT})}
    if DEFAULT not in found:
        raise AppError("app:flavor:broken")
    warnings: list[str] = []
    if wanted not in found:
        shown = wanted if len(wanted) <= 64 else f"{wanted[:64]}…"
        warnings.append(f"There is no flavor {shown}; default is used.")
        warn_event("flavor_fallback_warning", requested_flavor=shown, config_type="flavor", fallback=DEFAULT)
    revision = found.get(wanted, found[DEFAULT]).revision
    if revision is None:
        raise AppError("app:flavor:broken")
    return _resolved(revision, found.get(wanted, found[DEFAULT]).name, warnings)


def flavor_at(*, revision_id: uuid.UUID | None, name: str | None = None) -> ResolvedFlavor:
    """Return exactly the revision a job recorded; without one, or when it is gone, what `name` is now."""
    revision = FlavorRevision.objects.select_related("flavor").filter(pk=revision_id).first() if revision_id else None
    if revision is None:
        return flavor_resolve(name=name)
    return _resolved(revision, revision.flavor.name, [])


def revision_facts(revision: FlavorRevision | None) -> dict[str, Any] | None:
    """Tell another installation which texts these are: the flavor's name, its revision here, and both hashes."""
    if revision is None:
        return None
    lender = revision.completed_with
    return {
        "flavor": revision.flavor.name,
        "number": revision.number,
        "content_hash": revision.content_hash,
        "default_hash": lender.content_hash if lender else "",
    }


def revision_like(facts: Mapping[str, Any]) -> FlavorRevision | None:
    """Find the newest revision here that says the same, gaps included, as `revision_facts` told of one elsewhere."""
    same = FlavorRevision.objects.filter(
        flavor__name=str(facts.get("flavor"))[:64], content_hash=str(facts.get("content_hash"))[:64]
    )
    lender = str(facts.get("default_hash") or "")[:64]
    filled = same.filter(completed_with__content_hash=lender) if lender else same.filter(completed_with=None)
    return filled.order_by("-number").first()


def render_scene_prompt(
    flavor: ResolvedFlavor,
    *,
    idea: str,
    character_description: str,
    number_of_scenes: int,
    parameters: Mapping[str, Any] | None = None,
) -> str:
    """Fill the scene writer's prompt; `parameters` win over the flavor's own, names it does not know are ignored."""
    values = {**flavor.parameters, **(parameters or {})}
    values.update(idea=idea, character_description=character_description, number_of_scenes=number_of_scenes)
    return _rendered(flavor, "scene_prompts", flavor.scene_prompt, values)


def render_image_prompt(
    flavor: ResolvedFlavor,
    *,
    character_description: str,
    idea: str = "",
    parameters: Mapping[str, Any] | None = None,
) -> str:
    """Fill the prompt of a portrait."""
    values = {**flavor.parameters, **(parameters or {})}
    values.update(idea=idea, character_description=character_description)
    return _rendered(flavor, "image_prompts", flavor.image_prompt, values)


def _rendered(flavor: ResolvedFlavor, config_type: str, template: str, values: Mapping[str, Any]) -> str:
    revision = flavor.revision_number
    debug_event("config_flavor_selected", flavor=flavor.name, revision=revision, config_type=config_type)
    debug_event("flavor_config_loaded", flavor=flavor.name, config_type=config_type, config=template)
    return fill(template, values).strip()


def _resolved(revision: FlavorRevision, name: str, warnings: list[str]) -> ResolvedFlavor:
    whole, borrowed = whole_revision(revision.pk)
    for each in borrowed:
        warn_event("flavor_fallback_warning", requested_flavor=name, config_type=each.config_type, fallback=DEFAULT)
    return ResolvedFlavor(
        name=name,
        title=whole.title,
        revision_id=revision.pk,
        revision_number=revision.number,
        warnings=(*warnings, *(f"Flavor {name}: {each.say}" for each in borrowed)),
        parameters=dict(whole.parameters),
        rules=whole.rules,
        scene_prompt=whole.scene_prompt,
        image_params=dict(whole.image_params),
        video_params=dict(whole.video_params),
        image_prompt=whole.image_prompt,
    )


def _have_flavors() -> None:
    """Fill a fresh database, so that the first request works even when nothing synced at the start."""
    if not ConfigFlavor.objects.filter(name=DEFAULT, revision__isnull=False).exists():
        flavors_sync()
