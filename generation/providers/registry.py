"""Who can make what: finds the maker of a provider's name, and the model that a role means today.

Makers are imported when one is asked for: the web server and the schedule only read the catalogue, and
need not carry what draws pictures.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from generation.ports import ClipRequest, ImageRequest, LipSyncRequest, Maker, SceneWriter
from mvsite.common.errors import ProviderError

CATALOGUE = Path(__file__).with_name("catalogue.yaml")
CONFIGURED = ("sample",)


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


def resolve(name: str, backend: str | None = None) -> Choice:
    """Say who makes what `name` (a role such as `clip.default`, or a model) asks for, at `backend` if given.

    Raises ProviderError `provider:feature:missing` when that provider is not configured or cannot do it.
    """
    candidates = catalogue()["roles"].get(name, [name])
    known = [Choice(str(model_facts(model)["provider"]), model) for model in candidates]
    if backend:
        _must_be_configured(backend)
        known = [choice for choice in known if choice.provider == backend]
    usable = [choice for choice in known if choice.provider in CONFIGURED]
    if usable:
        return usable[0]
    if known:
        _must_be_configured(known[0].provider)
    raise ProviderError("provider:feature:missing", f'"{backend}" does not make "{name}".')


def _must_be_configured(provider: str) -> None:
    if provider not in CONFIGURED:
        raise ProviderError("provider:feature:missing", f'The provider "{provider}" is not configured here.')


def scene_writer(provider: str | None = None) -> SceneWriter:
    """Give who writes scenes. Raises ProviderError when that provider is not configured."""
    _must_be_configured(provider or "sample")
    from generation.providers.sample.scenes import SampleScenes

    return SampleScenes()


def image_maker(provider: str | None = None) -> Maker[ImageRequest]:
    """Give who makes portraits. Raises ProviderError when that provider is not configured."""
    _must_be_configured(provider or "sample")
    from generation.providers.sample.portraits import SamplePortraits

    return SamplePortraits()


def clip_maker(provider: str | None = None) -> Maker[ClipRequest]:
    """Give who makes clips. Raises ProviderError when that provider is not configured."""
    _must_be_configured(provider or "sample")
    from generation.providers.sample.clips import SampleClips

    return SampleClips()


def lip_syncer(provider: str | None = None) -> Maker[LipSyncRequest]:
    """Give who moves mouths. Raises ProviderError when that provider is not configured."""
    _must_be_configured(provider or "sample")
    from generation.providers.sample.lipsync import SampleLipSync

    return SampleLipSync()
