"""The calls that start long work: what they take, what they promise, and that nothing half-made stays behind."""

import base64
import io
import uuid
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from rest_framework.test import APIClient

from assets.models import Audio, CharacterReference, Video
from generation.api import calls
from generation.models import Job, ReservedId
from generation.selectors import scenes_of
from mvsite.accounts.models import User
from tests.support.rows import a_portrait, a_project, a_song, a_video, stranger

pytestmark = pytest.mark.django_db
SCENES = {"idea": "A storm", "character_description": "A singer", "number_of_scenes": 2}
UNKNOWN = str(uuid.UUID(int=7))


def post(api: APIClient, name: str, body: Any, **headers: str) -> Any:
    return api.post(f"/api/{name}", body, format="json", headers=headers)


def promised(answer: Any, *names: str) -> dict[str, Any]:
    """Check a 202: the job, its address, and the ids at top level, all of them reserved; return the body."""
    body: dict[str, Any] = answer.json()
    assert answer.status_code == 202, body
    assert answer["Location"] == f"/api/mv/jobs/{body['id']}"
    assert body["state"] == "queued"
    for name in names:
        assert body[name] == body["result"][name]
        ids = [each["id"] for each in body[name]] if isinstance(body[name], list) else [body[name]]
        assert ReservedId.objects.filter(pk__in=ids).count() == len(ids)
    return body


def test_create_scenes_promises_a_writing(api: APIClient) -> None:
    body = promised(post(api, "mv/create_scenes", SCENES), "generation_id")
    assert (body["kind"], body["project_id"]) == ("scenes", None)


def test_create_scenes_takes_idea_and_character_from_a_project(api: APIClient, owner: User) -> None:
    project = a_project(owner, character_description="A singer")
    body = promised(post(api, "mv/create_scenes/", {"project_id": str(project.pk)}), "generation_id")
    assert Job.objects.get(pk=body["id"]).params["idea"] == "A storm"


def test_create_scenes_takes_the_flavors_parameters_and_no_others(api: APIClient) -> None:
    body = promised(post(api, "mv/create_scenes", {**SCENES, "style": "watercolour"}), "generation_id")
    assert Job.objects.get(pk=body["id"]).params["parameters"] == {"style": "watercolour"}
    for wrong in ({"no_such_parameter": 1}, {"style": 5}):
        answer = post(api, "mv/create_scenes", {**SCENES, **wrong})
        assert [error["pointer"] for error in answer.json()["errors"]] == [f"#/{name}" for name in wrong]
        assert answer.status_code == 400


def test_unknown_flavor_becomes_default_with_a_warning(api: APIClient) -> None:
    body = promised(post(api, "mv/create_scenes", {**SCENES, "config_flavor": "nowhere"}))
    assert "nowhere" in " ".join(Job.objects.get(pk=body["id"]).params["warnings"])


def test_portraits_promise_their_pictures_in_order(api: APIClient) -> None:
    body = promised(
        post(api, "mv/generate_character_reference", {"character_description": "A singer", "num_images": 3}), "images"
    )
    assert len(body["images"]) == 3
    assert Job.objects.filter(parent_id=body["id"]).count() == 3


def test_clip_promises_a_video(api: APIClient, owner: User) -> None:
    portrait = a_portrait(owner)
    body = promised(
        post(api, "mv/generate_video", {"prompt": "x", "character_reference_id": str(portrait.pk)}), "video_id"
    )
    assert Job.objects.get(pk=body["id"]).params["character_reference_id"] == str(portrait.pk)


@pytest.mark.parametrize("wrong", ["no-id", UNKNOWN])
def test_wrong_reference_is_a_warning(api: APIClient, wrong: str) -> None:
    body = promised(post(api, "mv/generate_video", {"prompt": "x", "character_reference_id": wrong}), "video_id")
    params = Job.objects.get(pk=body["id"]).params
    assert params["character_reference_id"] is None
    assert params["character_reference_warning"]


def test_scene_brings_its_text_and_its_projects_portrait(api: APIClient, owner: User) -> None:
    portrait = a_portrait(owner)
    scene = scenes_of(a_project(owner, scenes=1, character_reference=portrait)).get()
    body = promised(post(api, "mv/generate_video", {"scene_id": str(scene.pk)}), "video_id")
    params = Job.objects.get(pk=body["id"]).params
    assert (params["prompt"], params["character_reference_id"]) == ("Scene text 0", str(portrait.pk))
    again = post(api, "mv/generate_video", {"scene_id": str(scene.pk)})
    assert (again.status_code, again.json()["code"]) == (409, "user:scene:busy")


