"""Who is chosen for what was asked: through the API, with keys that are never used because nothing is sent here."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from flavors.schema import IMAGE_PARAMS
from flavors.services import flavors_sync
from generation.models import Job
from generation.providers import registry
from mvsite.accounts.models import User
from tests.support.flavor_folders import shipped_documents, write_flavor
from tests.support.rows import a_portrait, a_song, a_video

pytestmark = pytest.mark.django_db
LIPSYNC = "mv/lipsync"
OMNI, VEO, ENTERPRISE = "gemini-omni-1.2-flash", "google/veo-3.1", "veo-3.1-generate-001"


@pytest.fixture(autouse=True)
def generous(settings: Settings) -> None:
    settings.MV_CONFIRM_ABOVE_USD = 100


@pytest.fixture
def replicate_key(settings: Settings) -> None:
    settings.REPLICATE_API_TOKEN = "r8_never-used"


@pytest.fixture
def google_key(settings: Settings) -> None:
    settings.GEMINI_API_KEY = "never-used"


@pytest.fixture
def both_keys(replicate_key: None, google_key: None) -> None:
    """Let Replicate and the Gemini API be there."""


@pytest.fixture
def google_project(settings: Settings) -> None:
    settings.MV_GOOGLE_CLOUD_PROJECT = "never-used"


def post(api: APIClient, name: str, body: dict[str, Any]) -> Any:
    return api.post(f"/api/{name}", body, format="json")


def clip(api: APIClient, **words: Any) -> dict[str, Any]:
    answer = post(api, "mv/generate_video", {"prompt": "waves", **words})
    assert answer.status_code == 202, answer.json()
    body: dict[str, Any] = answer.json()
    return body


def named_in_flavor(settings: Settings, place: Path, **names: str) -> None:
    """Offer a flavor `mine` whose clips or lip-syncs are made by these models."""
    settings.MV_FLAVORS_DIR = place
    lines = "".join(f"  {name}: {model}\n" for name, model in names.items())
    documents = shipped_documents()
    own = documents[IMAGE_PARAMS].replace("  model: clip.default\n", "")
    write_flavor(place, "mine", {**documents, IMAGE_PARAMS: own.replace("video:\n", f"video:\n{lines}")})
    flavors_sync()


def test_the_first_that_can_do_all_is_taken(api: APIClient, both_keys: None) -> None:
    made = clip(api, seed=3)
    assert (made["provider"], made["model"], made["parameters_not_sent"]) == ("replicate", VEO, [])
    assert made["estimated_cost_usd"] == "3.2000"


def test_a_tall_clip_with_a_character_goes_to_who_can_make_it(api: APIClient, owner: User, both_keys: None) -> None:
    made = clip(api, aspect_ratio="9:16", character_reference_id=str(a_portrait(owner).pk))
    assert (made["provider"], made["model"]) == ("gemini", OMNI)
    assert (made["parameters_not_sent"], made["warnings"]) == (["seed"], [])
    params = Job.objects.get(pk=made["id"]).params
    assert (params["aspect_ratio"], params["duration"]) == ("9:16", 8)


def test_who_loses_least_is_taken_and_what_is_lost_is_said_before(
    api: APIClient, owner: User, replicate_key: None
) -> None:
    """No model here shows a character in a tall clip of four seconds: shape and length give way, the face does not."""
    made = clip(api, aspect_ratio="9:16", duration=4, character_reference_id=str(a_portrait(owner).pk))
    assert (made["model"], made["estimated_cost_usd"]) == (VEO, "3.2000")
    assert made["warnings"] == [
        "duration is 8 instead of 4: the model takes a character only so.",
        "aspect_ratio is 16:9 instead of 9:16: the model takes a character only so.",
    ]
    params = Job.objects.get(pk=made["id"]).params
    assert (params["aspect_ratio"], params["duration"]) == ("16:9", 8)


def test_enterprise_veo_keeps_the_shape_and_forces_the_length(
    api: APIClient, owner: User, google_project: None
) -> None:
    made = clip(api, aspect_ratio="9:16", duration=4, character_reference_id=str(a_portrait(owner).pk))
    assert (made["model"], made["estimated_cost_usd"]) == (ENTERPRISE, "3.2000")
    assert made["warnings"] == ["duration is 8 instead of 4: the model takes a character only so."]


@pytest.mark.parametrize(
    ("words", "model", "usd"),
    [
        ({"resolution": "4k"}, OMNI, "1.6800"),
        ({"resolution": "360p", "duration": 4}, OMNI, "0.0920"),
        ({"backend": "gemini"}, OMNI, "0.5600"),
        ({"backend": "sample"}, "sample-clip-1", "0.0000"),
        ({"model": "google/veo-3.1-lite", "resolution": "1080p"}, "google/veo-3.1-lite", "0.6400"),
    ],
)
def test_sizes_and_names_decide(api: APIClient, both_keys: None, words: dict[str, Any], model: str, usd: str) -> None:
    made = clip(api, **words)
    assert (made["model"], made["estimated_cost_usd"]) == (model, usd)


def test_a_named_model_is_obeyed_with_the_same_honesty(api: APIClient, both_keys: None) -> None:
    made = clip(
        api, model="google/veo-3.1-lite", generate_audio=False, negative_prompt="fog", resolution="1080p", duration=4
    )
    assert set(made["parameters_not_sent"]) == {"negative_prompt", "generate_audio"}
    assert made["warnings"] == [
        "resolution is 720p instead of 1080p: the model makes 1080p only with 8 seconds.",
        "The clip has sound: this model cannot be silent.",
    ]
    assert Job.objects.get(pk=made["id"]).params["stand_ins"] == []


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("mv/generate_video", {"prompt": "p", "model": "sync/lipsync-2"}),
        ("mv/generate_video", {"prompt": "p", "model": "veo-9"}),
        ("mv/generate_video", {"prompt": "p", "model": VEO, "backend": "gemini"}),
        ("mv/generate_video", {"prompt": "p", "model": VEO, "resolution": "4k"}),
        ("mv/generate_video", {"prompt": "p", "aspect_ratio": "1:1"}),
        ("mv/generate_character_reference", {"character_description": "x", "output_format": "webp"}),
    ],
)
def test_what_nobody_makes_is_refused_before_anything_starts(
    api: APIClient, both_keys: None, call: str, words: dict[str, Any]
) -> None:
    answer = post(api, call, words)
    assert (answer.status_code, answer.json()["code"]) == (400, "provider:feature:missing")
    assert not Job.objects.exists()


def test_a_retired_model_is_refused_with_its_successor(
    api: APIClient, google_key: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {"idea": "i", "character_description": "c", "model": "gemini-2.5-pro"}
    monkeypatch.setitem(registry.model_facts("gemini-2.5-pro"), "retires", date(2999, 1, 1))
    assert post(api, "mv/create_scenes", body).status_code == 202
    monkeypatch.setitem(registry.model_facts("gemini-2.5-pro"), "retires", date(2020, 1, 1))
    answer = post(api, "mv/create_scenes", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "user:model:retired")
    assert answer.json()["successor"] == "gemini-3.8-flash"


def test_a_flavors_model_gives_way_to_the_backend_that_a_call_names(
    api: APIClient, settings: Settings, tmp_path: Path, both_keys: None
) -> None:
    named_in_flavor(settings, tmp_path, model="google/veo-3.1-fast")
    assert clip(api, config_flavor="mine")["model"] == "google/veo-3.1-fast"
    assert stand_ins(clip(api, config_flavor="mine")) == []
    assert clip(api, config_flavor="mine", backend="gemini")["model"] == OMNI


def test_portraits_say_before_what_is_not_sent(api: APIClient, replicate_key: None) -> None:
    words = {"character_description": "A singer", "num_images": 2, "model": "google/nano-banana-2"}
    made = post(api, "mv/generate_character_reference", words).json()
    assert (made["model"], made["estimated_cost_usd"]) == ("google/nano-banana-2", "0.1340")
    told = {"seed", "negative_prompt", "person_generation", "safety_filter_level"}
    assert set(made["parameters_not_sent"]) == told
    first = post(api, "mv/generate_character_reference", {"character_description": "A singer"}).json()
    assert first["model"] == "google/imagen-4"
    assert set(first["parameters_not_sent"]) == told - {"safety_filter_level"}


def test_who_moves_the_mouth_can_be_named_by_call_and_by_flavor(
    api: APIClient, owner: User, settings: Settings, tmp_path: Path, replicate_key: None
) -> None:
    song = str(a_song(owner).pk)

    def lipsync(**words: Any) -> Any:
        return post(api, LIPSYNC, {"video_id": str(a_video(owner).pk), "audio_id": song, **words})

    assert (lipsync().json()["model"], lipsync().json()["estimated_cost_usd"]) == ("sync/lipsync-2", "0.4000")
    named = lipsync(model="kwaivgi/kling-lip-sync").json()
    assert (named["model"], named["estimated_cost_usd"]) == ("kwaivgi/kling-lip-sync", "0.1120")
    assert lipsync(backend="sample").json()["model"] == "sample-lipsync-1"
    assert lipsync(config_flavor="example").json()["model"] == "sync/lipsync-2"
    long = str(a_video(owner, duration_ms=12_000).pk)
    refused = post(api, LIPSYNC, {"video_id": long, "audio_id": song, "model": "kwaivgi/kling-lip-sync"})
    assert (refused.status_code, refused.json()["code"]) == (400, "provider:feature:missing")
    named_in_flavor(settings, tmp_path, lipsync_model="sync/lipsync-2-pro")
    assert lipsync(config_flavor="mine").json()["model"] == "sync/lipsync-2-pro"


def stand_ins(made: dict[str, Any]) -> list[str]:
    return [each["model"] for each in Job.objects.get(pk=made["id"]).params["stand_ins"]]


def test_who_may_step_in_can_do_the_same_at_no_higher_price(api: APIClient, owner: User, both_keys: None) -> None:
    assert stand_ins(clip(api)) == [OMNI, "google/veo-3.1-fast"]
    assert stand_ins(clip(api, seed=4)) == ["google/veo-3.1-fast"]  # Omni takes no seed
    assert stand_ins(clip(api, character_reference_id=str(a_portrait(owner).pk))) == [OMNI]
    assert stand_ins(clip(api, model=VEO)) == stand_ins(clip(api, backend="replicate")) == []
    assert stand_ins(clip(api, fail_over="never")) == []
    assert stand_ins(clip(api, model=VEO, fail_over="no_dearer")) == [OMNI, "google/veo-3.1-fast"]
    assert stand_ins(clip(api, backend="gemini", fail_over="no_dearer")) == []
    assert stand_ins(clip(api, backend="gemini", fail_over="any_price")) == [VEO, "google/veo-3.1-fast"]


def test_the_built_in_provider_never_steps_in_and_nobody_for_it(api: APIClient, google_key: None) -> None:
    assert stand_ins(clip(api, fail_over="any_price")) == []
    assert stand_ins(clip(api, backend="sample", fail_over="any_price")) == []


def test_a_dearer_stand_in_is_asked_back_for(api: APIClient, settings: Settings, both_keys: None) -> None:
    settings.MV_CONFIRM_ABOVE_USD = 2
    words = {"prompt": "waves", "backend": "gemini", "fail_over": "any_price"}
    asked = post(api, "mv/generate_video", words)
    assert (asked.status_code, asked.json()["estimated_cost_usd"]) == (409, "3.2000")
    assert clip(api, **words, confirm_cost_usd="3.2")["estimated_cost_usd"] == "0.5600"
