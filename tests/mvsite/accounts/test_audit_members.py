"""What members see of somebody else's project is in the audit log, whichever list or page shows it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from flavors.models import ConfigFlavor
from flavors.services import flavors_sync
from generation.models import Job, Member, MemberRole, Project
from mvsite.accounts.models import AuditEntry, User
from tests.support.people import accounts, browser, person, session
from tests.support.rows import a_job, a_project

pytestmark = pytest.mark.django_db


class World:
    """A project of Ada's with scenes and a job, and Ben, who may look at it."""

    def __init__(self) -> None:
        self.ada, self.ben = person("ada"), person("ben")
        self.project: Project = a_project(self.ada, scenes=2, takes=1)
        self.job: Job = a_job(self.ada, project=self.project)
        Member.objects.create(project=self.project, user=self.ben, role=MemberRole.VIEW)


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
    a_job(world.ada, project=other)
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
