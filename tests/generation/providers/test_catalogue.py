"""The catalogue: well formed, and at one with what the makers say they send."""

import copy
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from pytest_django.fixtures import Settings

from generation.ports import ClipRequest, ImageRequest
from generation.providers import fitting, registry
from tests.support.catalogue_check import problems

WRITER = "gemini-3.8-flash"
MODELS = registry.catalogue()["models"]


def later(catalogue: dict[str, Any]) -> dict[str, Any]:
    """Return the price that is announced for the default writer."""
    found: dict[str, Any] = catalogue["models"][WRITER]["price"]["later"][0]
    return found


def test_the_catalogue_is_well_formed() -> None:
    assert problems(registry.catalogue(), django_settings) == []


@pytest.mark.parametrize(
    ("spoil", "say"),
    [
        (lambda c: c["models"]["google/veo-3.1"].pop("price"), "model google/veo-3.1: unknown [], missing ['price']"),
        (lambda c: c["models"]["google/veo-3.1"]["features"].append("smell"), "features ['smell'] are none of clip"),
        (lambda c: c["models"]["google/veo-3.1"]["price"].update(usd="0.10"), "the base price must be the dearest"),
        (lambda c: c["models"]["google/veo-3.1"]["price"].update(usd=0.4), "usd is a number in quotes"),
        (lambda c: c["models"]["google/veo-3.1"]["price"].pop("dated"), "dated says when it was read"),
        (lambda c: later(c).update({"from": "2027-01-01"}), "later is from a day, each after the one before"),
        (lambda c: later(c).update({"from": date(2026, 10, 7)}), "later is from a day, each after the one before"),
        (lambda c: later(c).pop("usd"), "later names ['input_per_million', 'output_per_million', 'usd']"),
        (lambda c: later(c).update(cases=[]), "later names ['input_per_million', 'output_per_million', 'usd']"),
        (lambda c: later(c).update(usd=0.063), "from 2027-01-01: price: usd is a number in quotes"),
        (lambda c: later(c).update(input_per_million=1.5), "from 2027-01-01: price: a million tokens"),
        (lambda c: c["models"][WRITER]["price"].update(latter=[]), "price: unknown ['latter']"),
        (lambda c: c["models"]["google/veo-3.1"].update(successor="sync/lipsync-2"), "does not make clip"),
        (lambda c: c["models"]["gemini-2.5-pro"].update(successor=None), "retires is a day, and needs a successor"),
        (lambda c: c["models"]["google/veo-3.1"]["bends"][0]["to"].update(duration=9), "beyond its limits"),
        (lambda c: c["models"]["google/veo-3.1"].update(needs=["NO_SUCH"]), "needs NO_SUCH, which is no setting"),
        (lambda c: c["roles"]["clip.default"].append("veo-9"), "role clip.default: veo-9 is no model"),
        (lambda c: c["roles"]["clip.default"].append("sync/lipsync-2"), "role clip.default: makes"),
        (lambda c: c["providers"]["gemini"].update(quota="maybe"), "provider gemini: needs output_hosts and quota"),
    ],
)
def test_what_is_wrong_is_named(spoil: Callable[[dict[str, Any]], object], say: str) -> None:
    spoiled = copy.deepcopy(registry.catalogue())
    spoil(spoiled)
    assert say in "; ".join(problems(spoiled, django_settings))


def clips() -> Iterator[tuple[str, dict[str, Any]]]:
    """Ask every clip model for every mix of the features, at shapes it makes."""
    for model, facts in MODELS.items():
        if facts["makes"] != "clip":
            continue
        sizes = [size for size in facts["limits"]["resolution"] if size in ("720p", "1080p")]
        for duration, aspect, size, negative, audio, pictured in itertools.product(
            (4, 8), ("16:9", "9:16"), sizes, ("", "fog"), (True, False), (False, True)
        ):
            yield model, {
                "duration": duration, "aspect_ratio": aspect, "resolution": size, "negative_prompt": negative,
                "generate_audio": audio, "seed": 5, fitting.REFERENCE: "x" if pictured else None,
            }  # fmt: skip


