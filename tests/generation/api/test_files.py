"""Reading what a job has promised: too early, after it failed, after it came, after it was thrown away."""

import uuid

import pytest
from rest_framework.test import APIClient

from assets.models import CharacterReference, Video
from assets.services.library import asset_trash
from generation.choices import JobKind, JobState
from generation.jobs.ending import end
from generation.models import Job, SceneGeneration
from mvsite.accounts.models import User
from mvsite.common.errors import ProviderError
from tests.support.engine import work_off
from tests.support.quick_clips import QuickClips
from tests.support.rows import a_job, stranger

pytestmark = pytest.mark.django_db
ADDRESSES = (
    "mv/get_video/{}",
    "mv/get_video/{}/info",
    "mv/get_character_reference/{}",
    "mv/get_character_reference/{}/info/",
    "audio/get/{}",
    "audio/get/{}/info",
    "mv/scene_generations/{}",
    "mv/scene_generations/{}/scenes.json",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_promised_id_says_what_its_job_does(api: APIClient, owner: User, address: str) -> None:
    job = a_job(owner)
    path = f"/api/{address.format(job.reserved['video_id'])}"
    early = api.get(path)
    assert (early.status_code, early.json()["code"]) == (409, "user:media:not_ready")
    assert early.json()["job"] == f"/api/mv/jobs/{job.pk}"
    assert 1 <= int(early["Retry-After"]) <= 30
    Job.objects.filter(pk=job.pk).update(state=JobState.NEEDS_REVIEW)
    assert api.get(path).status_code == 409
    end(job, JobState.FAILED, error=ProviderError("provider:call:refused", "The words were refused.").as_dict())
    failed = api.get(path)
    assert (failed.status_code, failed.json()["code"]) == (404, "user:media:failed")
    assert failed.json()["detail"] == "The words were refused."
    assert failed.json()["reason"]["code"] == "provider:call:refused"


def test_promise_to_somebody_else_is_unknown(api: APIClient) -> None:
    answer = api.get(f"/api/mv/get_video/{a_job(stranger()).reserved['video_id']}")
    assert (answer.status_code, answer.json()["code"]) == (404, "user:request:not_found")


def test_canceled_promise_is_404(api: APIClient, owner: User) -> None:
    job = a_job(owner)
    end(job, JobState.CANCELED)
    answer = api.get(f"/api/mv/get_video/{job.reserved['video_id']}")
    assert (answer.status_code, answer.json()["reason"]["code"]) == (404, "user:job:canceled")


def test_portraits_can_be_fetched_and_chosen(api: APIClient) -> None:
    body = {"character_description": "A singer in a yellow coat", "num_images": 2, "seed": 5}
    made = api.post("/api/mv/generate_character_reference", body, format="json").json()
    work_off()
    result = api.get(f"/api/mv/jobs/{made['id']}").json()["result"]
    assert [image["id"] for image in result["images"]] == [image["id"] for image in made["images"]]
    for image in made["images"]:
        picture = api.get(f"/api/mv/get_character_reference/{image['id']}", headers={"Accept": "image/*"})
        assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
        assert b"".join(picture.streaming_content).startswith(b"\x89PNG")  # type: ignore[attr-defined]  # Django names no type for streams of the test client
        info = api.get(f"/api/mv/get_character_reference/{image['id']}/info").json()
        assert (info["description"], info["kind"]) == (body["character_description"], "character")


def test_clip_plays_in_parts_and_its_film_outlives_it(api: APIClient, quick_clips: QuickClips) -> None:
    clip = api.post("/api/mv/generate_video", {"prompt": "She dances"}, format="json").json()
    film = api.post("/api/mv/stitch-videos", {"video_ids": [clip["video_id"]]}, format="json").json()
    work_off()
    address = f"/api/mv/get_video/{clip['video_id']}"
    part = api.get(address, headers={"Range": "bytes=0-99"})
    assert (part.status_code, part["Content-Length"]) == (206, "100")
    assert api.head(address)["Accept-Ranges"] == "bytes"
    assert api.get(address, headers={"Range": "bytes=99999999-"}).json()["code"] == "user:media:range"
    assert api.get(f"{address}?size=thumb")["Content-Type"].startswith("image/")
    asset_trash(asset=Video.objects.get(pk=clip["video_id"]))
    assert api.get(address).json()["code"] == "user:request:not_found"
    assert api.get(f"/api/mv/get_video/{film['video_id']}").status_code == 200


def test_scenes_stay_readable_as_json_and_text(api: APIClient) -> None:
    body = {"idea": "A storm at sea", "character_description": "A singer", "number_of_scenes": 2, "seed": 1}
    made = api.post("/api/mv/create_scenes", body, format="json").json()
    work_off()
    result = api.get(f"/api/mv/jobs/{made['id']}").json()["result"]
    assert [scene["index"] for scene in result["scenes"]] == [0, 1]
    files = result["output_files"]
    assert len(api.get(files["json"]).json()["scenes"]) == 2
    text = api.get(files["markdown"])
    assert text["Content-Type"].startswith("text/markdown")
    assert "# A storm at sea" in text.content.decode()
    kept = api.get(f"/api/mv/scene_generations/{made['generation_id']}").json()
    assert (kept["scenes"], kept["output_files"]) == (result["scenes"], files)
    assert SceneGeneration.objects.count() == 1
    scene = api.get(f"/api/mv/scenes/{result['scenes'][0]['id']}").json()
    assert (scene["project_id"], scene["description"]) == (None, result["scenes"][0]["description"])


def test_an_id_nobody_promised_is_404(api: APIClient, owner: User) -> None:
    a_job(owner, kind=JobKind.PORTRAITS)
    assert api.get(f"/api/mv/get_character_reference/{uuid.uuid4()}").status_code == 404
    assert not CharacterReference.objects.exists()
