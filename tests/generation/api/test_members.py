"""Members of a project: what its owner lets them see and do, who pays, and that it is written down."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from generation.api import waiting
from generation.models import Job, Member, Project
from generation.selectors import scenes_of
from mvsite.accounts.models import AuditEntry, User
from tests.support.people import accounts, browser, person, session
from tests.support.rows import a_project, a_song, a_take, a_video

pytestmark = pytest.mark.django_db


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
