"""One shape for every error that leaves the API: each code of the table, and every address asked wrongly."""

import base64
import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory
from pytest_django.fixtures import Settings
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
    for method in ("GET", "POST", "DELETE"):
        malformed, unknown = (api.generic(method, address) for address in (route.filled("not-an-id"), route.filled()))
        if malformed.status_code != 405:
            break
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


def json_post(api: APIClient, body: bytes, kind: str = "application/json", **headers: str) -> HttpResponseBase:
    return api.post("/api/mv/create_scenes", body, content_type=kind, headers=headers)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"idea": "\xff"}',
        b'{"seed": NaN}',
        b'{"seed": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b"[" * 990 + b"]" * 990,
        b"\x00",
        b"{'idea': 1}",
    ],
    ids=["cut off", "not UTF-8", "NaN", "endless number", "endless depth", "great depth", "NUL", "Python"],
)
def test_body_that_is_no_json_is_400(api: APIClient, body: bytes) -> None:
    assert assert_problem(json_post(api, body), 400)["code"] == "user:request:malformed"


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"null", b"5", b'{"idea": 1e400}', b'{"\\ud800": 1}'])
def test_json_of_the_wrong_shape_is_400_with_pointers(api: APIClient, body: bytes) -> None:
    found = assert_problem(json_post(api, body), 400)
    assert found["code"] == "user:request:invalid"
    assert all({"pointer", "detail", "code"} == error.keys() for error in found["errors"])


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b'{"idea": "a\\ud800"}', "#/idea"),
        (b'{"a": 1, "b": [{"\\udfff": 1}]}', "#/b"),
        (b'{"\\ud800": 1}', "#/?"),
        (b'["\\ud800"]', "#"),
        (b'{"__proto__": "\\ud83d"}', "#/__proto__"),
    ],
)
def test_half_of_a_character_is_named_and_never_breaks_the_answer(api: APIClient, body: bytes, pointer: str) -> None:
    (error,) = assert_problem(json_post(api, body), 400)["errors"]
    assert (error["pointer"], error["code"]) == (pointer, "half_character")


def test_whole_character_written_as_two_halves_is_read(api: APIClient) -> None:
    response = api.post("/api/mv/projects/", b'{"title": "\\ud83d\\ude00"}', content_type="application/json")
    assert response.status_code == 201
    assert response.json()["title"] == "\N{GRINNING FACE}"


def test_body_that_is_too_large_is_413(api: APIClient, settings: Settings) -> None:
    body = b'{"idea": "' + b"x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE + b'"}'
    assert assert_problem(json_post(api, body), 413)["code"] == "user:request:too_large"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_body_of_another_kind_is_415(api: APIClient, kind: str) -> None:
    assert assert_problem(json_post(api, b"idea=x", kind), 415)["code"] == "user:request:media_type"


def test_answer_of_another_kind_is_406(api: APIClient) -> None:
    response = api.get("/api/mv/projects/", headers={"Accept": "text/html"})
    assert assert_problem(response, 406)["code"] == "user:request:not_acceptable"


@pytest.mark.parametrize("cursor", ["x", "cD0x", "cD0lMDA="])
def test_cursor_that_leads_nowhere_is_404(api: APIClient, cursor: str) -> None:
    assert_problem(api.get(f"/api/mv/projects/?cursor={cursor}"), 404)


def test_cursor_to_a_title_that_no_database_keeps_is_404(api: APIClient) -> None:
    cursor = base64.b64encode(b"p=a%00b").decode()
    assert_problem(api.get(f"/api/mv/projects/?ordering=title&cursor={cursor}"), 404)


def test_our_own_failure_is_500_and_tells_nothing(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the secret reason")

    monkeypatch.setattr("generation.api.projects.project_data", fail)
    response = api.post("/api/mv/projects/", {}, format="json")
    body = assert_problem(response, 500)
    assert body["code"] == "app:server:error"
    assert "secret" not in str(body)


def test_failure_outside_of_rest_framework_is_500(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("the secret reason")

    monkeypatch.setattr("rest_framework.views.APIView.dispatch", fail)
    api.raise_request_exception = False
    assert assert_problem(api.get("/api/mv/projects/"), 500)["code"] == "app:server:error"


def test_host_that_a_studio_with_log_in_does_not_serve_is_400(settings: Settings, db: None) -> None:
    settings.MV_AUTH = "required"
    settings.ALLOWED_HOSTS = ["studio.example"]
    client = APIClient(HTTP_HOST="elsewhere.example")
    told = assert_problem(client.get("/api/mv/projects/"), 400)
    assert told["code"] == "user:request:host"
    assert "ALLOWED_HOSTS" in told["next_step"]


def test_stranger_to_a_studio_with_log_in_is_asked_to_sign_in(settings: Settings, db: None) -> None:
    settings.MV_AUTH = "required"
    settings.ALLOWED_HOSTS = ["studio.example"]
    response = APIClient(HTTP_HOST="studio.example").get("/api/mv/projects/")
    assert assert_problem(response, 401)["code"] == "user:auth:required"
