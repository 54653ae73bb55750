"""Who can make what: finds the maker of a provider's name, and the model that a role means today.

Makers are imported when one is asked for: the web server and the schedule only read the catalogue, and
need not carry what draws pictures.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from generation.ports import ClipRequest, ImageRequest, LipSyncRequest, Maker, SceneWriter
from mvsite.common.errors import ProviderError

CATALOGUE = Path(__file__).with_name("catalogue.yaml")

_ROOM = "generation.providers"
# What each provider makes, by the word `makes` of the catalogue.
_MAKERS: dict[str, dict[str, str]] = {
    "sample": {
        "scenes": f"{_ROOM}.sample.scenes.SampleScenes",
        "image": f"{_ROOM}.sample.portraits.SamplePortraits",
        "clip": f"{_ROOM}.sample.clips.SampleClips",
        "lipsync": f"{_ROOM}.sample.lipsync.SampleLipSync",
    },
    "replicate": {
        "image": f"{_ROOM}.replicate.makers.portraits",
        "clip": f"{_ROOM}.replicate.makers.clips",
        "lipsync": f"{_ROOM}.replicate.makers.lipsyncs",
    },
    "gemini": {
        "scenes": f"{_ROOM}.gemini.scenes.GeminiScenes",
        "clip": f"{_ROOM}.gemini.clips.GeminiClips",
    },
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One provider's model."""

    provider: str
    model: str


@cache
def catalogue() -> dict[str, Any]:
    """Read the catalogue: `roles` (role → models, first choice first) and `models` (facts about each)."""
    loaded: dict[str, Any] = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    return loaded


def model_facts(model: str) -> dict[str, Any]:
    """Give the catalogue's entry of one model. Raises ProviderError when there is none."""
    facts: dict[str, Any] | None = catalogue()["models"].get(model)
    if facts is None:
        raise ProviderError("provider:feature:missing", f'The catalogue knows no model or role "{model}".')
    return facts


def output_hosts(provider: str) -> tuple[str, ...]:
    """Name the hosts that a provider's results come from; their subdomains count."""
    return tuple(catalogue()["providers"][provider]["output_hosts"])


def configured() -> tuple[str, ...]:
    """Name the providers that can be used here: those of which a model has all the settings it needs."""
    return tuple(dict.fromkeys(facts["provider"] for facts in catalogue()["models"].values() if _has_needs(facts)))


def resolve(name: str, backend: str | None = None) -> Choice:
    """Say who makes what `name` (a role such as `clip.default`, or a model) asks for, at `backend` if given.

    A role skips models that are retired; a retired model that is named is refused with its successor's name.
    Raises ProviderError `provider:feature:missing` when that provider is not configured or cannot do it, and
    `provider:call:gone` for a retired model.
    """
    roles = catalogue()["roles"]
    candidates = [model for model in roles[name] if not _retired(model)] if name in roles else [name]
    known = [Choice(str(model_facts(model)["provider"]), model) for model in candidates]
    if backend:
        _must_be_configured(backend)
        known = [choice for choice in known if choice.provider == backend]
    usable = [choice for choice in known if _has_needs(model_facts(choice.model))]
    if usable:
        _must_not_be_retired(usable[0].model)
        return usable[0]
    if known:
        _must_be_configured(known[0].provider)
        needs = " and ".join(model_facts(known[0].model)["needs"])
        raise ProviderError("provider:feature:missing", f'The model "{known[0].model}" needs {needs} to be set.')
    raise ProviderError("provider:feature:missing", f'"{backend}" does not make "{name}".')


def _has_needs(facts: dict[str, Any]) -> bool:
    return all(getattr(settings, name) for name in facts.get("needs", ()))


def _retired(model: str) -> bool:
    day = model_facts(model).get("retires")
    return day is not None and timezone.now().date() >= day


def _must_not_be_retired(model: str) -> None:
    if _retired(model):
        successor = model_facts(model).get("successor")
        say = f' Use "{successor}" instead.' if successor else ""
        raise ProviderError("provider:call:gone", f'The model "{model}" is no longer offered.{say}')


def _must_be_configured(provider: str) -> None:
    if provider not in configured():
        raise ProviderError("provider:feature:missing", f'The provider "{provider}" is not configured here.')


def _maker(provider: str, makes: str) -> Any:
    """Import the maker and make one: the web server and the schedule never carry what they do not use."""
    _must_be_configured(provider)
    path = _MAKERS[provider].get(makes)
    if path is None:
        raise ProviderError("provider:feature:missing", f'The provider "{provider}" makes no {makes}.')
    return import_string(path)()


def scene_writer(provider: str | None = None) -> SceneWriter:
    """Give who writes scenes. Raises ProviderError when that provider is not configured."""
    return cast("SceneWriter", _maker(provider or "sample", "scenes"))


def image_maker(provider: str | None = None) -> Maker[ImageRequest]:
    """Give who makes portraits. Raises ProviderError when that provider is not configured."""
    return cast("Maker[ImageRequest]", _maker(provider or "sample", "image"))


def clip_maker(provider: str | None = None) -> Maker[ClipRequest]:
    """Give who makes clips. Raises ProviderError when that provider is not configured."""
    return cast("Maker[ClipRequest]", _maker(provider or "sample", "clip"))


def lip_syncer(provider: str | None = None) -> Maker[LipSyncRequest]:
    """Give who moves mouths. Raises ProviderError when that provider is not configured."""
    return cast("Maker[LipSyncRequest]", _maker(provider or "sample", "lipsync"))
