"""Clips with a Google Cloud project: signed in as Google's tools do, ordered, followed and fetched."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pytest_django.fixtures import Settings

from generation.ports import ClipRequest, OutcomeUnknown, Pending, Ready
from generation.providers import registry
from generation.providers.gemini.clips import GeminiClips
from mvsite.common.errors import ProviderError
from tests.providers_server.answers import Answer
from tests.providers_server.google import Google
from tests.providers_server.google_answers import error
from tests.providers_server.serving import House

MODEL = "veo-3.1-generate-001"


@pytest.fixture(scope="session")
def private_key() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@pytest.fixture
def cloud(
    house: House, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, private_key: str
) -> Google:
    account = {
        "type": "service_account",
        "client_email": "studio@example.test",
        "private_key": private_key,
        "token_uri": f"{house.google.url}/token",
    }
    path = tmp_path / "account.json"
    path.write_text(json.dumps(account))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(path))
    settings.MV_GOOGLE_CLOUD_PROJECT = "film-1"
    settings.GOOGLE_VERTEX_BASE_URL = house.google.url
    return house.google


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


@pytest.mark.parametrize("fault", [Answer(drop=True), Answer(500, "<html>"), Answer(200, "no JSON")])
def test_a_lost_answer_to_an_order_is_unknown(cloud: Google, fault: Answer) -> None:
    cloud.faults["predict"].append(fault)
    with pytest.raises(OutcomeUnknown):
        GeminiClips().submit(request(), "tag")
    assert cloud.count("predict") == 1


def test_a_full_quota_is_busy_and_sent_once(cloud: Google) -> None:
    cloud.faults["predict"].append(error(429, "RESOURCE_EXHAUSTED", "Quota exceeded."))
    with pytest.raises(ProviderError, match="provider:call:busy"):
        GeminiClips().submit(request(), "tag")
    assert cloud.count("predict") == 1


@pytest.mark.parametrize("fault", [Answer(drop=True), error(503, "UNAVAILABLE", "Later."), Answer(200, "no JSON")])
def test_a_poll_may_fail_for_a_while(cloud: Google, fault: Answer) -> None:
    cloud.video = b"film"
    provider_id = GeminiClips().submit(request(), "tag")
    cloud.faults["operation"].append(fault)
    with pytest.raises(ProviderError) as caught:
        GeminiClips().poll(provider_id, request())
    assert caught.value.transient
    assert GeminiClips().poll(provider_id, request()) == Ready()


def test_a_sign_in_that_is_refused_is_said_and_nothing_ordered(cloud: Google) -> None:
    cloud.faults["token"].append(Answer(400, {"error": "invalid_grant"}))
    with pytest.raises(ProviderError, match="provider:call:auth"):
        GeminiClips().submit(request(), "tag")
    assert cloud.count("predict") == 0


def test_a_project_makes_veo_the_choice_for_clips(settings: Settings) -> None:
    settings.MV_GOOGLE_CLOUD_PROJECT = "film-1"
    assert registry.offered("clip.default", "gemini")[0].model == MODEL
    with pytest.raises(ProviderError, match="GEMINI_API_KEY"):
        registry.offered("gemini-omni-1.2-flash")
