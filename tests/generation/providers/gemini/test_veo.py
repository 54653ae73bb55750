"""Clips with a Google Cloud project: signed in as Google's tools do, ordered, followed and fetched."""

import base64
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from generation.ports import ClipRequest, Pending, Ready
from generation.providers import registry
from generation.providers.gemini.clips import GeminiClips
from mvsite.common.errors import ProviderError
from tests.providers_server.google import Google

MODEL = "veo-3.1-generate-001"


def request(**words: Any) -> ClipRequest:
    given: dict[str, Any] = {"prompt": "A boat", "seconds": 8, "aspect_ratio": "16:9", "resolution": "720p"}
    return ClipRequest(**{**given, "generate_audio": False, "seed": 7, "model": MODEL, **words})


def ended(cloud: Google, ending: dict[str, Any]) -> ProviderError:
    cloud.ending = ending
    provider_id = GeminiClips().submit(request(), "tag")
    with pytest.raises(ProviderError) as caught:
        GeminiClips().poll(provider_id, request())
    return caught.value


def test_a_clip_is_ordered_followed_and_fetched(cloud: Google, tmp_path: Path, film: bytes) -> None:
    cloud.video, cloud.polls_until_done = film, 2
    maker, wish = GeminiClips(), request(negative_prompt="text")
    provider_id = maker.submit(wish, "tag")
    assert maker.poll(provider_id, wish) == Pending()
    assert maker.poll(provider_id, wish) == Ready()
    maker.fetch(provider_id, wish, tmp_path / "film.mp4", lambda _: None)
    assert (tmp_path / "film.mp4").read_bytes() == film
    sent = cloud.last("predict")
    assert (
        sent.path
        == f"/v1beta1/projects/film-1/locations/us-central1/publishers/google/models/{MODEL}:predictLongRunning"
    )
    assert sent.headers["Authorization"] == "Bearer ya29.stand-in"
    assert sent.body["parameters"] == {
        "sampleCount": 1, "durationSeconds": 8, "seed": 7, "aspectRatio": "16:9", "resolution": "720p",
        "personGeneration": "allow_adult", "negativePrompt": "text", "generateAudio": False,
    }  # fmt: skip
    assert not maker.cancel(provider_id)


EXPECTED_WARNINGS = {
    ("reference", 4): ("duration is 8 instead of 4: the model takes a character only so.",),
    ("first_frame", 8): ("The picture is the clip's first frame: this model takes no reference.",),
}


@pytest.mark.parametrize(
    ("words", "use"),
    [
        ({}, "reference"),
        ({"seconds": 4}, "reference"),
        ({"aspect_ratio": "9:16"}, "reference"),
        ({"model": "veo-3.1-fast-generate-001"}, "first_frame"),
    ],
)
def test_a_portrait_goes_as_reference_or_first_frame(
    cloud: Google, portrait: Path, words: dict[str, Any], use: str
) -> None:
    wish = request(reference=portrait, **words)
    GeminiClips().submit(wish, "tag")
    sent = cloud.last("predict").body["instances"][0]
    picture = sent["referenceImages"][0]["image"] if use == "reference" else sent["image"]
    assert base64.b64decode(picture["bytesBase64Encoded"]) == portrait.read_bytes()
    assert ("image" in sent, "referenceImages" in sent) == (use == "first_frame", use == "reference")
    told = GeminiClips().describe(wish)
    assert told.parameters_used["reference_image"] == use
    parameters = cloud.last("predict").body["parameters"]
    assert (parameters["durationSeconds"], parameters["aspectRatio"]) == (8, wish.aspect_ratio)
    assert told.warnings == EXPECTED_WARNINGS.get((use, wish.seconds), ())


def test_the_light_model_is_sent_only_what_it_takes(cloud: Google) -> None:
    wish = request(model="veo-3.1-lite-generate-001", negative_prompt="fog", resolution="1080p", seconds=4)
    GeminiClips().submit(wish, "tag")
    parameters = cloud.last("predict").body["parameters"]
    assert not {"negativePrompt", "generateAudio"} & parameters.keys()
    assert parameters["resolution"] == "720p"
    assert set(GeminiClips().describe(wish).parameters_not_sent) == {"negative_prompt", "generate_audio"}


def test_what_was_filtered_is_a_refusal(cloud: Google) -> None:
    rai = {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": ["Support codes: 17301594"]}
    wrong = ended(cloud, {"response": rai})
    assert wrong.code == "provider:call:refused"
    assert "17301594" in wrong.detail
    assert ended(cloud, {"error": {"code": 3, "message": "Could not be submitted."}}).code == "provider:call:refused"


def test_a_failed_or_empty_operation_is_said(cloud: Google) -> None:
    assert ended(cloud, {"error": {"code": 13, "message": "Oops."}}).code == "provider:call:failed"
    assert ended(cloud, {"response": {"videos": []}}).code == "provider:answer:bad"


def test_a_project_makes_veo_the_choice_for_clips(settings: Settings) -> None:
    settings.MV_GOOGLE_CLOUD_PROJECT = "film-1"
    assert registry.offered("clip.default", "gemini")[0].model == MODEL
    with pytest.raises(ProviderError, match="GEMINI_API_KEY"):
        registry.offered("gemini-omni-1.2-flash")
