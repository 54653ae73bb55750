"""Roles and models: what is configured, what is not, and no silent stand-in."""

from datetime import date
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from generation.providers import registry
from generation.providers.registry import Choice
from mvsite.common.errors import ProviderError, UserError


@pytest.mark.parametrize("name", ["clip.default", "sample-clip-1"])
def test_role_and_model_lead_to_the_same_choice(name: str) -> None:
    assert registry.offered(name)[0] == Choice("sample", "sample-clip-1")
    assert registry.offered(name, "sample")[0] == Choice("sample", "sample-clip-1")


@pytest.mark.parametrize(
    ("name", "backend"), [("clip.default", "gemini"), ("image.default", "replicate"), ("veo-9", None)]
)
def test_what_is_not_configured_is_said(name: str, backend: str | None) -> None:
    with pytest.raises(ProviderError) as caught:
        registry.offered(name, backend)
    assert caught.value.code == "provider:feature:missing"


def test_every_role_of_the_catalogue_has_a_maker() -> None:
    for role in registry.catalogue()["roles"]:
        facts = registry.model_facts(registry.offered(role)[0].model)
        maker: Any = {
            "scenes": registry.scene_writer,
            "image": registry.image_maker,
            "clip": registry.clip_maker,
            "lipsync": registry.lip_syncer,
        }[facts["makes"]]
        assert maker("sample").provider == "sample"
        with pytest.raises(ProviderError):
            maker("replicate")


@pytest.fixture
def small_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    models = {
        "old": {"provider": "sample", "makes": "clip", "retires": date(2020, 1, 1), "successor": "new"},
        "far": {"provider": "gemini", "makes": "clip", "needs": ["GEMINI_API_KEY"], "retires": None},
        "new": {"provider": "sample", "makes": "clip", "retires": date(2999, 1, 1)},
    }
    small = {"roles": {"clip.default": ["old", "far", "new"]}, "models": models}
    monkeypatch.setattr(registry, "catalogue", lambda: small)


def test_a_role_passes_over_what_is_retired_or_lacks_a_key(small_catalogue: None, settings: Settings) -> None:
    assert registry.offered("clip.default")[0] == Choice("sample", "new")
    assert registry.configured() == ("sample",)
    settings.GEMINI_API_KEY = "a-key-for-tests"
    assert registry.offered("clip.default")[0] == Choice("gemini", "far")
    assert registry.configured() == ("sample", "gemini")


def test_a_retired_model_is_refused_and_its_successor_named(small_catalogue: None) -> None:
    with pytest.raises(UserError, match=r'user:model:retired: .*Use "new" instead'):
        registry.offered("old")


@pytest.mark.parametrize(
    ("role", "model"),
    [
        ("image.default", "google/imagen-4"),
        ("clip.default", "google/veo-3.1"),
        ("lipsync.default", "sync/lipsync-2"),
        ("scenes.default", "sample-writer-1"),
    ],
)
def test_a_key_of_replicate_makes_it_the_first_choice(settings: Settings, role: str, model: str) -> None:
    settings.REPLICATE_API_TOKEN = "r8_any"
    assert registry.configured() == ("sample", "replicate")
    assert registry.offered(role)[0].model == model
    assert registry.offered(role, "sample")[0].provider == "sample"
