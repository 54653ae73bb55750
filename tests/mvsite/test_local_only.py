"""Who may come into a studio without log-in: this machine itself, whatever name a request bears."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from mvsite.accounts.models import User

pytestmark = pytest.mark.django_db
PROJECTS = "/api/mv/projects/"


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_served_whichever_way_it_writes_its_address(owner: User, address: str) -> None:
    client = Client(HTTP_HOST="127.0.0.1", REMOTE_ADDR=address)
    assert client.get(PROJECTS).status_code == 200
    assert client.get("/create/").status_code == 200


@pytest.mark.parametrize("address", ["192.0.2.7", "10.0.0.2", "2001:db8::7", "::ffff:192.0.2.7", "", "unix:"])
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "[::1]"])
def test_a_loopback_name_opens_nothing_to_another_machine(owner: User, address: str, name: str) -> None:
    client = Client(HTTP_HOST=name, REMOTE_ADDR=address)
    for path in (PROJECTS, "/create/", "/admin/", "/media/video/nothing"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "user:request:remote")
        assert "MV_AUTH=required" in answer.json()["next_step"]


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Forwarded-For", "127.0.0.1"),
        ("X-Forwarded-For", ""),
        ("X-Forwarded-Proto", "http"),
        ("X-Real-IP", "192.0.2.7"),
        ("Forwarded", "for=192.0.2.7"),
    ],
)
def test_whom_a_proxy_on_this_machine_asks_for_is_not_this_machine(owner: User, header: str, value: str) -> None:
    answer = Client(HTTP_HOST="127.0.0.1").get(PROJECTS, headers={header: value})
    assert (answer.status_code, answer.json()["code"]) == (403, "user:request:remote")


def test_health_is_told_to_whoever_asks(db: None) -> None:
    client = Client(HTTP_HOST="127.0.0.1", REMOTE_ADDR="192.0.2.7")
    assert client.get("/health/live", headers={"X-Forwarded-Proto": "https"}).status_code == 200


def test_a_studio_with_log_in_is_for_other_machines(settings: Settings, db: None) -> None:
    settings.MV_AUTH, settings.ALLOWED_HOSTS = "required", ["studio.example"]
    client = Client(HTTP_HOST="studio.example", REMOTE_ADDR="192.0.2.7")
    assert client.get(PROJECTS, headers={"X-Forwarded-For": "192.0.2.8"}).status_code == 401
