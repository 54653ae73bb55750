"""Estimates: for every call the price that its job then says, with what is lost, and nothing started."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from flavors.selectors import flavor_resolve
from generation.api import routes
from generation.api.estimates import CALLS
from generation.choices import JobState
from generation.models import Job
from generation.services.estimates import film_lines, project_lines
from generation.services.projects import project_update
from generation.services.runs import run_request
from mvsite.accounts.models import User
from tests.support.rows import a_job, a_portrait, a_project, a_song, a_take, a_video, stranger

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keys(settings: Settings) -> None:
    """Let Replicate and the Gemini API be configured; nothing is sent in these tests."""
    settings.REPLICATE_API_TOKEN = "r8_never-used"
    settings.GEMINI_API_KEY = "never-used"
    settings.MV_CONFIRM_ABOVE_USD = 1000


def estimated(api: APIClient, **body: Any) -> dict[str, Any]:
    answer = api.post("/api/mv/estimate", body, format="json")
    assert answer.status_code == 200, answer.json()
    found: dict[str, Any] = answer.json()
    return found


def agree(api: APIClient, call: str, address: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Estimate a call, make it, and compare the two."""
    jobs = Job.objects.count()
    before = estimated(api, calls=[{"call": call, "body": {**body, **more}}])
    assert Job.objects.count() == jobs
    answer = api.post(f"/api/{address}", body, format="json")
    assert answer.status_code == 202, answer.json()
    job = answer.json()
    assert before["estimated_cost_usd"] == job["estimated_cost_usd"]
    line = before["lines"][0]
    if job["model"]:
        assert (line["provider"], line["model"]) == (job["provider"], job["model"])
        assert line["parameters_not_sent"] == job["parameters_not_sent"]
        assert set(line["warnings"]) <= set(job["warnings"])
        assert [each["model"] for each in line["stand_ins"]] == [
            each["model"] for each in Job.objects.get(pk=job["id"]).params["stand_ins"]
        ]
    return before


def test_every_call_has_an_estimate_that_its_job_repeats(api: APIClient, owner: User) -> None:
    project = a_project(owner, scenes=2, takes=1, character_description="x", audio=a_song(owner))
    scene = str(project.scenes.get(index=0).pk)
    picture, song = str(a_portrait(owner).pk), str(a_song(owner).pk)
    clip, long_clip = str(a_video(owner).pk), str(a_video(owner, duration_ms=9500).pk)
    scenes = {"idea": "i", "character_description": "c"}
    portraits = {"character_description": "c", "num_images": 3}
    tall = {"prompt": "p", "character_reference_id": picture, "aspect_ratio": "9:16", "duration": 4}
    agree(api, "create_scenes", "mv/create_scenes", {**scenes, "number_of_scenes": 12})
    agree(api, "create_scenes", "mv/create_scenes", {**scenes, "model": "gemini-3.5-flash"})
    agree(api, "regenerate", f"mv/scenes/{scene}/regenerate", {}, scene_id=scene)
    agree(api, "generate_character_reference", "mv/generate_character_reference", portraits)
    agree(api, "generate_video", "mv/generate_video", {"prompt": "p", "resolution": "1080p", "seed": 4})
    freely = agree(api, "generate_video", "mv/generate_video", tall)
    forced = agree(api, "generate_video", "mv/generate_video", {**tall, "backend": "replicate"})
    assert (forced["estimated_cost_usd"], len(forced["lines"][0]["warnings"])) == ("3.2000", 2)
    assert [each["lines"][0]["clip_seconds"] for each in (freely, forced)] == [4, 8]  # as it will be made
    silent = agree(api, "generate_video", "mv/generate_video", {"scene_id": scene})
    assert silent["estimated_cost_usd"] == "1.6000"  # the project has a song
    agree(api, "lipsync", "mv/lipsync", {"video_id": clip, "audio_id": song, "model": "bytedance/latentsync"})
    longer = agree(api, "lipsync", "mv/lipsync", {"video_id": long_clip, "audio_id": song})
    assert longer["estimated_cost_usd"] == "0.4750"
    agree(api, "lipsync", "mv/lipsync", {"scene_id": str(project.scenes.get(index=1).pk)})
    assert agree(api, "stitch-videos", "mv/stitch-videos", {"video_ids": [clip]})["estimated_cost_usd"] == "0.0000"
    assert agree(api, "audio/trim", "audio/trim", {"audio_id": song, "start_at": 2})["lines"][0]["usd"] == "0.0000"


