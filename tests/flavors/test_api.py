"""Flavors over HTTP: the names, the list, one of them."""

import uuid

import pytest
from rest_framework.test import APIClient

from flavors.selectors import flavor_resolve

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("slash", ["", "/"])
def test_names_are_listed_with_default_first(api: APIClient, slash: str) -> None:
    response = api.get(f"/api/mv/get_config_flavors{slash}")

    assert (response.status_code, response.json()) == (200, {"flavors": ["default", "example", "mv1"]})


def test_list_has_the_flavors_in_the_shape_of_every_list(api: APIClient) -> None:
    body = api.get("/api/mv/flavors/").json()

    assert body.keys() == {"next", "previous", "results"}
    assert [each["name"] for each in body["results"]] == ["default", "example", "mv1"]
    assert body["results"][2].keys() == {"id", "name", "title", "revision"}


def test_list_is_paged_filtered_and_searched(api: APIClient) -> None:
    first = api.get("/api/mv/flavors?page_size=2").json()
    second = api.get(first["next"]).json()

    assert [each["name"] for each in second["results"]] == ["mv1"]
    assert [each["name"] for each in api.get("/api/mv/flavors?name=mv1").json()["results"]] == ["mv1"]
    assert [each["name"] for each in api.get("/api/mv/flavors?search=stadium").json()["results"]] == ["mv1"]


def test_detail_says_everything(api: APIClient) -> None:
    listed = api.get("/api/mv/flavors?name=mv1").json()["results"][0]
    body = api.get(f"/api/mv/flavors/{listed['id']}").json()
    flavor = flavor_resolve(name="mv1")

    assert body.items() >= listed.items()
    assert body["scene_generation_prompt"] == flavor.scene_prompt
    assert body["image_generation_prompt"] == flavor.image_prompt
    assert body["parameters"] == flavor.parameters
    assert body["video_params"]["duration"] == 8
    assert body["rules"][0]["id"] == "face_close_up"
    assert body["warnings"] == []


def test_malformed_id_is_400_and_an_unknown_one_404(api: APIClient) -> None:
    assert api.get("/api/mv/flavors/mv1").json()["code"] == "user:request:malformed_id"
    assert api.get(f"/api/mv/flavors/{uuid.uuid4()}").json()["code"] == "user:request:not_found"


@pytest.mark.parametrize(
    ("parameter", "code"),
    [({"style": 3}, "invalid"), ({"mood": "calm"}, "unknown"), ({"avoid": "x" * 2001}, "invalid")],
)
def test_call_may_change_the_flavors_parameters_in_kind_only(
    api: APIClient, parameter: dict[str, object], code: str
) -> None:
    body = {"idea": "A boat.", "character_description": "A man.", **parameter}

    answer = api.post("/api/mv/create_scenes", body, format="json").json()

    assert answer["code"] == "user:request:invalid"
    assert [(each["pointer"], each["code"]) for each in answer["errors"]] == [(f"#/{next(iter(parameter))}", code)]


def test_call_names_the_writers_model(api: APIClient) -> None:
    body = {"idea": "A boat.", "character_description": "A man.", "style": "ink", "model": "nobody-1"}

    assert api.post("/api/mv/create_scenes", body, format="json").json()["code"] == "provider:feature:missing"
    assert api.post("/api/mv/create_scenes", {**body, "model": "scenes.default"}, format="json").status_code == 202
