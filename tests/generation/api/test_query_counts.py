"""Lists ask the database the same few questions however many rows they have."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from generation.models import SceneGeneration
from mvsite.accounts.models import User
from tests.support.rows import a_job, a_project

pytestmark = pytest.mark.django_db
# owner + page + what belongs to it; raise a number only with a reason that is worth a query a page.
BASELINES = {
    "/api/mv/projects/": 5,
    "/api/mv/scenes/": 3,
    "/api/mv/jobs/": 4,  # and who stands before those that wait
    "/api/mv/scene_generations/": 2,
}


def questions(api: APIClient, path: str, rows: int) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = api.get(f"{path}?page_size=200")
    assert len(answer.json()["results"]) == rows
    return len(asked)


@pytest.mark.parametrize("path", BASELINES)
def test_number_of_queries_does_not_grow(api: APIClient, owner: User, path: str) -> None:
    def fill(count: int) -> int:
        for _ in range(count):
            project = a_project(owner, scenes=1, takes=2)
            a_job(owner, project=project)
            SceneGeneration.objects.create(owner=owner, idea="x", character_description="y", config_flavor="default")
        return questions(api, path, SceneGeneration.objects.count())

    counts = [fill(1), fill(5)]
    assert counts[0] == counts[1] <= BASELINES[path], counts


def test_snapshot_asks_as_much_for_many_scenes_as_for_one(api: APIClient, owner: User) -> None:
    counts = []
    for scenes in (1, 8):
        project = a_project(owner, scenes=scenes, takes=2)
        with CaptureQueriesContext(connection) as asked:
            assert len(api.get(f"/api/mv/projects/{project.pk}").json()["scenes"]) == scenes
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 7, counts