@pytest.mark.parametrize("written", [0, 3])
def test_finishing_a_project_costs_what_its_run_says(api: APIClient, owner: User, written: int) -> None:
    project = a_project(owner, scenes=written, character_description="x", number_of_scenes=5, audio=a_song(owner))
    if written:
        a_take(project.scenes.get(index=1))
    before = estimated(api, project_id=str(project.pk))
    clips = [line for line in before["lines"] if line["kind"] == "clip"]
    assert [(line["times"], line["unit_price_usd"]) for line in clips] == [(2 if written else 5, "1.6000")]
    assert [line["clip_seconds"] for line in before["lines"]] == ([8] if written else [None, 8])
    assert before["lines"][0]["kind"] == ("clip" if written else "scenes")
    assert before["estimated_cost_usd"] == ("3.2000" if written else "8.0315")
    agree(api, "run", f"mv/projects/{project.pk}/run", {}, project_id=str(project.pk))


def test_the_character_of_a_project_is_priced_as_it_will_be_made(
    api: APIClient, owner: User, settings: Settings
) -> None:
    settings.GEMINI_API_KEY = ""
    project = a_project(owner, scenes=2, character_reference=a_portrait(owner))
    line = estimated(api, project_id=str(project.pk))["lines"][0]
    assert (line["model"], line["usd"], line["times"]) == ("google/veo-3.1", "6.4000", 2)


@pytest.mark.parametrize(("scenes", "usd"), [(2, "0.8000"), (0, "1.2000")])
def test_lip_syncs_of_a_project_are_counted_when_asked_for(api: APIClient, owner: User, scenes: int, usd: str) -> None:
    project = a_project(owner, scenes=scenes, character_description="x", number_of_scenes=3)
    without = estimated(api, project_id=str(project.pk))
    found = estimated(api, project_id=str(project.pk), lipsync=True)
    assert found["lines"][:-1] == without["lines"]
    assert (found["lines"][-1]["kind"], found["lines"][-1]["usd"]) == ("lipsync", usd)


def test_a_batch_is_added_up_and_equal_parts_stand_together(api: APIClient, owner: User, settings: Settings) -> None:
    settings.MV_CONFIRM_ABOVE_USD = 6
    project = a_project(owner, scenes=1, audio=a_song(owner))
    clip = {"call": "generate_video", "body": {"prompt": "p", "model": "google/veo-3.1-fast", "seed": 1}}
    found = estimated(
        api, calls=[clip, clip, {"call": "stitch-videos", "body": {"video_ids": [str(a_video(owner).pk)]}}]
    )
    assert [(line["times"], line["usd"]) for line in found["lines"]] == [(2, "2.4000"), (1, "0.0000")]
    assert (found["estimated_cost_usd"], found["needs_confirmation"]) == ("2.4000", False)
    more = estimated(api, calls=[clip, clip, clip, clip], project_id=str(project.pk))
    assert (more["estimated_cost_usd"], more["needs_confirmation"]) == ("6.4000", True)
    assert not Job.objects.exists()


def test_dearer_stand_ins_are_what_is_confirmed(api: APIClient, settings: Settings) -> None:
    settings.MV_CONFIRM_ABOVE_USD = 2
    body = {"prompt": "p", "backend": "gemini", "fail_over": "any_price"}
    found = estimated(api, calls=[{"call": "generate_video", "body": body}])
    assert (found["estimated_cost_usd"], found["most_usd"], found["needs_confirmation"]) == ("0.5600", "3.2000", True)


