"""Roles and models: what is configured, what is not, and no silent stand-in."""

from typing import Any

import pytest

from generation.providers import registry
from generation.providers.registry import Choice
from mvsite.common.errors import ProviderError


@pytest.mark.parametrize("name", ["clip.default", "sample-clip-1"])
def test_role_and_model_lead_to_the_same_choice(name: str) -> None:
    assert registry.resolve(name) == Choice("sample", "sample-clip-1")
    assert registry.resolve(name, "sample") == Choice("sample", "sample-clip-1")


@pytest.mark.parametrize(
    ("name", "backend"), [("clip.default", "gemini"), ("image.default", "replicate"), ("veo-9", None)]
)
def test_what_is_not_configured_is_said(name: str, backend: str | None) -> None:
    with pytest.raises(ProviderError) as caught:
        registry.resolve(name, backend)
    assert caught.value.code == "provider:feature:missing"


def test_every_role_of_the_catalogue_has_a_maker() -> None:
    for role in registry.catalogue()["roles"]:
        facts = registry.model_facts(registry.resolve(role).model)
        maker: Any = {
            "scenes": registry.scene_writer,
            "image": registry.image_maker,
            "clip": registry.clip_maker,
            "lipsync": registry.lip_syncer,
        }[facts["makes"]]
        assert maker("sample").provider == "sample"
        with pytest.raises(ProviderError):
            maker("replicate")
