"""`create_scenes` with a key: the whole job through the engine, against the stand-in."""

import logging

import pytest
from pytest_django.fixtures import Settings

from generation import jobs
from generation.choices import JobState
from generation.models import Job, SceneGeneration
from generation.pipelines import engine
from generation.services.clips import clip_request
from generation.services.writing import scenes_request
from mvsite.accounts.models import User
from tests.providers_server.answers import Answer
from tests.providers_server.google import Google
from tests.providers_server.google_answers import blocked, error, retry_info, scenes_json, written
from tests.support.engine import drive

pytestmark = pytest.mark.django_db


def start(owner: User) -> Job:
    return scenes_request(
        owner=owner, idea="A boat crosses a lake", character_description="a woman in red", number_of_scenes=3
    )


def test_the_scenes_are_kept_with_who_wrote_them(owner: User, google: Google) -> None:
    job = drive(start(owner))
    assert (job.state, job.provider, job.error) == (JobState.SUCCEEDED, "gemini", None)
    kept = SceneGeneration.objects.get()
    assert [scene["index"] for scene in kept.scenes] == [0, 1, 2]
    used = {name: kept.metadata[name] for name in ("model_used", "attempts", "tokens_in", "tokens_out")}
    assert used == {"model_used": "gemini-served", "attempts": 1, "tokens_in": 812, "tokens_out": 798}


def test_characters_that_no_database_keeps_are_left_out_and_nothing_is_bought_again(
    owner: User, google: Google
) -> None:
    """Models write them now and then, as escapes in their JSON."""
    google.faults["generate"].append(written(scenes_json(3).replace("rows boat", "rows\\u0000 the \\ud83d boat")))
    job = drive(start(owner))
    assert (job.state, job.error, google.count("generate")) == (JobState.SUCCEEDED, None, 1)
    assert "red rows the \ufffd boat 1 over" in SceneGeneration.objects.get().scenes[0]["description"]


def test_a_broken_rule_is_told_to_the_model(owner: User, google: Google) -> None:
    google.faults["generate"].append(written(scenes_json(3).replace("close-up", "wide")))
    job = drive(start(owner))
    assert job.result is not None
    assert (job.state, job.result["metadata"]["attempts"]) == (JobState.SUCCEEDED, 2)
    assert "No scene does." in google.last("generate").body["contents"][0]["parts"][0]["text"]


def test_a_busy_provider_is_asked_again_and_a_refusal_is_not(owner: User, google: Google) -> None:
    google.faults["generate"].append(error(429, "RESOURCE_EXHAUSTED", "Slow down.", retry_info("3s")))
    assert drive(start(owner)).state == JobState.SUCCEEDED
    assert google.count("generate") == 2
    google.faults["generate"].append(blocked("PROHIBITED_CONTENT"))
    refused = drive(start(owner))
    assert refused.error is not None
    assert (refused.state, refused.error["code"]) == (JobState.FAILED, "provider:call:refused")
    assert google.count("generate") == 3


def test_a_writing_takes_its_place_in_the_lane_of_the_key(owner: User, google: Google, settings: Settings) -> None:
    settings.MV_LANES = {**settings.MV_LANES, "gemini": (1, 60)}
    google.polls_until_done = 9
    clip = clip_request(owner=owner, parameters={"prompt": "A boat", "model": "gemini-omni-1.2-flash", "duration": 4})
    engine.advance(clip.pk)
    job = start(owner)
    engine.advance(job.pk)
    job.refresh_from_db()
    assert (job.state, job.stage) == (JobState.WAITING, "waiting for a free place at gemini")
    assert (google.count("generate"), job.calls.count()) == (0, 0)
    jobs.request_cancel(clip)
    drive(clip)
    assert drive(job).state == JobState.SUCCEEDED
    assert google.count("generate") == 1


def test_a_busy_writer_closes_the_lane_for_clips_too(owner: User, google: Google) -> None:
    google.faults["generate"].append(error(429, "RESOURCE_EXHAUSTED", "Slow down.", retry_info("30s")))
    engine.advance(start(owner).pk)
    clip = clip_request(owner=owner, parameters={"prompt": "A boat", "model": "gemini-omni-1.2-flash", "duration": 4})
    engine.advance(clip.pk)
    clip.refresh_from_db()
    assert clip.stage == "gemini asks us to wait 30 s"
    assert google.count("create") == 0


def test_a_writer_that_stays_busy_is_given_up(owner: User, google: Google) -> None:
    google.faults["generate"].extend(error(429, "RESOURCE_EXHAUSTED", "Slow down.") for _ in range(30))
    job = drive(start(owner), steps=40)
    assert job.error is not None
    assert (job.state, job.error["code"]) == (JobState.FAILED, "provider:call:busy")
    assert google.count("generate") <= 8


def test_the_key_is_in_no_row_and_no_log(owner: User, google: Google, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    google.faults["generate"].append(Answer(400, {"error": {"message": "Bad key AIza-stand-in-key-0123456789"}}))
    failed = drive(start(owner))
    drive(start(owner))
    assert failed.error is not None
    assert "[hidden]" in failed.error["detail"]
    rows = [str(row) for model in (Job, SceneGeneration) for row in model.objects.values()]
    assert "AIza" not in " ".join([*rows, caplog.text])
