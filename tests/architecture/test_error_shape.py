"""One shape for every error that leaves the API: each code of the table, and every address asked wrongly."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory
from rest_framework.test import APIClient

from mvsite.accounts.models import User
from mvsite.common.error_table import ERRORS
from mvsite.common.errors import restore
from mvsite.common.problems import problem_response
from tests.support.routes import Route, routes

API = routes("api/")
WITH_ID = [route for route in API if any(name == "pk" or name.endswith("id") for name in route.variables)]
NOT_JSON = {"/api/docs", "/api/schema"}  # a page for people, and a document with renderers of its own


def assert_problem(response: HttpResponseBase, status: int) -> dict[str, Any]:
    """Check that an answer is a problem of this status and has every member; return its body."""
    assert isinstance(response, HttpResponse)
    body: dict[str, Any] = json.loads(response.content)
    assert response.status_code == status, body
    assert response["Content-Type"] == "application/problem+json"
    assert {"type", "title", "status", "detail", "code", "request_id"} <= body.keys()
    text = ERRORS[body["code"]]
    assert (body["status"], body["title"]) == (text.status, text.title) == (status, body["title"])
    assert body["type"] == "/problems/" + body["code"].replace(":", "/")
    assert body["detail"]
    return body


def name_of(route: Route) -> str:
    return route.pattern


@pytest.mark.parametrize("code", ERRORS)
def test_every_code_becomes_the_same_problem_again_after_it_was_kept_on_a_job(code: str) -> None:
    kept = {"code": code, "title": "", "status": 0, "detail": "What happened.", "next_step": "", "scene": 3}
    error = restore(kept)
    response = problem_response(error, RequestFactory().get("/"))
    body = assert_problem(response, ERRORS[code].status)
    assert (body["code"], body["detail"], body["scene"]) == (code, "What happened.", 3)


@pytest.mark.parametrize("route", [route for route in API if route.filled() not in NOT_JSON], ids=name_of)
def test_method_that_does_not_exist_is_405(api: APIClient, route: Route) -> None:
    response = api.generic("PROPFIND", route.filled())
    assert assert_problem(response, 405)["request_id"] == response["X-Request-ID"]


@pytest.mark.parametrize("route", WITH_ID, ids=name_of)
def test_malformed_id_is_400_and_unknown_id_404(api: APIClient, route: Route) -> None:
    malformed, unknown = api.get(route.filled("not-an-id")), api.get(route.filled())
    if malformed.status_code == unknown.status_code == 405:
        malformed, unknown = api.post(route.filled("not-an-id"), {}), api.post(route.filled(), {})
    assert assert_problem(malformed, 400)["code"] == "user:request:malformed_id"
    assert_problem(unknown, 404)


@pytest.mark.parametrize("route", API, ids=name_of)
def test_page_of_another_site_is_refused(api: APIClient, route: Route) -> None:
    response = api.post(route.filled(), HTTP_ORIGIN="https://elsewhere.example")
    assert assert_problem(response, 403)["code"] == "user:request:cross_site"


def test_address_that_does_not_exist_is_404(api: APIClient) -> None:
    response = api.get("/api/nothing/here")
    assert assert_problem(response, 404)["code"] == "user:request:not_found"


def test_foreign_host_name_is_400(owner: User) -> None:
    response = APIClient(HTTP_HOST="studio.example").get("/api/schema/")
    assert assert_problem(response, 400)["code"] == "user:request:host"