@pytest.fixture
def every_key(settings: Settings) -> None:
    """Let every provider be configured; nothing is sent in these tests."""
    settings.REPLICATE_API_TOKEN = settings.GEMINI_API_KEY = settings.MV_GOOGLE_CLOUD_PROJECT = "set"
    settings.MOCK_VID_GENS = True


def test_what_the_catalogue_says_of_a_clip_is_what_its_maker_sends(every_key: None, tmp_path: Path) -> None:
    asked = 0
    for model, words in clips():
        request = ClipRequest(
            prompt="p", seconds=words["duration"], aspect_ratio=words["aspect_ratio"], resolution=words["resolution"],
            generate_audio=words["generate_audio"], seed=words["seed"], negative_prompt=words["negative_prompt"],
            reference=tmp_path / "x.png" if words[fitting.REFERENCE] else None, model=model,
        )  # fmt: skip
        sent = registry.clip_maker(MODELS[model]["provider"]).describe(request)
        made, said = fitting.bent(model, words)
        _, more = fitting.losses(model, words, frozenset())
        assert set(sent.parameters_not_sent) == set(fitting.not_sent(model, words)), (model, words)
        for name in ("duration", "aspect_ratio", "resolution"):
            assert sent.parameters_used[name] == made[name], (model, words)
        assert set(sent.warnings) <= {*said, *more}, (model, words)
        bent = replace(
            request, seconds=made["duration"], aspect_ratio=made["aspect_ratio"], resolution=made["resolution"]
        )
        again = registry.clip_maker(MODELS[model]["provider"]).describe(bent)
        assert again.parameters_used == sent.parameters_used
        assert not set(again.warnings) & set(said)
        asked += 1
    assert asked > 500


def test_what_the_catalogue_says_of_a_portrait_is_what_its_maker_sends(every_key: None) -> None:
    models = [model for model, facts in MODELS.items() if facts["makes"] == "image"]
    for model, negative, level, person in itertools.product(
        models, ("", "fog"), ("", "block_only_high"), ("", "allow_all")
    ):
        request = ImageRequest(
            prompt="p", description="d", aspect_ratio="1:1", seed=5, output_format="png", negative_prompt=negative,
            safety_filter_level=level, person_generation=person, model=model,
        )  # fmt: skip
        words = {"negative_prompt": negative, "safety_filter_level": level, "person_generation": person, "seed": 5}
        sent = registry.image_maker(MODELS[model]["provider"]).describe(request)
        assert set(sent.parameters_not_sent) == set(fitting.not_sent(model, words)), (model, words)


@pytest.mark.parametrize(
    ("model", "words", "say"),
    [
        ("google/veo-3.1", {"aspect_ratio": "1:1"}, "makes aspect ratio 16:9, 9:16, not 1:1"),
        ("google/veo-3.1", {"resolution": "4k"}, "makes resolution 720p, 1080p, not 4k"),
        ("google/veo-3.1", {"duration": 5}, "makes duration 4, 6, 8, not 5"),
        ("gemini-omni-1.2-flash", {"resolution": "4k", "duration": 5}, ""),
        ("google/imagen-4", {"output_format": "webp"}, "makes output format png, jpeg, not webp"),
        ("google/imagen-4", {"output_format": "jpg"}, ""),
        ("kwaivgi/kling-lip-sync", {"seconds": 11.5}, "takes 2 to 10 seconds, not 11.5"),
        ("gemini-3.8-flash", {"number_of_scenes": 61}, "takes 1 to 60 scenes, not 61"),
    ],
)
def test_a_shape_no_model_makes_is_named(model: str, words: dict[str, Any], say: str) -> None:
    found = fitting.objection(model, words)
    assert say in found
    assert bool(found) == bool(say)
