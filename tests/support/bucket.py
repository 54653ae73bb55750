"""A bucket for every test of a file that imports these: the settings name it, and clients are sent there."""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from assets.models import CloudCopy
from tests.support.s3_server import S3Server, s3_server


@pytest.fixture(scope="module")
def server() -> Iterator[S3Server]:
    with s3_server() as running:
        yield running


@pytest.fixture(autouse=True)
def bucket(server: S3Server, settings: Settings) -> S3Server:
    server.set_on(settings, serve=True)
    return server


def everything_is_due() -> None:
    CloudCopy.objects.update(next_try_at=timezone.now())