def test_budgets_are_told_and_whether_they_hold_it(api: APIClient, owner: User, settings: Settings) -> None:
    project = a_project(owner, scenes=2, audio=a_song(owner), character_description="x")
    assert not estimated(api, project_id=str(project.pk))["over_budget"]
    settings.MV_BUDGET_PROJECT_USD, settings.MV_BUDGET_MODE = Decimal("3.19"), "stop"
    found = estimated(api, project_id=str(project.pk))
    assert (found["estimated_cost_usd"], found["over_budget"]) == ("3.2000", True)
    assert {each["scope"]: each["left_usd"] for each in found["budgets"]} == {
        "user": None, "project": "3.1900", "day": None,
    }  # fmt: skip
    refused = api.post(f"/api/mv/projects/{project.pk}/run", {}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (402, "user:cost:over_budget")
    settings.MV_BUDGET_MODE = "warn"
    assert not estimated(api, project_id=str(project.pk))["over_budget"]


def test_each_project_of_a_batch_is_asked_for_its_own_part(api: APIClient, owner: User, settings: Settings) -> None:
    settings.MV_BUDGET_MODE = "stop"
    one, other = (a_project(owner, scenes=2, audio=a_song(owner), character_description="x") for _ in range(2))
    run = {"call": "run", "body": {"project_id": str(one.pk)}}
    clip = {"call": "generate_video", "body": {"scene_id": str(other.scenes.get(index=0).pk)}}
    settings.MV_BUDGET_PROJECT_USD = Decimal("3.2")
    found = estimated(api, calls=[run, clip])
    assert (found["estimated_cost_usd"], found["over_budget"]) == ("4.8000", False)
    concerned = {each["project_id"] for each in found["budgets"]}
    assert concerned == {None, str(one.pk), str(other.pk)}
    assert estimated(api, calls=[run, clip, clip, clip])["over_budget"]
    settings.MV_BUDGET_PROJECT_USD = Decimal(1)
    assert estimated(api, calls=[run])["over_budget"]
    assert estimated(api, calls=[clip])["over_budget"]
    refused = api.post(f"/api/mv/projects/{one.pk}/run", {}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (402, "user:cost:over_budget")


def test_the_price_that_was_told_confirms_it(api: APIClient, owner: User, settings: Settings) -> None:
    settings.MV_CONFIRM_ABOVE_USD = Decimal("0.01")
    video = str(a_video(owner, duration_ms=9513).pk)
    body = {"video_id": video, "audio_id": str(a_song(owner).pk)}
    told = estimated(api, calls=[{"call": "lipsync", "body": body}])
    asked = api.post("/api/mv/lipsync", body, format="json")
    price = asked.json()["estimated_cost_usd"]
    assert (asked.status_code, price) == (409, told["most_usd"]) == (409, "0.4757")
    made = api.post("/api/mv/lipsync", {**body, "confirm_cost_usd": price}, format="json")
    assert (made.status_code, made.json()["estimated_cost_usd"]) == (202, price)
    assert Job.objects.get(pk=made.json()["id"]).estimated_cost_usd == Decimal("0.47565")  # told rounded up


def test_starting_again_is_priced_and_asked_back_like_the_first_time(
    api: APIClient, owner: User, settings: Settings
) -> None:
    made = api.post("/api/mv/generate_character_reference", {"character_description": "x"}, format="json").json()
    body: dict[str, Any] = {"call": "retry", "body": {"job_id": made["id"]}}
    again = f"/api/mv/jobs/{made['id']}/retry"
    settings.MV_CONFIRM_ABOVE_USD = Decimal("0.12")
    assert api.post(again).json()["code"] == "user:job:not_retryable"
    api.post(f"/api/mv/jobs/{made['id']}/cancel")
    told = estimated(api, calls=[body])
    assert (told["lines"][0]["usd"], told["most_usd"], told["needs_confirmation"]) == ("0.1600", "0.1600", True)
    asked = api.post(again)
    assert (asked.status_code, asked.json()["code"]) == (409, "user:cost:confirm")
    assert asked.json()["estimated_cost_usd"] == told["most_usd"]
    assert not Job.objects.active().exists()
    assert api.post(again, {"confirm_cost_usd": "0.15"}, format="json").status_code == 409
    assert api.post(again, {"confirm_cost_usd": "0.16"}, format="json").status_code == 202
    body["body"] = {"job_id": str(a_job(stranger()).pk)}
    assert api.post("/api/mv/estimate", {"calls": [body]}, format="json").status_code == 404


def test_sending_again_what_nobody_can_tell_is_asked_back_too(api: APIClient, owner: User, settings: Settings) -> None:
    job = a_job(owner, estimated_cost_usd=Decimal(3))
    Job.objects.filter(pk=job.pk).update(state=JobState.NEEDS_REVIEW)
    settings.MV_CONFIRM_ABOVE_USD = 2
    decide = f"/api/mv/jobs/{job.pk}/resolve"
    told = estimated(api, calls=[{"call": "retry", "body": {"job_id": str(job.pk)}}])["most_usd"]
    asked = api.post(decide, {"outcome": "not_bought"}, format="json")
    assert (asked.status_code, asked.json()["estimated_cost_usd"]) == (409, told) == (409, "3.0000")
    assert Job.objects.get(pk=job.pk).state == JobState.NEEDS_REVIEW
    answer = api.post(decide, {"outcome": "not_bought", "confirm_cost_usd": told}, format="json")
    assert (answer.status_code, answer.json()["state"]) == (200, "queued")


def test_a_picture_by_url_counts_and_is_not_fetched(api: APIClient) -> None:
    body = {
        "prompt": "p",
        "reference_image_url": "https://pictures.example/a.png",
        "backend": "replicate",
        "duration": 4,
    }
    line = estimated(api, calls=[{"call": "generate_video", "body": body}])["lines"][0]
    assert (line["usd"], line["model"]) == ("3.2000", "google/veo-3.1")


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["#/calls"]),
        ({"calls": [{"call": "paint"}]}, ["#/calls/0/call"]),
        (
            {
                "calls": [
                    {"call": "audio/download", "body": {"url": "x"}},
                    {"call": "generate_video", "body": {"duration": 5}},
                ]
            },
            ["#/calls/1/body/duration"],
        ),
        (
            {"calls": [{"call": "create_scenes", "body": {"idea": "i", "character_description": "c", "colour": 1}}]},
            ["#/calls/0/body/colour"],
        ),
    ],
)
def test_what_is_wrong_in_a_call_is_pointed_at(api: APIClient, body: dict[str, Any], pointers: list[str]) -> None:
    answer = api.post("/api/mv/estimate", body, format="json")
    assert answer.status_code == 400
    assert [each["pointer"] for each in answer.json()["errors"]] == pointers


