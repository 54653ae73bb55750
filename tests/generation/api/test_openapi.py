"""The OpenAPI page: valid, complete, with an example for every call, readable without a network."""

import re
from typing import Any

import pytest
from django.core.management import call_command
from rest_framework.test import APIClient

METHODS = ("get", "post", "patch", "delete", "put")


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Draw the schema once, failing on any warning."""
    import yaml

    path = tmp_path_factory.mktemp("openapi") / "schema.yml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(path))
    found: dict[str, Any] = yaml.safe_load(path.read_text())
    return found


def operations(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method} {path}": operation
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    }


def test_schema_is_openapi_3_1_without_a_warning(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.1")
    assert len(operations(schema)) > 30


def test_every_call_has_an_example(schema: dict[str, Any]) -> None:
    def has_example(operation: dict[str, Any]) -> bool:
        answers = [a for status, a in operation["responses"].items() if status.startswith("2")]
        contents = [content for answer in answers for content in answer.get("content", {}).items()]
        told = [content for kind, content in contents if kind == "application/json"]
        return not told or any("examples" in content for content in told)

    assert [name for name, operation in operations(schema).items() if not has_example(operation)] == []


def test_every_body_has_an_example(schema: dict[str, Any]) -> None:
    def lacks_example(operation: dict[str, Any]) -> bool:
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None or content["schema"].get("$ref", "").endswith("/EmptyRequest"):
            return False
        return "examples" not in content

    assert [name for name, operation in operations(schema).items() if lacks_example(operation)] == []


def test_every_call_says_what_it_does_and_how_it_fails(schema: dict[str, Any]) -> None:
    for name, operation in operations(schema).items():
        assert operation.get("description"), name
        assert "application/problem+json" in operation["responses"]["default"]["content"], name


def test_every_post_takes_a_key_and_long_work_a_wait(schema: dict[str, Any]) -> None:
    for name, operation in operations(schema).items():
        headers = {each["name"] for each in operation.get("parameters", []) if each["in"] == "header"}
        # A key of an account is told once and kept nowhere: there is nothing to repeat.
        takes_key = name.startswith("post ") and not name.startswith("post /api/account/")
        assert ("Idempotency-Key" in headers) == takes_key, name
        assert ("Prefer" in headers) == ("202" in operation["responses"]), name


def test_deprecations_are_marked(schema: dict[str, Any]) -> None:
    marked = {
        path.rstrip("/") for path, methods in schema["paths"].items() if methods.get("post", {}).get("deprecated")
    }
    assert marked == {"/api/mv/stitch_videos", "/api/mv/stitch_video", "/api/mv/merge_videos"}
    clip = schema["components"]["schemas"]["ClipRequestRequest"]["properties"]
    assert clip["reference_image_base64"]["deprecated"] is True


@pytest.mark.parametrize("path", ["/api/docs/", "/api/docs"])
def test_docs_page_needs_no_other_machine(api: APIClient, path: str) -> None:
    page = api.get(path)
    assert page.status_code == 200
    addresses = re.findall(r"""(?:src|href)=["']([^"']+)""", page.content.decode())
    assert addresses
    assert [address for address in addresses if not address.startswith("/")] == []


def test_docs_page_alone_may_write_styles(api: APIClient) -> None:
    docs, other = (api.get(path)["Content-Security-Policy"] for path in ("/api/docs/", "/api/schema/"))
    assert "style-src 'self' 'unsafe-inline'" in docs
    assert "script-src 'self';" in f"{docs};"
    assert "unsafe" not in other
    assert "require-trusted-types-for 'script'" in other