def test_picture_inside_the_request_becomes_the_reference(api: APIClient, owner: User) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(picture, "PNG")
    text = "data:image/png;base64," + base64.b64encode(picture.getvalue()).decode()
    body = promised(post(api, "mv/generate_video", {"prompt": "x", "reference_image_base64": text}))
    kept = CharacterReference.objects.get(owner=owner)
    params = Job.objects.get(pk=body["id"]).params
    assert params["character_reference_id"] == str(kept.pk)
    assert "deprecated" in " ".join(params["warnings"])


def test_a_picture_of_a_request_that_starts_nothing_leaves_no_file(
    api: APIClient, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(picture, "PNG")
    body = {"prompt": "x", "reference_image_base64": base64.b64encode(picture.getvalue()).decode()}
    refused = post(api, "mv/generate_video", body, **{"Idempotency-Key": "two words"})
    assert (refused.status_code, refused.json()["code"]) == (400, "user:idempotency:malformed")
    assert media(data_dir) == 0
    promised(post(api, "mv/generate_video", body, **{"Idempotency-Key": "k"}))
    assert media(data_dir) == 1
    monkeypatch.setattr(calls, "is_answered", lambda _: False)  # as if another with this key had been a moment faster
    again = post(api, "mv/generate_video", body, **{"Idempotency-Key": "k"})
    assert (again["Idempotent-Replayed"], media(data_dir)) == ("true", 1)


def media(data_dir: Path) -> int:
    return sum(path.is_file() for path in (data_dir / "media").rglob("*"))


def test_id_goes_before_url_and_base64_with_a_warning(api: APIClient, owner: User) -> None:
    portrait = a_portrait(owner)
    body = {
        "prompt": "x",
        "character_reference_id": str(portrait.pk),
        "reference_image_url": "http://127.0.0.1/secret.png",
        "reference_image_base64": "not base64",
    }
    params = Job.objects.get(pk=promised(post(api, "mv/generate_video", body))["id"]).params
    assert params["character_reference_id"] == str(portrait.pk)
    assert "Several references" in " ".join(params["warnings"])


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"reference_image_base64": "%%%"}, 400, "user:request:invalid"),
        ({"reference_image_base64": base64.b64encode(b"no picture").decode()}, 422, "media:file:type"),
        ({"reference_image_url": "http://127.0.0.1/a.png"}, 400, "user:url:refused"),
        ({"scene_id": UNKNOWN}, 404, "user:media:missing"),
    ],
)
def test_bad_clip_requests_leave_nothing_behind(api: APIClient, body: dict[str, str], status: int, code: str) -> None:
    answer = post(api, "mv/generate_video", {"prompt": "x", **body})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Job.objects.exists()
    assert not CharacterReference.objects.exists()


def test_lipsync_promises_a_video_once(api: APIClient, owner: User) -> None:
    body = {"video_id": str(a_video(owner).pk), "audio_id": str(a_song(owner).pk), "start_time": 2.5}
    promised(post(api, "mv/lipsync", body), "video_id")
    again = post(api, "mv/lipsync", body)
    assert (again.status_code, again.json()["code"]) == (409, "user:lipsync:running")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"video_id": UNKNOWN}, 404, "user:media:missing"),
        ({"audio_id": UNKNOWN}, 404, "user:media:missing"),
        ({"start_time": 20}, 400, "user:request:invalid"),
        ({"video_id": None, "video_url": "http://127.0.0.1/a.mp4"}, 400, "user:url:refused"),
        ({"audio_id": None, "audio_url": "file:///etc/passwd"}, 400, "user:url:refused"),
    ],
)
def test_bad_lipsync_requests(api: APIClient, owner: User, body: dict[str, Any], status: int, code: str) -> None:
    good = {"video_id": str(a_video(owner).pk), "audio_id": str(a_song(owner).pk)}
    answer = post(api, "mv/lipsync", {**good, **body})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (Job.objects.count(), Video.objects.count(), Audio.objects.count()) == (0, 1, 1)


@pytest.mark.parametrize("name", ["stitch-videos", "stitch_videos", "stitch_video", "merge_videos"])
def test_stitch_promises_a_video_under_all_its_names(api: APIClient, owner: User, name: str) -> None:
    ids = [str(a_video(owner).pk)] * 2
    body = {"video_ids": ids, "audio_overlay_id": "no-id", "transition": "cut"}
    params = Job.objects.get(pk=promised(post(api, f"mv/{name}", body), "video_id")["id"]).params
    assert (params["video_ids"], params["transition"]) == (ids, "cut")
    assert params["audio_overlay_warning"]


def test_stitch_of_missing_clips(api: APIClient, owner: User) -> None:
    here, foreign = str(a_video(owner).pk), str(a_video(stranger()).pk)
    for ids in ([here, UNKNOWN], [here, foreign]):
        answer = post(api, "mv/stitch-videos", {"video_ids": ids})
        assert (answer.status_code, answer.json()["code"]) == (404, "user:media:missing")
    promised(post(api, "mv/stitch-videos", {"video_ids": [here, UNKNOWN], "missing": "skip"}))
    assert post(api, "mv/stitch-videos", {"video_ids": [UNKNOWN], "missing": "skip"}).status_code == 404


