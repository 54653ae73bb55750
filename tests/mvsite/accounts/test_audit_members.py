"""What members see of somebody else's project, and change there, is in the audit log."""

import json
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from flavors.models import ConfigFlavor
from flavors.services import flavors_sync
from generation.api import finding
from generation.models import Job, Member, MemberRole, Project
from generation.selectors import scenes_of
from mvsite.accounts.models import ApiToken, AuditEntry, User
from tests.support.people import accounts, browser, person, program, session
from tests.support.rows import a_job, a_project

pytestmark = pytest.mark.django_db
IN_IT = {"project_id": "{project}"}


class World:
    """A project of Ada's with scenes and a job, and Ben, who may look at it."""

    def __init__(self) -> None:
        self.ada, self.ben = person("ada"), person("ben")
        self.project: Project = a_project(self.ada, scenes=2, takes=1)
        self.scene, self.other = reversed(scenes_of(self.project))
        self.job: Job = a_job(self.ada, project=self.project, scene=self.scene)
        Member.objects.create(project=self.project, user=self.ben, role=MemberRole.VIEW)

    def asks(self, method: str, path: str, body: Any, **words: Any) -> Any:
        """Let Ben edit, and ask as he; ids in path and body are put in by name."""
        Member.objects.update(role=MemberRole.EDIT)
        ids = {name: str(getattr(self, name).pk) for name in ("project", "scene", "other", "job")}
        asked = json.dumps(body)
        for name, known in ids.items():
            asked = asked.replace(f"{{{name}}}", known)
        client = session(self.ben)
        client.raise_request_exception = False
        return getattr(client, method)(path.format(**ids), json.loads(asked), format="json", **words)


@pytest.fixture
def world(settings: Settings) -> World:
    accounts(settings)
    return World()


def told(person: User) -> list[tuple[str, str, str]]:
    rows = AuditEntry.objects.filter(by_id=person.pk).order_by("at")
    return list(rows.values_list("action", "object_id", "via"))


@pytest.mark.parametrize("path", ["projects", "scenes", "jobs"])
def test_a_list_names_each_project_of_others_once_an_hour(world: World, path: str) -> None:
    other = a_project(world.ada, scenes=1)
    a_job(world.ada, project=other, scene=scenes_of(other)[0])
    Member.objects.create(project=other, user=world.ben, role=MemberRole.EDIT)
    client = session(world.ben)
    for _ in range(3):
        assert client.get(f"/api/mv/{path}/").json()["results"]
    seen = [("project.looked_at", str(row.pk), "member") for row in (world.project, other)]
    assert told(world.ben) == seen
    client.get(f"/api/mv/projects/{other.pk}/")
    assert told(world.ben) == seen
    assert {row.owner_id for row in AuditEntry.objects.filter(by_id=world.ben.pk)} == {world.ada.pk}


def test_a_list_names_what_its_page_shows(world: World) -> None:
    newest = a_project(world.ada)
    Member.objects.create(project=newest, user=world.ben, role=MemberRole.VIEW)
    session(world.ben).get("/api/mv/projects/?page_size=1")
    assert told(world.ben) == [("project.looked_at", str(newest.pk), "member")]


@pytest.mark.parametrize("path", ["/studio/{project}/", "/quick-gen-page/?project={project}", "/"])
def test_pages_name_the_project(world: World, path: str) -> None:
    page = browser(world.ben).get(path.format(project=world.project.pk), follow=True)
    assert page.status_code == 200
    assert told(world.ben) == [("project.looked_at", str(world.project.pk), "member")]


def test_a_jobs_page_names_the_job(world: World) -> None:
    assert browser(world.ben).get(f"/result/job_{world.job.pk}/").status_code == 200
    assert told(world.ben) == [("job.looked_at", str(world.job.pk), "member")]


def test_a_preview_names_the_project(world: World) -> None:
    flavors_sync()
    flavor = ConfigFlavor.objects.get(name="mv1")
    answer = session(world.ben).get(f"/api/mv/flavors/{flavor.pk}/preview?project_id={world.project.pk}")
    assert answer.status_code == 200
    assert told(world.ben) == [("project.looked_at", str(world.project.pk), "member")]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("patch", "/api/mv/projects/{project}/", {"nonsense": 1}, 400),
        ("delete", "/api/mv/projects/{project}/", None, 403),
        ("post", "/api/mv/projects/{project}/restore/", {}, 403),
        ("post", "/api/mv/projects/{project}/run/", {}, 400),
        ("patch", "/api/mv/scenes/{scene}/", {"nonsense": 1}, 400),
        ("post", "/api/mv/scenes/{scene}/select_take/", {"video_id": str(uuid.UUID(int=1))}, 404),
        ("post", "/api/mv/jobs/{job}/retry/", {}, 409),
        ("post", "/api/mv/scenes/", {**IN_IT, "nonsense": 1}, 400),
        ("post", "/api/mv/create_scenes", {**IN_IT, "number_of_scenes": 999}, 400),
        ("post", "/api/mv/generate_video", {"scene_id": "{scene}", "duration": 999}, 400),
    ],
)
def test_what_is_refused_is_no_change(world: World, method: str, path: str, body: Any, status: int) -> None:
    answer = world.asks(method, path, body)
    assert (answer.status_code, told(world.ben)) == (status, [])


