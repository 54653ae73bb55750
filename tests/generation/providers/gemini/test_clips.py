"""Clips with an API key: what is ordered, followed, fetched and stopped, and what every failure becomes."""

import base64
from pathlib import Path
from typing import Any

import av
import pytest
from pytest_django.fixtures import Settings

from generation.choices import JobState
from generation.models import Job
from generation.ports import ClipRequest, Pending, Ready
from generation.providers.gemini.clips import GeminiClips
from generation.services.clips import clip_request
from mvsite.accounts.models import User
from mvsite.common.errors import ProviderError
from tests.providers_server.answers import Answer
from tests.providers_server.google import Google
from tests.providers_server.google_answers import error, retry_info
from tests.support.engine import drive


def request(**words: Any) -> ClipRequest:
    given: dict[str, Any] = {"prompt": "A boat", "seconds": 8, "aspect_ratio": "16:9", "resolution": "720p"}
    return ClipRequest(**{**given, "generate_audio": True, "seed": 7, "model": "gemini-omni-1.2-flash", **words})


def nothing(_part: float) -> None:
    return


def follow(google: Google, target: Path, film: bytes, **words: Any) -> str:
    google.video = film
    maker, wish = GeminiClips(), request(**words)
    provider_id = maker.submit(wish, "tag")
    assert maker.poll(provider_id, wish) == Ready()
    maker.fetch(provider_id, wish, target, nothing)
    return provider_id


def test_a_clip_is_ordered_with_all_that_the_model_takes(google: Google, portrait: Path) -> None:
    wish = request(negative_prompt="text, logo", reference=portrait)
    GeminiClips().submit(wish, "tag")
    sent = google.last("create").body
    assert (sent["model"], sent["background"], sent["store"]) == ("gemini-omni-1.2-flash", True, True)
    shape = sent["response_format"]
    assert (shape["duration"], shape["aspect_ratio"], shape["resolution"]) == ("8s", "16:9", "720p")
    assert sent["generation_config"]["video_config"]["task"] == "reference_to_video"
    text, image = sent["input"][0]["content"]
    assert text["text"] == "A boat\nAvoid: text, logo"
    assert (image["mime_type"], base64.b64decode(image["data"])) == ("image/png", portrait.read_bytes())
    said = GeminiClips().describe(wish)
    assert said.parameters_not_sent == ("seed",)
    assert said.parameters_used["prompt"] == "A boat\nAvoid: text, logo"


@pytest.mark.parametrize("inline", [False, True])
def test_the_film_is_fetched_as_it_is(google: Google, tmp_path: Path, film: bytes, *, inline: bool) -> None:
    google.inline = inline
    follow(google, tmp_path / "film.mp4", film)
    assert (tmp_path / "film.mp4").read_bytes() == film
    assert google.count("download") == (0 if inline else 1)


def test_sound_that_is_not_wanted_is_taken_off(google: Google, tmp_path: Path, sounding: bytes) -> None:
    for wanted in (True, False):
        follow(google, tmp_path / "film.mp4", sounding, generate_audio=wanted)
        with av.open(str(tmp_path / "film.mp4")) as film:
            assert (len(film.streams.video), len(film.streams.audio)) == (1, int(wanted))


def test_it_is_polled_until_it_is_done(google: Google) -> None:
    google.polls_until_done = 3
    google.video = b"film"
    maker = GeminiClips()
    provider_id = maker.submit(request(), "tag")
    assert [maker.poll(provider_id, request()) for _ in range(3)] == [Pending(), Pending(), Ready()]


def test_a_running_clip_can_be_stopped_and_a_finished_one_not(google: Google) -> None:
    google.polls_until_done = 9
    maker = GeminiClips()
    running = maker.submit(request(), "tag")
    assert maker.cancel(running)
    assert not maker.cancel(running)
    with pytest.raises(ProviderError, match="provider:call:failed"):
        maker.poll(running, request())


def test_a_stop_that_does_not_get_through_is_no_end(google: Google) -> None:
    google.polls_until_done = 9
    maker = GeminiClips()
    running = maker.submit(request(), "tag")
    google.faults["cancel"].append(error(503, "UNAVAILABLE", "Later."))
    assert not maker.cancel(running)
    assert maker.poll(running, request()) == Pending()


