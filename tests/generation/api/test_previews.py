"""What would be sent: the preview says beforehand what the job and its provider then really get."""

import uuid
from typing import Any

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from flavors.models import ConfigFlavor
from flavors.selectors import flavor_resolve
from generation.models import Job, Project, ProviderCall
from generation.selectors import scenes_of
from mvsite.accounts.models import User
from tests.support.rows import a_portrait, a_project, a_song, stranger

pytestmark = pytest.mark.django_db


def preview(api: APIClient, name: str = "mv1", **words: str) -> dict[str, Any]:
    flavor_resolve(name=name)
    flavor = ConfigFlavor.objects.get(name=name)
    answer = api.get(f"/api/mv/flavors/{flavor.pk}/preview", words)
    assert answer.status_code == 200, answer.json()
    body: dict[str, Any] = answer.json()
    return body


def test_prompts_are_filled_in_and_carry_the_rules(api: APIClient) -> None:
    body = preview(api, idea="A storm at sea", character_description="a woman in a red coat")

    prompt = body["scenes"]["prompt"]
    assert "A storm at sea" in prompt
    assert "{idea}" not in prompt
    assert "At least one scene is a close-up of the lead singer's face, and its description says" in prompt
    assert "a woman in a red coat" in body["portraits"]["prompt"]
    assert body["portraits"]["times"] == 4
    assert [each["scene_id"] for each in body["clips"]] == [None]
    assert body["scenes"]["provider"] == "sample"


def test_project_gives_its_scenes_song_and_character(api: APIClient, owner: User, settings: Settings) -> None:
    settings.REPLICATE_API_TOKEN = "r8_never-used"
    settings.GEMINI_API_KEY = "never-used"
    project = a_project(
        owner, scenes=2, idea="Rain", audio=a_song(owner), character_reference=a_portrait(owner), seed=7
    )

    body = preview(api, project_id=str(project.pk))

    assert "THE SONG" in body["scenes"]["prompt"]
    assert body["scenes"]["model"] == "gemini-3.8-flash"
    texts = [scene.current.description for scene in scenes_of(project) if scene.current]
    assert [each["prompt"] for each in body["clips"]] == texts
    clip = body["clips"][0]
    assert clip["parameters"]["generate_audio"] is False
    assert clip["parameters"]["character_reference_id"] == str(project.character_reference_id)
    assert (clip["model"], clip["estimated_cost_usd"]) == ("google/veo-3.1", "1.6000")


def test_preview_of_a_clip_is_what_its_job_then_holds(api: APIClient, owner: User, settings: Settings) -> None:
    settings.REPLICATE_API_TOKEN = "r8_never-used"
    settings.MV_CONFIRM_ABOVE_USD = 100
    project = a_project(owner, scenes=1, character_reference=a_portrait(owner), seed=7, config_flavor="mv1")
    shown = preview(api, project_id=str(project.pk))["clips"][0]

    scene = scenes_of(project).get()
    answer = api.post("/api/mv/generate_video", {"prompt": shown["prompt"], "scene_id": str(scene.pk)}, format="json")

    job = Job.objects.get(pk=answer.json()["id"])
    assert (job.provider, job.model) == (shown["provider"], shown["model"])
    assert {name: job.params[name] for name in shown["parameters"] if name != "negative_prompt"}.items() <= shown[
        "parameters"
    ].items()
    assert job.params["parameters_not_sent"] == shown["parameters_not_sent"]
    assert f"{job.estimated_cost_usd:.4f}" == shown["estimated_cost_usd"]


def test_looking_starts_and_buys_nothing(api: APIClient, owner: User) -> None:
    preview(api, project_id=str(a_project(owner, scenes=1).pk))

    assert (Job.objects.count(), ProviderCall.objects.count()) == (0, 0)


def test_rules_that_cannot_hold_are_named(api: APIClient, owner: User) -> None:
    project = Project.objects.create(owner=owner, idea="x", number_of_scenes=1)

    assert any(
        "skipped for 1 scenes" in each for each in preview(api, project_id=str(project.pk))["scenes"]["warnings"]
    )


def test_what_is_not_there_is_said(api: APIClient) -> None:
    flavor_resolve(name="mv1")
    address = f"/api/mv/flavors/{ConfigFlavor.objects.get(name='mv1').pk}/preview"
    of_another = a_project(stranger())

    def code(path: str, **words: str) -> str:
        said: str = api.get(path, words).json()["code"]
        return said

    assert code("/api/mv/flavors/mv1/preview") == "user:request:malformed_id"
    assert code(f"/api/mv/flavors/{uuid.uuid4()}/preview") == "user:request:not_found"
    assert code(address, project_id=str(of_another.pk)) == "user:media:missing"
    assert code(address, project_id="x") == "user:request:invalid"
    assert code(address, proiect_id="x") == "user:request:invalid"