def test_stitch_takes_clips_that_are_still_being_made(api: APIClient) -> None:
    clip = promised(post(api, "mv/generate_video", {"prompt": "x"}))["video_id"]
    promised(post(api, "mv/stitch-videos", {"video_ids": [clip]}), "video_id")


def test_stitch_takes_a_shape_and_what_fills_it(api: APIClient, owner: User) -> None:
    body = {"video_ids": [str(a_video(owner).pk)], "aspect_ratio": "4:5"}
    for fit in ("pad", "crop", "blur"):
        params = Job.objects.get(pk=promised(post(api, "mv/stitch-videos", body | {"aspect_fit": fit}))["id"]).params
        assert (params["aspect_ratio"], params["aspect_fit"]) == ("4:5", fit)
    for wrong in ({"aspect_fit": "stretch"}, {"aspect_ratio": "5:4"}):
        assert post(api, "mv/stitch-videos", body | wrong).status_code == 400


def test_stitch_for_a_project_becomes_its_finished_video(api: APIClient, owner: User) -> None:
    project = a_project(owner, scenes=2, takes=1, audio=a_song(owner))
    takes = [str(take.video_id) for scene in scenes_of(project) for take in scene.takes.all()]
    body = {"video_ids": takes, "audio_overlay_id": str(project.audio_id), "project_id": str(project.pk)}
    params = Job.objects.get(pk=promised(post(api, "mv/stitch-videos", body))["id"]).params
    assert params["final_of"] == {
        "takes": takes,
        "audio": str(project.audio_id),
        "cut_by": "clips",
        "target_duration": "clips",
    }


def test_an_id_that_no_database_keeps_is_taken_like_any_other_that_is_wrong(api: APIClient, owner: User) -> None:
    project = a_project(owner)
    body = {"video_ids": [str(a_video(owner).pk)], "audio_overlay_id": "a\0b", "project_id": str(project.pk)}
    params = Job.objects.get(pk=promised(post(api, "mv/stitch-videos", body))["id"]).params
    assert params["final_of"]["audio"] == "ab"


def test_trim_promises_a_cut(api: APIClient, owner: User) -> None:
    song = str(a_song(owner).pk)
    body = promised(post(api, "audio/trim", {"audio_id": song, "start_at": 3}), "audio_id")
    assert Job.objects.get(pk=body["id"]).params["start_ms"] == 3000
    assert post(api, "audio/trim", {"audio_id": song, "start_at": 20}).status_code == 400
    assert post(api, "audio/trim", {"audio_id": UNKNOWN}).status_code == 404


def test_same_key_starts_one_job(api: APIClient) -> None:
    first = post(api, "mv/create_scenes", SCENES, **{"Idempotency-Key": "once"})
    second = post(api, "mv/create_scenes", SCENES, **{"Idempotency-Key": "once"})
    assert first.json() == second.json()
    assert (second.status_code, second["Location"]) == (202, first["Location"])
    assert (second["Idempotent-Replayed"], Job.objects.count()) == ("true", 1)
    other = post(api, "mv/create_scenes", {**SCENES, "idea": "Another"}, **{"Idempotency-Key": "once"})
    assert (other.status_code, other.json()["code"]) == (422, "user:idempotency:mismatch")
    bad = post(api, "mv/create_scenes", SCENES, **{"Idempotency-Key": "x" * 256})
    assert (bad.status_code, bad.json()["code"]) == (400, "user:idempotency:malformed")


def test_other_body_under_the_same_key_is_refused_before_anything_is_fetched(api: APIClient) -> None:
    body = {"prompt": "x", "reference_image_url": "http://127.0.0.1/a.png"}
    answer = post(api, "mv/generate_video", {"prompt": "x"}, **{"Idempotency-Key": "k"})
    assert answer.status_code == 202
    other = post(api, "mv/generate_video", body, **{"Idempotency-Key": "k"})
    assert other.json()["code"] == "user:idempotency:mismatch"


def test_what_was_asked_for_is_logged_without_the_words(api: APIClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG", logger="mv.events"):
        body = promised(post(api, "mv/create_scenes", SCENES))
        promised(post(api, "mv/generate_video", {"prompt": "secret words"}))
    heard = {record.message: record.__dict__ for record in caplog.records}
    assert heard["scenes_request_received"]["job_id"] == body["id"]
    assert (heard["scenes_request_received"]["flavor"], heard["scenes_request_received"]["n"]) == ("default", 2)
    assert "secret words" not in str(heard["video_request_received"])