@pytest.mark.parametrize("words", [{"seconds": 2}, {"aspect_ratio": "1:1"}, {"resolution": "480p"}])
def test_what_the_model_cannot_make_is_never_ordered(google: Google, words: dict[str, Any]) -> None:
    with pytest.raises(ProviderError, match="provider:call:invalid"):
        GeminiClips().submit(request(**words), "tag")
    assert google.seen == []


@pytest.mark.parametrize(
    ("fault", "code", "transient", "after"),
    [
        (error(400, "INVALID_ARGUMENT", "Bad duration."), "provider:call:invalid", False, None),
        (error(401, "UNAUTHENTICATED", "No."), "provider:call:auth", False, None),
        (error(404, "NOT_FOUND", "No such model."), "provider:call:gone", False, None),
        (error(429, "RESOURCE_EXHAUSTED", "Slow.", retry_info("7.5s")), "provider:call:busy", True, 7.5),
        (error(503, "UNAVAILABLE", "Overloaded."), "provider:call:busy", True, None),
    ],
)
def test_a_refused_order_is_sent_once(
    google: Google, fault: Answer, code: str, *, transient: bool, after: float | None
) -> None:
    google.faults["create"].append(fault)
    with pytest.raises(ProviderError) as caught:
        GeminiClips().submit(request(), "tag")
    assert (caught.value.code, caught.value.transient, caught.value.retry_after) == (code, transient, after)
    assert google.count("create") == 1


def test_an_address_that_is_none_is_not_tried_again(google: Google, settings: Settings) -> None:
    settings.GOOGLE_GEMINI_BASE_URL = "gopher://127.0.0.1:9"
    with pytest.raises(ProviderError) as caught:
        GeminiClips().submit(request(), "tag")
    assert (caught.value.code, caught.value.transient) == ("provider:call:failed", False)


def test_an_unreachable_provider_got_no_order(google: Google, settings: Settings) -> None:
    settings.GOOGLE_GEMINI_BASE_URL = "http://127.0.0.1:9"
    with pytest.raises(ProviderError) as caught:
        GeminiClips().submit(request(), "tag")
    assert caught.value.transient


FILTERED = {"status": "failed", "steps": [], "errors": [{"code": "3", "message": "content filtered"}]}


@pytest.mark.parametrize(
    ("ending", "code"),
    [
        (FILTERED, "provider:call:refused"),
        ({"status": "failed", "steps": [], "errors": [{"code": "13", "message": "oops"}]}, "provider:call:failed"),
        ({"status": "budget_exceeded", "steps": []}, "provider:call:credit"),
        ({"status": "incomplete", "steps": []}, "provider:answer:bad"),
        ({"status": "something_new", "steps": []}, "provider:call:failed"),
        ({"status": "completed", "steps": []}, "provider:answer:bad"),
    ],
)
def test_how_a_clip_may_end(google: Google, ending: dict[str, Any], code: str) -> None:
    google.ending = ending
    provider_id = GeminiClips().submit(request(), "tag")
    with pytest.raises(ProviderError) as caught:
        GeminiClips().poll(provider_id, request())
    assert (caught.value.code, caught.value.transient) == (code, False)


@pytest.mark.parametrize("content", [b"", b"x" * (1 << 20) + b"x"])
def test_an_empty_or_too_large_film_is_not_taken(
    google: Google, tmp_path: Path, settings: Settings, content: bytes
) -> None:
    settings.MV_MAX_UPLOAD_MB = 1
    with pytest.raises(ProviderError, match="provider:answer:bad"):
        follow(google, tmp_path / "film.mp4", content)


def order(owner: User) -> Job:
    return clip_request(owner=owner, parameters={"prompt": "A boat", "model": "gemini-omni-1.2-flash", "duration": 4})


@pytest.mark.django_db
def test_a_clip_is_bought_once_and_kept(owner: User, google: Google, film: bytes) -> None:
    google.video = film
    google.polls_until_done = 2
    job = drive(order(owner))
    assert job.result is not None
    assert (job.state, job.error) == (JobState.SUCCEEDED, None)
    said = job.result["metadata"]
    assert (said["backend_used"], said["parameters_not_sent"]) == ("gemini", ["seed"])
    assert google.count("create") == 1
    assert float(job.cost_usd) == 0.28
