"""`MV_ADMIN_NETWORKS`: from elsewhere there is no admin, whoever asks."""

from ipaddress import ip_network

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from mvsite.accounts.models import User

pytestmark = pytest.mark.django_db
PAGES = ("/admin/", "/admin/login/", "/admin/generation/job/", "/admin/nothing/", "/%61dmin/")


@pytest.fixture(autouse=True)
def office(settings: Settings, owner: User) -> None:
    settings.MV_AUTH, settings.ALLOWED_HOSTS = "required", ["studio.example"]
    settings.MV_ADMIN_NETWORKS = [ip_network("192.0.2.0/24"), ip_network("2001:db8:5::/48")]


def statuses(owner: User | None, address: str, **headers: str) -> set[int]:
    client = Client(HTTP_HOST="studio.example", REMOTE_ADDR=address, headers=headers)
    if owner:
        client.force_login(owner)
    assert client.get("/create/").status_code == (200 if owner else 302)
    return {client.get(path).status_code for path in PAGES}


@pytest.mark.parametrize("address", ["192.0.2.7", "::ffff:192.0.2.7", "2001:db8:5::1"])
def test_who_comes_from_there_is_let_to_the_admin(owner: User, address: str) -> None:
    assert statuses(owner, address) == {200, 302, 404}
    assert statuses(None, address) == {302}


@pytest.mark.parametrize("address", ["192.0.3.7", "::ffff:192.0.3.7", "2001:db8:6::1", "127.0.0.1", "", "unix:"])
def test_for_anybody_else_there_is_none(owner: User, address: str) -> None:
    assert statuses(owner, address) == statuses(None, address) == {404}


def test_the_address_is_the_one_that_the_proxy_saw(owner: User, settings: Settings) -> None:
    assert statuses(owner, "127.0.0.1", **{"X-Forwarded-For": "192.0.2.7"}) == {404}  # anybody can write that
    settings.MV_BEHIND_HTTPS = True
    assert statuses(owner, "127.0.0.1", **{"X-Forwarded-For": "192.0.2.7"}) == {200, 302, 404}
    assert statuses(owner, "192.0.2.1", **{"X-Forwarded-For": "192.0.2.7, 198.51.100.9"}) == {404}


def test_without_networks_it_is_open_from_everywhere(owner: User, settings: Settings) -> None:
    settings.MV_ADMIN_NETWORKS = []
    assert 200 in statuses(owner, "198.51.100.9")
