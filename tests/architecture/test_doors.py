"""Every address has declared who may come in: with `MV_AUTH=required` a stranger sees nothing but the public ones."""

import uuid

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.support.routes import Route, routes

_UNKNOWN = uuid.UUID(int=0)
# A new address that strangers may see is written down here, with its reason.
PUBLIC = {
    "/health/live": "whoever watches the machine has no account",
    "/health/ready": "the same",
    "/texts/00000000-0000-0000-0000-000000000000.js": "the words of the log-in page are needed before it",
    "/metrics": "read by Prometheus from this machine itself, or with a token of its own",
    "/api/schema": "the shape of the API is no secret: it is in the sources",
    "/api/docs": "the same",
    "/sign-in": "the door itself",
    "/password/forgot": "who has lost the password cannot sign in",
    f"/password/new/{_UNKNOWN}": "a link of its own lets in; an unknown one is 404",
    f"/join/{_UNKNOWN}": "the same",
    f"/share/{_UNKNOWN}": "a share link is for people without an account; an unknown one is 404",
    f"/share/{_UNKNOWN}/video/{_UNKNOWN}": "the same",
}


def name_of(route: Route) -> str:
    return route.pattern


@pytest.mark.django_db
@pytest.mark.parametrize("route", routes(), ids=name_of)
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_stranger_is_sent_away(settings: Settings, route: Route, method: str) -> None:
    settings.MV_AUTH = "required"
    stranger = Client(HTTP_HOST="127.0.0.1", raise_request_exception=False)

    answer = stranger.generic(method.upper(), route.filled() or "/")

    if route.filled() not in PUBLIC:
        is_sent_to_log_in = answer.status_code == 302 and answer["Location"].startswith("/sign-in/")
        assert answer.status_code in {401, 403, 405} or is_sent_to_log_in, answer.status_code


def test_public_addresses_exist() -> None:
    assert set(PUBLIC) <= {route.filled() for route in routes()}
