"""Scenes over HTTP: inserted, edited, ordered, their takes chosen."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from assets.models import Video, VideoKind
from generation.api.answers import SceneSerializer, TakeSerializer
from generation.models import Event, Project, Scene, Take
from generation.selectors import scenes_of
from generation.services.storyboard import scene_restore, scene_trash
from mvsite.accounts.models import User
from tests.support.rows import a_portrait, a_project, a_song, a_take, stranger

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(owner: User) -> Project:
    return a_project(owner, scenes=3)


def order(project: Project) -> list[str]:
    return [scene.current.description if scene.current else "" for scene in scenes_of(project)]


def told(project: Project) -> Any:
    """Give the project as the feed told it last."""
    return Event.objects.filter(stream=project.pk, kind="project.changed").latest("number").data


def scene_at(project: Project, index: int) -> Scene:
    return scenes_of(project).get(index=index)


def test_scene_is_inserted_and_later_ones_move_up(api: APIClient, project: Project) -> None:
    body = {"project_id": str(project.pk), "index": 1, "description": "New"}
    answer = api.post("/api/mv/scenes/", body, format="json")
    assert (answer.status_code, answer.json()["index"], answer.json()["version"]) == (201, 1, 1)
    assert set(answer.json()) == set(SceneSerializer().fields)
    assert order(project) == ["Scene text 0", "New", "Scene text 1", "Scene text 2"]


def test_edit_makes_a_version_and_the_same_text_none(api: APIClient, project: Project) -> None:
    address = f"/api/mv/scenes/{scene_at(project, 0).pk}"
    for text in ("Better", "Better"):
        answer = api.patch(address, {"description": text, "negative_description": "rain"}, format="json")
        assert (answer.status_code, answer.json()["version"]) == (200, 2)
    versions = api.get(f"{address}/versions").json()["results"]
    assert sorted((version["number"], version["description"]) for version in versions) == [
        (1, "Scene text 0"),
        (2, "Better"),
    ]
    newest = max(versions, key=lambda version: version["number"])
    assert api.get(address).json()["version_at"] == newest["created_at"]
    assert api.patch(address, {"description": ""}, format="json").status_code == 400


def test_take_is_chosen_by_its_video(api: APIClient, project: Project) -> None:
    scene = scene_at(project, 0)
    first, second = a_take(scene, number=1), a_take(scene, number=2)
    address = f"/api/mv/scenes/{scene.pk}"
    found = api.get(address).json()
    assert found["selected_video_id"] == str(second.video_id)
    assert set(found["takes"][0]) == set(TakeSerializer().fields)
    answer = api.post(f"{address}/select_take", {"video_id": str(first.video_id)}, format="json")
    assert answer.json()["selected_video_id"] == str(first.video_id)
    assert api.post(f"{address}/select_take", {"video_id": str(uuid.uuid4())}, format="json").status_code == 404


def test_split_puts_a_copy_behind(api: APIClient, project: Project) -> None:
    answer = api.post(f"/api/mv/scenes/{scene_at(project, 1).pk}/split")
    assert (answer.status_code, answer.json()["index"]) == (201, 2)
    assert order(project) == ["Scene text 0", "Scene text 1", "Scene text 1", "Scene text 2"]


def test_scenes_are_reordered_all_or_one(api: APIClient, project: Project) -> None:
    ids = [str(scene.pk) for scene in scenes_of(project)]
    body = {"project_id": str(project.pk), "scene_ids": ids[::-1]}
    assert api.post("/api/mv/scenes/reorder", body, format="json").status_code == 204
    assert order(project) == ["Scene text 2", "Scene text 1", "Scene text 0"]
    answer = api.post(f"/api/mv/scenes/{ids[0]}/reorder/", {"index": 0}, format="json")
    assert (answer.status_code, answer.json()["index"]) == (200, 0)
    assert order(project) == ["Scene text 0", "Scene text 2", "Scene text 1"]
    incomplete = {"project_id": str(project.pk), "scene_ids": ids[:2]}
    assert api.post("/api/mv/scenes/reorder", incomplete, format="json").status_code == 400


def test_trashed_scene_leaves_and_comes_back_to_its_place(api: APIClient, project: Project) -> None:
    address = f"/api/mv/scenes/{scene_at(project, 1).pk}"
    assert api.delete(address).status_code == 204
    assert api.get(address).status_code == 404
    assert order(project) == ["Scene text 0", "Scene text 2"]
    assert api.post(f"{address}/restore").json()["index"] == 1
    assert order(project) == ["Scene text 0", "Scene text 1", "Scene text 2"]


def test_the_trash_says_what_was_removed_and_when_newest_first(api: APIClient, owner: User, project: Project) -> None:
    path = f"/api/mv/scenes/?project={project.pk}&trashed=true&ordering=-trashed_at"
    a_project(owner, scenes=1)
    assert api.get(f"/api/mv/projects/{project.pk}").json()["trashed_scenes"] == 0
    for scene in (scene_at(project, 2), scene_at(project, 1)):  # what went last was made first
        assert api.delete(f"/api/mv/scenes/{scene.pk}").status_code == 204
    rows = api.get(path).json()["results"]
    assert [(row["description"], row["index"], row["trashed"]) for row in rows] == [
        ("Scene text 1", 1, True),
        ("Scene text 2", 2, True),
    ]
    when = [datetime.fromisoformat(row["trashed_at"]) for row in rows]
    assert timezone.now() - timedelta(minutes=1) < when[1] < when[0] <= timezone.now()
    assert api.get(f"/api/mv/projects/{project.pk}").json()["trashed_scenes"] == 2
    assert told(project)["trashed_scenes"] == 2
    back = api.post(f"/api/mv/scenes/{rows[0]['id']}/restore").json()
    assert (back["trashed"], back["trashed_at"]) == (False, None)
    assert [row["id"] for row in api.get(path).json()["results"]] == [rows[1]["id"]]
    assert told(project)["trashed_scenes"] == 1


def test_a_scene_that_was_taken_back_meanwhile_keeps_its_number(project: Project) -> None:
    removed = scene_trash(scene=scene_at(project, 1))
    late = Scene.objects.get(pk=removed.pk)
    scene_restore(scene=removed)
    scene_restore(scene=late)
    assert [scene.index for scene in scenes_of(project)] == [0, 1, 2]
    assert order(project) == ["Scene text 0", "Scene text 1", "Scene text 2"]


def test_list_is_narrowed_to_a_project(api: APIClient, owner: User, project: Project) -> None:
    a_project(owner, scenes=2)
    rows = api.get(f"/api/mv/scenes/?project={project.pk}&ordering=index").json()["results"]
    assert [row["index"] for row in rows] == [0, 1, 2]
    assert api.get("/api/mv/scenes/?project=x").status_code == 400


def test_scene_of_a_foreign_project_is_not_made(api: APIClient) -> None:
    body = {"project_id": str(a_project(stranger()).pk)}
    assert api.post("/api/mv/scenes/", body, format="json").status_code == 404


def test_regenerate_starts_one_writing_at_a_time(api: APIClient, project: Project) -> None:
    address = f"/api/mv/scenes/{scene_at(project, 0).pk}/regenerate"
    answer = api.post(address)
    assert (answer.status_code, answer.json()["kind"]) == (202, "scenes")
    assert answer.json()["generation_id"]
    again = api.post(address)
    assert (again.status_code, again.json()["code"]) == (409, "user:scene:busy")


def test_a_take_names_what_has_changed_since_it_was_made(api: APIClient, owner: User) -> None:
    project = a_project(owner, scenes=1, takes=1, character_reference=a_portrait(owner), audio=a_song(owner))
    take = Take.objects.get()

    def reasons(**facts: Any) -> Any:
        Video.objects.filter(pk=take.video_id).update(**facts)
        found = api.get(f"/api/mv/projects/{project.pk}").json()["scenes"][0]["takes"][0]
        assert found["stale"] is bool(found["stale_reasons"])
        return found["stale_reasons"]

    portrait, song = str(project.character_reference_id), str(project.audio_id)
    assert reasons() == []
    assert reasons(metadata={"character_reference_id": portrait}) == []
    assert reasons(metadata={"character_reference_id": None}) == ["portrait"]
    sung = {"character_reference_id": portrait, "audio_id": song}
    assert reasons(kind=VideoKind.LIPSYNC, metadata=sung) == []
    assert reasons(metadata={**sung, "audio_id": str(uuid.uuid4())}) == ["song"]
    api.patch(f"/api/mv/scenes/{take.scene_id}", {"description": "Other words"}, format="json")
    assert reasons(metadata=sung) == ["text"]
    api.patch(f"/api/mv/scenes/{take.scene_id}", {"description": "Scene text 0"}, format="json")
    assert reasons(metadata=sung) == []  # taken back: another version of the same words