def test_what_nobody_makes_has_no_price(api: APIClient) -> None:
    call = {"call": "generate_video", "body": {"prompt": "p", "aspect_ratio": "1:1"}}
    answer = api.post("/api/mv/estimate", {"calls": [call]}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "provider:feature:missing")


def test_every_call_that_buys_is_known_here(owner: User) -> None:
    posts = {name.removeprefix("mv/") for name, view in routes._CALLS.items() if hasattr(view, "post")}
    assert {name for name in posts - {"estimate"} if not name.startswith("webhooks/")} <= set(CALLS)


def test_a_project_that_is_not_made_yet_has_the_price_of_its_run(api: APIClient, owner: User) -> None:
    fields = {"idea": "A storm", "character_description": "x", "number_of_scenes": 3, "audio_id": str(a_song(owner).pk)}
    before = estimated(api, calls=[{"call": "run", "body": {"project": fields}}])
    assert [(line["kind"], line["times"]) for line in before["lines"]] == [("scenes", 1), ("clip", 3)]
    project = api.post("/api/mv/projects/", fields, format="json").json()
    job = api.post(f"/api/mv/projects/{project['id']}/run", {}, format="json").json()
    assert job["estimated_cost_usd"] == before["estimated_cost_usd"]


@pytest.mark.parametrize("body", [{}, {"project": {}, "project_id": "7b0f2a52-3f58-4a0e-8f7e-93a6c0f5d712"}])
def test_a_run_is_estimated_for_one_project(api: APIClient, owner: User, body: dict[str, Any]) -> None:
    answer = api.post("/api/mv/estimate", {"calls": [{"call": "run", "body": body}]}, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "#/calls/0/body/project_id")


def test_a_film_is_priced_with_the_portrait_that_is_still_to_come(
    owner: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Veo 3.1 a character makes clips of 4 s last 8; what is told before the portraits must hold after them."""
    settings.GEMINI_API_KEY = ""
    shipped = flavor_resolve(name=None)
    short = replace(shipped, video_params={**shipped.video_params, "duration": 4})
    monkeypatch.setattr("generation.services.clips.flavor_resolve", lambda name=None: short)
    project = a_project(owner, number_of_scenes=2, character_description="x")
    assert sum(line.usd for line in project_lines(project, call="run")) == Decimal("3.20")
    before = film_lines(project, draws_portraits=True)
    assert [line.usd for line in before if line.usd] == [Decimal("0.16"), Decimal("6.40")]
    project_update(project=project, character_reference=a_portrait(owner))
    assert sum(line.usd for line in film_lines(project, draws_portraits=False)) == Decimal("6.40")
    run_request(project=project)
    assert film_lines(project, draws_portraits=False) == []
