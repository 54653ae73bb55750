"""Everybody sees their own rows only: somebody else's id, an unknown one and a malformed one, on every address."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from generation.models import SceneGeneration
from generation.selectors import scenes_of
from mvsite.accounts.models import User
from tests.support.routes import Route, routes
from tests.support.rows import a_job, a_portrait, a_project, a_song, a_video, stranger

pytestmark = pytest.mark.django_db
METHODS = ("get", "post", "patch", "delete")


def a_writing(owner: User) -> SceneGeneration:
    return SceneGeneration.objects.create(owner=owner, idea="x", character_description="y", config_flavor="default")


ROWS: dict[str, Callable[[User], Any]] = {
    "api/mv/projects/": a_project,
    "api/mv/scenes/": lambda owner: scenes_of(a_project(owner, scenes=1)).get(),
    "api/mv/jobs/": a_job,
    "api/mv/scene_generations/": a_writing,
    "api/mv/characters/": a_portrait,
    "api/mv/videos/": a_video,
    "api/audio/(": a_song,
    "api/mv/get_video/": a_video,
    "api/mv/get_character_reference/": a_portrait,
    "api/audio/get/": a_song,
}
WITH_ID = [
    (route, make)
    for prefix, make in ROWS.items()
    for route in routes("api/")
    if route.pattern.startswith(prefix) and "(?P<pk>" in route.pattern
]


def statuses(api: APIClient, route: Route, row_id: str) -> dict[int, str]:
    """Ask an address with every method; return each status that came, with the code of the problem."""
    found = {}
    for method in METHODS:
        answer = getattr(api, method)(route.filled(row_id), {}, format="json" if method != "get" else None)
        found[answer.status_code] = answer.json()["code"]
    return found


def test_every_resource_is_looked_at() -> None:
    assert {prefix for prefix in ROWS if any(route.pattern.startswith(prefix) for route, _ in WITH_ID)} == set(ROWS)


@pytest.mark.parametrize(("route", "make"), WITH_ID, ids=lambda value: getattr(value, "pattern", ""))
def test_rows_of_others_are_as_unknown_as_those_that_never_were(
    api: APIClient, owner: User, route: Route, make: Callable[[User], Any]
) -> None:
    foreign = statuses(api, route, str(make(stranger()).pk))
    unknown = statuses(api, route, str(uuid.uuid4()))
    assert foreign == unknown
    assert {404: "user:request:not_found"}.items() <= foreign.items()
    assert set(foreign) <= {404, 405}


@pytest.mark.parametrize(("route", "make"), WITH_ID, ids=lambda value: getattr(value, "pattern", ""))
@pytest.mark.parametrize("wrong", ["no-id", "123", "%00", "{00000000-0000-0000-0000-000000000000}"])
def test_malformed_ids_are_400(api: APIClient, route: Route, make: Any, wrong: str) -> None:
    assert {400: "user:request:malformed_id"}.items() <= statuses(api, route, wrong).items()


@pytest.mark.parametrize("prefix", sorted({prefix.rstrip("(") for prefix in ROWS if "get" not in prefix}))
def test_lists_hold_ones_own_rows_only(api: APIClient, owner: User, prefix: str) -> None:
    make = ROWS.get(prefix) or ROWS[f"{prefix}("]
    mine = make(owner)
    make(stranger())
    assert [row["id"] for row in api.get(f"/{prefix}").json()["results"]] == [str(mine.pk)]


@pytest.mark.parametrize("prefix", sorted({prefix.rstrip("(") for prefix in ROWS if "get" not in prefix}))
@pytest.mark.parametrize(
    "query", ["ordering=x", "ordering=-id", "ordering=%00", "page_size=x", "search=%00", "trashed=x"]
)
def test_odd_questions_to_a_list_are_answered_or_refused(api: APIClient, prefix: str, query: str) -> None:
    assert api.get(f"/{prefix}?{query}").status_code in {200, 400}


def test_studio_with_log_in_lets_nobody_in(settings: Any, db: None) -> None:
    settings.MV_AUTH = "required"
    settings.ALLOWED_HOSTS = ["studio.example"]
    client = APIClient(HTTP_HOST="studio.example")
    answers = {route.filled(): client.get(route.filled()) for route in routes("api/mv/") if "(?P<" not in route.pattern}
    refused = {
        path: answer.status_code for path, answer in answers.items() if answer.status_code not in {401, 403, 405}
    }
    assert refused == {}
