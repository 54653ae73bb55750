"""Projects over HTTP: made, read, changed, thrown away, brought back."""

import uuid
from typing import Any

import pytest
from rest_framework.test import APIClient

from generation.api.answers import ProjectSerializer, SnapshotSerializer
from generation.models import Project
from mvsite.accounts.models import User
from tests.support.rows import a_portrait, a_project, a_song, stranger

pytestmark = pytest.mark.django_db


def test_project_is_made_with_what_is_known(api: APIClient, owner: User) -> None:
    song, portrait = a_song(owner), a_portrait(owner)
    body = {
        "idea": "A storm",
        "character_reference_id": str(portrait.pk),
        "audio_id": str(song.pk),
        "number_of_scenes": 4,
        "target_duration": "32",
        "tags": ["storm"],
    }
    answer = api.post("/api/mv/projects/", body, format="json")
    assert answer.status_code == 201
    assert {**body, "character_description": "", "final_video_id": None}.items() <= answer.json().items()
    assert set(answer.json()) == set(ProjectSerializer().fields)


def test_empty_project_is_a_project(api: APIClient) -> None:
    assert api.post("/api/mv/projects", {}, format="json").status_code == 201


def test_snapshot_has_scenes_takes_and_cursor(api: APIClient, owner: User) -> None:
    project = a_project(owner, scenes=2, takes=1)
    found = api.get(f"/api/mv/projects/{project.pk}").json()
    assert set(found) == set(SnapshotSerializer().fields)
    assert [scene["index"] for scene in found["scenes"]] == [0, 1]
    assert found["scenes"][0]["takes"][0]["video_id"] == found["scenes"][0]["selected_video_id"]
    events = api.get(f"/api/mv/projects/{project.pk}/events").json()
    assert found["cursor"] == events["cursor"] == events["events"][-1]["id"]


def test_patch_changes_what_is_named_and_null_empties(api: APIClient, owner: User) -> None:
    project = a_project(owner, number_of_scenes=3)
    body = {"title": "New", "number_of_scenes": None, "idea": None, "favourite": True}
    answer = api.patch(f"/api/mv/projects/{project.pk}/", body, format="json")
    assert answer.status_code == 200
    assert {"title": "New", "number_of_scenes": None, "idea": "", "favourite": True}.items() <= answer.json().items()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"number_of_scenes": 61}, "#/number_of_scenes"),
        ({"mode": "film"}, "#/mode"),
        ({"cut_by": None}, "#/cut_by"),
        ({"target_duration": "long"}, "#/target_duration"),
        ({"audio_id": "song"}, "#/audio_id"),
        ({"name": "x"}, "#/name"),
        ({"tags": "x"}, "#/tags"),
        ({"title": "x" * 201}, "#/title"),
        ([], "#"),
    ],
)
def test_bad_project_is_refused(api: APIClient, owner: User, body: Any, pointer: str) -> None:
    for answer in (
        api.post("/api/mv/projects/", body, format="json"),
        api.patch(f"/api/mv/projects/{a_project(owner).pk}", body, format="json"),
    ):
        assert answer.status_code == 400
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize("field", ["audio_id", "character_reference_id", "product_image_id"])
def test_unknown_and_foreign_ids_in_a_body_are_404(api: APIClient, owner: User, field: str) -> None:
    foreign = a_song(stranger()) if field == "audio_id" else a_portrait(stranger())
    project = a_project(owner)
    for wrong in (foreign.pk, uuid.uuid4()):
        answer = api.patch(f"/api/mv/projects/{project.pk}", {field: str(wrong)}, format="json")
        assert (answer.status_code, answer.json()["code"]) == (404, "user:media:missing")
    project.refresh_from_db()
    assert project.audio_id is project.character_reference_id is None


def test_trash_is_404_until_restored(api: APIClient, owner: User) -> None:
    address = f"/api/mv/projects/{a_project(owner).pk}"
    assert api.delete(address).status_code == 204
    assert api.get(address).status_code == 404
    assert api.get(f"{address}/events").status_code == 404
    assert api.patch(address, {"title": "x"}, format="json").status_code == 404
    assert api.get("/api/mv/projects/").json()["results"] == []
    assert len(api.get("/api/mv/projects/?trashed=true").json()["results"]) == 1
    assert api.post(f"{address}/restore/").status_code == 200
    assert api.get(address).status_code == 200


def test_list_filters_searches_orders_and_pages(api: APIClient, owner: User) -> None:
    for title in ("Alpha", "Beta", "Gamma"):
        a_project(owner, title=title, favourite=title == "Beta")

    def titles(query: str) -> list[str]:
        return [row["title"] for row in api.get(f"/api/mv/projects/?{query}").json()["results"]]

    assert titles("") == ["Gamma", "Beta", "Alpha"]
    assert titles("favourite=true") == ["Beta"]
    assert titles("search=alph") == ["Alpha"]
    assert titles("ordering=title") == ["Alpha", "Beta", "Gamma"]
    first = api.get("/api/mv/projects/?page_size=2").json()
    assert [len(first["results"]), first["previous"]] == [2, None]
    assert [row["title"] for row in api.get(first["next"]).json()["results"]] == ["Alpha"]
    assert api.get("/api/mv/projects/?mode=film").status_code == 400


def test_run_of_an_incomplete_project_says_what_is_missing(api: APIClient, owner: User) -> None:
    project = a_project(owner, idea="")
    answer = api.post(f"/api/mv/projects/{project.pk}/run", {}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "user:project:incomplete")
    assert answer.json()["missing"] == ["idea", "character"]


def test_run_answers_202_with_the_job(api: APIClient, owner: User) -> None:
    project = a_project(owner, character_description="A singer")
    answer = api.post(f"/api/mv/projects/{project.pk}/run")
    assert (answer.status_code, answer.json()["kind"]) == (202, "run")
    assert answer["Location"] == f"/api/mv/jobs/{answer.json()['id']}"
    again = api.post(f"/api/mv/projects/{project.pk}/run")
    assert again.json()["id"] == answer.json()["id"]


def test_stitch_of_a_project_without_clips_says_so(api: APIClient, owner: User) -> None:
    answer = api.post(f"/api/mv/projects/{a_project(owner, scenes=1).pk}/stitch")
    assert (answer.status_code, answer.json()["code"]) == (409, "user:project:nothing_to_stitch")


def test_same_key_makes_one_project(api: APIClient) -> None:
    first, second = (
        api.post("/api/mv/projects/", {"title": "Once"}, format="json", headers={"Idempotency-Key": "key-1"})
        for _ in range(2)
    )
    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert Project.objects.count() == 1
