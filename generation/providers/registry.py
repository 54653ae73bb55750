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
from mvsite.common.errors import ProviderError, UserError

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
    "mock": {"clip": f"{_ROOM}.mock.MockClips"},
}
MOCK = "mock"


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


def every_provider() -> tuple[str, ...]:
    """Name every provider there is, whether or not it can be used here; rows may be of any of them."""
    return tuple(_MAKERS)


def configured() -> tuple[str, ...]:
    """Name the providers that can be used here: those of which a model has all the settings it needs."""
    models = catalogue()["models"]
    return tuple(dict.fromkeys(facts["provider"] for name, facts in models.items() if not lacks(name)))


def offered(name: str, backend: str | None = None) -> tuple[Choice, ...]:
    """Return who can be asked for `name` (a role such as `clip.default`, or a model), at `backend` if given.

    A role skips what is retired or not configured, and the built-in `sample` provider as soon as there is a real one:
    it never stands beside them. In mock mode every clip is the mock's, whoever is named. Raises
    provider:feature:missing when nobody is left, and user:model:retired with the successor's name for a retired
    model that is named.
    """
    roles = catalogue()["roles"]
    if settings.MOCK_VID_GENS and (name == "clip.default" or (name not in roles and _makes(name) == "clip")):
        return (Choice(MOCK, MOCK),)
    candidates = [model for model in roles[name] if not retired(model)] if name in roles else [name]
    known = [Choice(str(model_facts(model)["provider"]), model) for model in candidates]
    if backend:
        _must_be_configured(backend)
        known = [choice for choice in known if choice.provider == backend]
    if name not in roles:
        _must_not_be_retired(name)
    usable = [choice for choice in known if not lacks(choice.model)]
    real = tuple(choice for choice in usable if choice.provider != "sample")
    if usable:
        return real or tuple(usable)
    if known:
        _must_be_configured(known[0].provider)
        needs = " and ".join(model_facts(known[0].model)["needs"])
        raise ProviderError("provider:feature:missing", f'The model "{known[0].model}" needs {needs} to be set.')
    raise ProviderError("provider:feature:missing", f'"{backend}" does not make "{name}".')


def _makes(model: str) -> str:
    return str(model_facts(model)["makes"])


def lacks(model: str) -> tuple[str, ...]:
    """Name the settings that must be set before the model can be used."""
    return tuple(name for name in model_facts(model).get("needs", ()) if not getattr(settings, name))


def door(model: str) -> tuple[str, ...]:
    """Name the account a model is bought on: its provider, and the settings that let us in."""
    facts = model_facts(model)
    return (facts["provider"], *facts.get("needs", ()))


def retired(model: str) -> bool:
    """Say whether the day has come from which a model is no longer offered."""
    day = model_facts(model).get("retires")
    return day is not None and timezone.now().date() >= day


def _must_not_be_retired(model: str) -> None:
    if retired(model):
        successor = model_facts(model).get("successor")
        say = f' Use "{successor}" instead.' if successor else ""
        extra = {"model": model, "successor": successor}
        raise UserError("user:model:retired", f'The model "{model}" is no longer offered.{say}', extra=extra)


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
