"""What a run and a batch of portraits cost is what their parts were billed, told once and counted once."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from generation import jobs, money
from generation.choices import JobKind, JobState
from generation.models import Event, Job, Project
from generation.services.portraits import portraits_request
from generation.services.projects import project_create
from generation.services.runs import run_request
from mvsite.accounts.models import User
from tests.providers_server.replicate import Replicate
from tests.support.engine import work_off
from tests.support.rows import a_job

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.network_loopback]


@pytest.fixture
def project(owner: User) -> Project:
    return project_create(owner=owner, idea="A kite", character_description="a girl", number_of_scenes=3)


def told(api: APIClient, job: Job) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/api/mv/jobs/{job.pk}").json()
    return found


def a_batch(owner: User, *costs: str, kind: JobKind = JobKind.RUN, project: Project | None = None) -> Job:
    """Make a parent that bought nothing and children that were billed."""
    parent = a_job(owner, kind=kind, project=project)
    for cost in costs:
        child = a_job(owner, parent=parent, project=project, estimated_cost_usd=Decimal(cost))
        call = money.intent(child, provider="replicate", model="google/veo-3.1", request_hash="h")
        money.settle(child, call, cost=Decimal(cost))
    return parent


def test_a_run_tells_what_its_clips_cost_as_they_are_billed(
    api: APIClient, project: Project, replicate: Replicate
) -> None:
    job = run_request(project=project, confirm_cost_usd=Decimal(1000))
    assert told(api, job)["cost_usd"] == "0.0000"
    work_off(until=lambda: project.jobs.filter(kind=JobKind.CLIP, cost_usd__gt=0).exists())
    billed = project.jobs.filter(cost_usd__gt=0).count()
    assert told(api, job)["cost_usd"] == f"{billed * Decimal('3.2'):.4f}"
    work_off()

    row = told(api, job)
    assert (row["state"], row["cost_usd"]) == ("succeeded", "9.6000")
    listed = {each["id"]: each["cost_usd"] for each in api.get("/api/mv/jobs/?page_size=50").json()["results"]}
    assert listed[str(job.pk)] == "9.6000"
    assert [listed[str(child.pk)] for child in job.children.filter(kind=JobKind.CLIP)] == ["3.2000"] * 3
    said = [Decimal(event.data["cost_usd"]) for event in Event.objects.filter(job=job).order_by("number")]
    assert said == sorted(said)
    assert (said[0], said[-1]) == (Decimal(0), Decimal("9.6"))
    assert api.get(f"/api/mv/projects/{project.pk}").json()["cost_usd"] == "9.6000"
    assert api.get("/api/mv/usage").json()["cost_usd"] == "9.6000"
    assert Job.objects.get(pk=job.pk).cost_usd == 0


def test_what_earlier_attempts_cost_counts_too(api: APIClient, project: Project, replicate: Replicate) -> None:
    replicate.standin.faults.add("run-fails", times=2)
    job = run_request(project=project, confirm_cost_usd=Decimal(1000))
    work_off(until=lambda: project.jobs.filter(kind=JobKind.CLIP, state=JobState.SUCCEEDED).exists())
    jobs.request_cancel(job)
    work_off()
    job.refresh_from_db()
    assert job.state == JobState.CANCELED
    assert told(api, job)["cost_usd"] == "3.2000"
    job = jobs.retry(job)
    assert told(api, job)["cost_usd"] == "3.2000"
    work_off()
    assert told(api, job)["cost_usd"] == "9.6000"


def test_a_batch_of_portraits_tells_what_its_pictures_cost(api: APIClient, owner: User, replicate: Replicate) -> None:
    replicate.standin.faults.add("run-fails", times=1)
    job = portraits_request(owner=owner, character_description="a singer", num_images=4)
    work_off()
    assert told(api, job)["cost_usd"] == "0.1200"
    assert Event.objects.filter(job=job).latest("number").data["cost_usd"] == "0.1200"


def test_many_parents_ask_no_more_than_one(api: APIClient, owner: User, client: Client, project: Project) -> None:
    def asked(runs: int, path: str) -> int:
        with CaptureQueriesContext(connection) as found:
            answer = client.get(path, HTTP_HOST="127.0.0.1")
        assert answer.content.count(b'"3.2001"') == runs
        return len(found)

    paths = ("/api/mv/jobs/?page_size=200", f"/studio/{project.pk}/")
    a_batch(owner, "1.2", "2.0001", project=project)
    a_batch(owner, "1", project=project)  # so that it is not what the project cost
    one = [asked(1, path) for path in paths]
    for _ in range(5):
        a_batch(owner, "1.2", "2.0001", project=project)
    assert [asked(6, path) for path in paths] == one


@pytest.mark.django_db
def test_the_admin_tells_it_on_a_job_s_page_and_each_row_s_own_in_tables(owner: User, client: Client) -> None:
    parent = a_batch(owner, "1.2", "2", kind=JobKind.PORTRAITS)
    client.force_login(owner)
    page = client.get(f"/admin/generation/job/{parent.pk}/change/", HTTP_HOST="127.0.0.1").content.decode()
    assert "$3.20<" in page
    chosen = {"action": "as_table", "_selected_action": [row.pk for row in Job.objects.all()]}
    answer = client.post("/admin/generation/job/", chosen, HTTP_HOST="127.0.0.1")
    rows = answer.getvalue().decode().splitlines()
    column = rows[0].split(",").index("cost_usd")
    assert sum(Decimal(row.split(",")[column]) for row in rows[1:]) == Decimal("3.2")