@pytest.mark.parametrize(
    ("asked", "status", "kind"),
    [
        (("patch", "/api/mv/projects/{project}/", {"title": "Calm"}), 200, "project"),
        (("post", "/api/mv/projects/{project}/stitch/", {}), 202, "project"),
        (("post", "/api/mv/scenes/", {**IN_IT, "description": "A cat."}), 201, "project"),
        (("post", "/api/mv/create_scenes", {**IN_IT, "idea": "A cat."}), 202, "project"),
        (("post", "/api/mv/scenes/reorder/", {**IN_IT, "scene_ids": ["{scene}", "{other}"]}), 204, "project"),
        (("patch", "/api/mv/scenes/{scene}/", {"description": "A cat."}), 200, "scene"),
        (("delete", "/api/mv/scenes/{scene}/", None), 204, "scene"),
        (("post", "/api/mv/scenes/{scene}/split/", {}), 201, "scene"),
        (("post", "/api/mv/scenes/{scene}/reorder/", {"index": 1}), 200, "scene"),
        (("post", "/api/mv/scenes/{scene}/regenerate/", {}), 202, "scene"),
        (("post", "/api/mv/generate_video", {"scene_id": "{scene}"}), 202, "scene"),
        (("post", "/api/mv/jobs/{job}/cancel/", {}), 200, "job"),
    ],
)
def test_what_an_editor_does_is_a_change(world: World, asked: tuple[str, str, Any], status: int, kind: str) -> None:
    answer = world.asks(*asked)
    about = {"project": world.project, "scene": world.scene, "job": world.job}[kind]
    assert (answer.status_code, told(world.ben)) == (status, [(f"{kind}.changed", str(about.pk), "member")])


def test_a_repeat_of_the_same_request_is_no_second_change(world: World) -> None:
    for _ in range(2):
        world.asks("post", "/api/mv/scenes/{scene}/split/", {}, headers={"Idempotency-Key": "one"})
    assert told(world.ben) == [("scene.changed", str(world.scene.pk), "member")]


def test_a_change_that_cannot_be_told_is_not_made(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(finding, "audit", broken)
    for method, path, body in (
        ("patch", "/api/mv/projects/{project}/", {"title": "Calm"}),
        ("delete", "/api/mv/scenes/{scene}/", None),
        ("post", "/api/mv/generate_video", {"scene_id": "{scene}"}),
    ):
        world.asks(method, path, body)
    world.project.refresh_from_db()
    world.scene.refresh_from_db()
    assert (world.project.title == "Calm", world.scene.trashed_at, Job.objects.count()) == (False, None, 1)


def test_who_lets_people_in_and_out_is_told_with_where_and_how(world: World) -> None:
    path, cid = f"/api/mv/projects/{world.project.pk}/members/", person("cid")
    where: dict[str, Any] = {"REMOTE_ADDR": "192.0.2.9"}
    token = program(world.ada)
    token.post(path, {"username": "cid", "role": "edit"}, format="json", **where)
    session(world.ada).delete(f"{path}{cid.pk}/", **where)
    session(world.ben).delete(f"{path}{world.ben.pk}/", **where)
    rows = list(AuditEntry.objects.filter(action__startswith="member.").order_by("at"))
    assert [(row.action, row.by_name, row.via) for row in rows] == [
        ("member.set", "ada", str(ApiToken.objects.get())),
        ("member.removed", "ada", ""),
        ("member.removed", "ben", "member"),
    ]
    assert {(row.address, bool(row.request_id), row.object_id) for row in rows} == {
        ("192.0.2.9", True, str(world.project.pk))
    }
    assert {row.detail["path"] for row in rows} == {path, f"{path}{cid.pk}/", f"{path}{world.ben.pk}/"}


def test_what_is_ones_own_is_not_noted_and_asks_nothing_more(world: World) -> None:
    client = session(world.ada)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            for path in ("projects", "scenes", "jobs"):
                assert client.get(f"/api/mv/{path}/").status_code == 200
        counts.append([query["sql"] for query in asked if "audit" in query["sql"]])
        a_job(world.ada, project=a_project(world.ada, scenes=1))
    browser(world.ada).get(f"/studio/{world.project.pk}/")
    browser(world.ada).get(f"/result/job_{world.job.pk}/")
    assert counts == [[], []]
    assert told(world.ada) == []


def test_a_list_of_others_asks_as_much_for_many_as_for_one(world: World) -> None:
    client, counts = session(world.ben), []
    for more in (0, 5):
        for _ in range(more):
            project = a_project(world.ada)
            Member.objects.create(project=project, user=world.ben, role=MemberRole.VIEW)
        client.get("/api/mv/projects/")  # notes them; the next hour asks nothing
        with CaptureQueriesContext(connection) as asked:
            assert len(client.get("/api/mv/projects/").json()["results"]) == 1 + more
        counts.append(len(asked))
    assert counts[0] == counts[1], counts
