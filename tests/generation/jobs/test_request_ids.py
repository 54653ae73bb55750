"""A job keeps the id of the request that asked for it, and hands it on to what it asks for itself."""

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from generation.jobs import job_data
from generation.models import Job, Project
from generation.services.projects import project_create
from generation.services.runs import run_request
from mvsite.accounts.models import User
from tests.support.engine import work_off

pytestmark = pytest.mark.django_db(transaction=True)
RUN = "the-request-for-a-run"
AGAIN = "the-request-to-try-again"


@pytest.fixture
def project(owner: User) -> Project:
    return project_create(owner=owner, idea="A boat at dusk", character_description="a sailor", number_of_scenes=1)


def test_what_fails_tells_the_request_that_asked_for_it(api: APIClient, project: Project, settings: Settings) -> None:
    settings.MV_SAMPLE_REFUSE = ["scenes:*"]
    answer = api.post(f"/api/mv/projects/{project.pk}/run", headers={"X-Request-ID": RUN})
    assert answer.status_code == 202
    work_off()
    jobs = {job.kind: job for job in Job.objects.filter(project=project)}
    assert {(kind, job.request_id) for kind, job in jobs.items()} == {("run", RUN), ("scenes", RUN)}
    told = api.get(f"/api/mv/jobs/{jobs['scenes'].pk}").json()
    assert (told["state"], told["error"]["request_id"]) == ("failed", RUN)
    assert jobs["run"].params["number_of_scenes"] == 1

    assert api.post(f"/api/mv/jobs/{jobs['run'].pk}/retry", headers={"X-Request-ID": AGAIN}).status_code == 202
    work_off()
    of_run, of_scenes = (Job.objects.filter(project=project, kind=kind) for kind in ("run", "scenes"))
    assert of_run.get().request_id == of_scenes.latest("created_at").request_id == AGAIN
    assert of_scenes.earliest("created_at").request_id == RUN


def test_what_nobody_asked_for_by_a_request_has_no_id(project: Project) -> None:
    job = run_request(project=project)
    assert job.request_id == ""
    assert job_data(job)["error"] is None
