"""The client of `docs/client/` against the schema: it knows every call that starts long work, and no other address."""

import inspect
from types import ModuleType
from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

from tests.support.client import mv_client


@pytest.fixture(scope="module")
def client() -> ModuleType:
    return mv_client()


@pytest.fixture(scope="module")
def posts() -> dict[str, dict[str, Any]]:
    """Give every POST of the schema by its address, without the slash at the end."""
    generator: Any = SchemaGenerator
    schema = generator().get_schema(request=None, public=True)
    return {path.rstrip("/"): ways["post"] for path, ways in schema["paths"].items() if "post" in ways}


def test_every_address_of_the_client_is_in_the_schema(client: ModuleType, posts: dict[str, Any]) -> None:
    assert {*client.CALLS.values(), *client.UPLOADS.values()} - set(posts) == set()
    for path in client.UPLOADS.values():
        assert "multipart/form-data" in posts[path]["requestBody"]["content"]


def test_every_call_that_starts_long_work_has_a_method(client: ModuleType, posts: dict[str, Any]) -> None:
    long = {path for path, post in posts.items() if "202" in post["responses"] and "{" not in path}
    aliases = {path for path in long if posts[path].get("deprecated")}
    assert long - aliases - set(client.CALLS.values()) == set()
    for name in client.CALLS:
        assert inspect.isfunction(getattr(client.Studio, name))


@pytest.mark.parametrize("status", ["200", "202"])
def test_a_result_is_never_taken_for_a_job(client: ModuleType, posts: dict[str, Any], status: str) -> None:
    """A job is told from a result by `state` and `urls`: no result may have both."""
    for path in client.CALLS.values():
        examples = posts[path]["responses"][status]["content"]["application/json"]["examples"]
        for example in examples.values():
            assert ({"state", "urls"} <= set(example["value"])) == (status == "202")
