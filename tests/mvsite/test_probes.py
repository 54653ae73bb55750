"""What load balancers and Prometheus ask each host itself, behind HTTPS too."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.support.people import accounts

pytestmark = pytest.mark.django_db
TOKEN = {"Authorization": "Bearer a-token-for-prometheus"}


@pytest.fixture
def behind_https(settings: Settings) -> None:
    accounts(settings)
    settings.SECURE_SSL_REDIRECT = settings.MV_BEHIND_HTTPS = True
    settings.MV_METRICS_TOKEN = "a-token-for-prometheus"


def asked(path: str, host: str) -> int:
    return int(Client(HTTP_HOST=host, raise_request_exception=False).get(path, headers=TOKEN).status_code)


@pytest.mark.usefixtures("behind_https")
@pytest.mark.parametrize("host", ["10.0.0.11:8000", "studio.example"])
@pytest.mark.parametrize(
    ("path", "answers"), [("/health/live", {200}), ("/health/ready", {200, 503}), ("/metrics", {200})]
)
def test_probes_are_answered_by_address_and_without_https(path: str, answers: set[int], host: str) -> None:
    assert asked(path, host) in answers


@pytest.mark.usefixtures("behind_https")
@pytest.mark.parametrize(
    "path", ["/", "/sign-in/", "/health/live/x", "/metrics/", "/api/mv/projects/", "/health/lives"]
)
def test_everything_else_wants_https_and_the_studios_name(path: str) -> None:
    assert asked(path, "10.0.0.11:8000") == 400
    assert asked(path, "studio.example") == 301


def test_a_studio_without_log_in_answers_loopback_names_only() -> None:
    assert [asked("/health/live", host) for host in ("127.0.0.1:8765", "10.0.0.11:8000")] == [200, 400]
