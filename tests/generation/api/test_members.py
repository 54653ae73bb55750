"""Members of a project: what its owner lets them see and do, who pays, and that it is written down."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from generation import events
from generation.api import feed, waiting
from generation.choices import JobKind, JobState
from generation.jobs.ending import end
from generation.models import Job, Member, Project, Scene
from generation.selectors import scenes_of
from generation.services.scenes import scene_edit
from generation.services.storyboard import scene_add, scene_restore, scene_trash
from generation.services.takes import take_add
from mvsite.accounts.models import AuditEntry, User
from tests.support.people import accounts, browser, person, session
from tests.support.rows import a_job, a_project, a_song, a_take, a_video

pytestmark = pytest.mark.django_db
SECRET = "Words of a removed scene"


@pytest.fixture(autouse=True)
def with_accounts(settings: Settings) -> None:
    accounts(settings)


@pytest.fixture
def ada() -> User:
    return person("ada")


@pytest.fixture
def ben() -> User:
    return person("ben")


@pytest.fixture
def project(ada: User) -> Project:
    return a_project(ada, title="Storm", scenes=2)


def let_in(ada: User, project: Project, role: str, name: str = "ben") -> Any:
    path = f"/api/mv/projects/{project.pk}/members/"
    return session(ada).post(path, {"username": name, "role": role}, format="json")


def test_an_owner_lets_somebody_in_and_out_again(ada: User, ben: User, project: Project) -> None:
    path = f"/api/mv/projects/{project.pk}"
    assert session(ben).get(path).status_code == 404
    told = let_in(ada, project, "view").json()
    assert [(each["username"], each["role"]) for each in told] == [("ada", "owner"), ("ben", "view")]
    assert session(ben).get(path).json()["title"] == "Storm"
    assert let_in(ada, project, "edit").json()[1]["role"] == "edit"
    assert Member.objects.count() == 1
    assert session(ada).delete(f"{path}/members/{ben.pk}/").status_code == 204
    assert session(ben).get(path).status_code == 404
    assert session(ada).delete(f"{path}/members/{ben.pk}/").status_code == 404


@pytest.mark.parametrize("name", ["nobody", "ada", "off"])
def test_only_other_people_who_are_there_become_members(ada: User, project: Project, name: str) -> None:
    person("off", is_active=False)
    answer = let_in(ada, project, "view", name)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "#/username")


def test_a_member_may_leave_but_throw_nobody_out(ada: User, ben: User, project: Project) -> None:
    cleo = person("cleo")
    let_in(ada, project, "view")
    let_in(ada, project, "edit", "cleo")
    path = f"/api/mv/projects/{project.pk}/members"
    assert session(cleo).delete(f"{path}/{ben.pk}/").status_code == 403
    assert session(ben).delete(f"{path}/{ben.pk}/").status_code == 204
    assert [row.user for row in Member.objects.all()] == [cleo]


def test_who_may_look_sees_scenes_jobs_films_and_pages_and_nothing_else(ada: User, ben: User, project: Project) -> None:
    scene = scenes_of(project)[0]
    film, song, private = a_take(scene).video, a_song(ada), a_video(ada)
    project.audio = song
    project.save()
    let_in(ada, project, "view")
    client = session(ben)
    assert [row["id"] for row in client.get("/api/mv/projects/").json()["results"]] == [str(project.pk)]
    assert client.get(f"/api/mv/scenes/?project={project.pk}").json()["results"][0]["project_id"] == str(project.pk)
    assert client.get(f"/api/mv/get_video/{film.pk}/info").status_code == 200
    assert client.get(f"/api/audio/get/{song.pk}/info").status_code == 200
    assert client.get(f"/api/mv/get_video/{private.pk}/info").status_code == 404
    assert client.get("/api/mv/videos/").json()["results"] == []
    assert browser(ben).get(f"/studio/{project.pk}/").status_code == 200
    refused = client.patch(f"/api/mv/projects/{project.pk}/", {"title": "Mine"}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (403, "user:auth:forbidden")
    body = {"scene_id": str(scene.pk)}
    assert client.post("/api/mv/generate_video", body, format="json").status_code == 403
    assert client.post("/api/mv/shares/", {"project_id": str(project.pk)}, format="json").status_code == 404
    assert Job.objects.count() == 0


def test_what_an_editor_starts_is_the_owners(ada: User, ben: User, project: Project) -> None:
    let_in(ada, project, "edit")
    scene = scenes_of(project)[0]
    answer = session(ben).post("/api/mv/generate_video", {"scene_id": str(scene.pk)}, format="json")
    assert answer.status_code == 202
    job = Job.objects.get()
    assert (job.owner, job.estimated_cost_usd) == (ada, Decimal(0))
    assert session(ben).get(f"/api/mv/jobs/{job.pk}").status_code == 200
    waits = session(ben).get(f"/api/mv/get_video/{answer.json()['video_id']}")
    assert (waits.status_code, waits.json()["code"]) == (409, "user:media:not_ready")
    assert session(person("dan")).get(f"/api/mv/get_video/{answer.json()['video_id']}").status_code == 404


def test_removed_scenes_are_for_who_may_take_them_back(ada: User, ben: User, project: Project) -> None:
    gone = scenes_of(project)[0]
    assert session(ada).delete(f"/api/mv/scenes/{gone.pk}").status_code == 204
    trash, restore = f"/api/mv/scenes/?project={project.pk}&trashed=true", f"/api/mv/scenes/{gone.pk}/restore"
    for role, rows, status in (("view", [], 403), ("edit", [str(gone.pk)], 200)):
        let_in(ada, project, role)
        assert [row["id"] for row in session(ben).get(trash).json()["results"]] == rows
        assert session(ben).post(restore).status_code == status
    assert session(person("dan")).get(trash).json()["results"] == []
    assert scenes_of(project)[0] == gone


@pytest.fixture
def removed(ada: User, project: Project) -> tuple[Scene, Job, str]:
    """Remove a scene that has a take, made by a job, after a writing of all scenes; returns the id of its film."""
    scene, kept = scenes_of(project)
    film = str(take_add(scene_id=scene.pk, video=a_video(ada), version_id=None).video_id)
    writing, job = a_job(ada, project=project, kind=JobKind.SCENES), a_job(ada, project=project, scene=scene)
    drafts = [{"index": each.index, "description": f"{each.current}"} for each in (scene, kept)]
    told = {"job_id": str(writing.pk), "scene_id": None, "scenes": [{**each, "description": SECRET} for each in drafts]}
    with transaction.atomic():
        scene_edit(scene=scene, description=SECRET)
        events.record("scenes.drafted", stream=project.pk, data=told, job=writing)
        written = [{"id": str(scene.pk), "description": SECRET}, {"id": str(kept.pk), "description": "Kept words"}]
        end(writing, JobState.SUCCEEDED, result={"scenes": written})
        end(job, JobState.SUCCEEDED, result={"video_id": film})
    scene_trash(scene=scene)
    return scene, job, film


def feed_of(person: User, path: str, after: int = 0, seen: str = "") -> Any:
    return session(person).get(f"/api/mv/{path}/events?after={after}", headers={"If-None-Match": seen})


def test_who_may_look_hears_of_removed_scenes_only_that_they_are(
    ada: User, ben: User, project: Project, removed: tuple[Scene, Job, str]
) -> None:
    scene, job, film = removed
    path = f"projects/{project.pk}"
    hers = feed_of(ada, path).json()
    for role, is_told in (("view", False), ("edit", True)):
        let_in(ada, project, role)
        feed, page = feed_of(ben, path), browser(ben).get(f"/studio/{project.pk}/").content.decode()
        for word in (SECRET, film):
            assert (word in feed.content.decode()) == is_told
        assert (film in page) == is_told
        assert "Kept words" in feed.content.decode()
        assert feed.json()["cursor"] == hers["cursor"]
        assert [each["id"] for each in feed.json()["events"]] == [each["id"] for each in hers["events"]]
        for address in (f"/api/mv/get_video/{film}/info", f"/api/mv/jobs/{job.pk}", f"/api/mv/jobs/{job.pk}/events"):
            assert session(ben).get(address).status_code == (200 if is_told else 404)
        assert browser(ben).get(f"/result/job_{job.pk}/").status_code == (200 if is_told else 404)
        jobs = {each["id"] for each in session(ben).get("/api/mv/jobs/").json()["results"]}
        assert (str(job.pk) in jobs) == is_told
    assert feed.json() == hers
    told = [each["data"] for each in hers["events"] if each["data"].get("id") == str(scene.pk)]
    assert [each["trashed"] for each in told] == [False, False, False, True]


def test_a_scene_that_is_removed_while_one_looks_is_told_so_and_comes_back(
    ada: User, ben: User, project: Project
) -> None:
    let_in(ada, project, "view")
    scene, path = scenes_of(project)[0], f"projects/{project.pk}"
    scene_edit(scene=scene, description=SECRET)
    seen = feed_of(ben, path)
    assert SECRET in seen.content.decode()
    assert feed_of(ben, path, seen=seen["ETag"]).status_code == 304
    cursor = seen.json()["cursor"]
    for act, is_trashed in ((scene_trash, True), (scene_restore, False)):
        act(scene=scene)
        news = feed_of(ben, path, cursor)
        told = [each["data"] for each in news.json()["events"] if each["kind"] == "scene.changed"]
        assert [(each["id"], each["trashed"]) for each in told] == [(str(scene.pk), is_trashed)]
        assert (SECRET in news.content.decode()) != is_trashed
        again = feed_of(ben, path, seen=seen["ETag"])
        assert (again.status_code, SECRET in again.content.decode()) == (200, not is_trashed)
        cursor = news.json()["cursor"]


def test_the_tag_of_a_full_page_of_the_feed_changes_when_a_scene_of_it_is_removed(
    ada: User, ben: User, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_in(ada, project, "view")
    monkeypatch.setattr(feed, "PAGE", 1)
    path = f"projects/{project.pk}"
    first, hers = feed_of(ben, path, 1), feed_of(ada, path, 1)
    scene_trash(scene=Scene.objects.get(pk=first.json()["events"][0]["data"]["id"]))
    again = feed_of(ben, path, 1, first["ETag"])
    assert (again.status_code, again.json()["cursor"]) == (200, first.json()["cursor"])
    assert again.json()["events"][0]["data"]["description"] == ""
    assert feed_of(ada, path, 1, hers["ETag"]).status_code == 304


def test_a_film_of_a_removed_scene_still_plays(
    ada: User, ben: User, project: Project, removed: tuple[Scene, Job, str]
) -> None:
    let_in(ada, project, "view")
    film = a_video(ada)
    Project.objects.update(final_video=film)
    assert session(ben).get(f"/api/mv/get_video/{film.pk}/info").status_code == 200


def test_a_feed_asks_as_much_for_many_events_as_for_few(
    ada: User, ben: User, project: Project, removed: tuple[Scene, Job, str]
) -> None:
    let_in(ada, project, "view")
    counts = []
    for _ in range(2):
        feed_of(ben, f"projects/{project.pk}")
        with CaptureQueriesContext(connection) as asked:
            feed_of(ben, f"projects/{project.pk}")
        counts.append(len(asked))
        for number in range(5):
            scene_trash(scene=scene_add(project=project, description=f"More {number}"))
    assert counts[0] == counts[1]


def test_what_is_being_written_is_told_to_who_may_look(ada: User, ben: User, project: Project) -> None:
    let_in(ada, project, "view")
    writing = a_job(ada, project=project, kind=JobKind.SCENES)
    told = {"job_id": str(writing.pk), "scene_id": None, "scenes": [{"index": 0, "description": SECRET}]}
    with transaction.atomic():
        events.record("scenes.drafted", stream=project.pk, data=told, job=writing)
    assert SECRET in feed_of(ben, f"projects/{project.pk}").content.decode()
    assert SECRET in feed_of(ben, f"jobs/{writing.pk}").content.decode()


def test_a_project_in_the_trash_lets_members_in_no_longer(ada: User, ben: User, project: Project) -> None:
    let_in(ada, project, "edit")
    assert session(ada).delete(f"/api/mv/projects/{project.pk}").status_code == 204
    assert session(ben).get(f"/api/mv/projects/{project.pk}").status_code == 404
    assert session(ben).get(f"/api/mv/scenes/{scenes_of(project)[0].pk}").status_code == 404


@pytest.mark.parametrize("loses", ["the membership", "the project", "the job"])
def test_who_may_look_no_longer_when_a_wait_ends_finds_nothing(
    ada: User, ben: User, project: Project, monkeypatch: pytest.MonkeyPatch, loses: str
) -> None:
    let_in(ada, project, "edit")

    def watched(job_id: str, _seconds: float) -> bool:
        if loses == "the membership":
            Member.objects.all().delete()
        elif loses == "the project":
            Project.objects.update(trashed_at=timezone.now())
        else:
            Job.objects.filter(pk=job_id).delete()
        return True

    monkeypatch.setattr(waiting, "_watch", watched)
    body, prefer = {"scene_id": str(scenes_of(project)[0].pk)}, {"Prefer": "wait=5"}
    answer = session(ben).post("/api/mv/generate_video", body, format="json", headers=prefer)
    assert (answer.status_code, answer.json()["code"]) == (404, "user:request:not_found")


def test_what_members_do_is_written_down(ada: User, ben: User, project: Project) -> None:
    let_in(ada, project, "edit")
    client = session(ben)
    for _ in range(3):
        client.get(f"/api/mv/projects/{project.pk}")
    client.patch(f"/api/mv/projects/{project.pk}", {"title": "Calm"}, format="json")
    session(ada).get(f"/api/mv/projects/{project.pk}")
    rows = AuditEntry.objects.filter(object_id=str(project.pk)).order_by("at")
    told = [(row.action, row.by_name, row.owner_id == ada.pk) for row in rows]
    assert told == [
        ("member.set", "ada", True),
        ("project.looked_at", "ben", True),
        ("project.changed", "ben", True),
    ]
