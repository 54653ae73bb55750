"""The client with a token at a studio that serves from a bucket: S3 takes a presigned address alone or not at all."""

from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from mvsite.accounts.models import User
from tests.support.bucket import bucket, server
from tests.support.client import mv_client
from tests.support.clips import tone
from tests.support.s3_server import S3Server

__all__ = ["bucket", "server"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.network_loopback]


def test_a_file_is_fetched_from_the_bucket(
    owner: User, live_server: LiveServer, bucket: S3Server, tmp_path: Path
) -> None:
    client = mv_client().Studio(live_server.url, token="mvk_sent-to-the-studio-alone")
    song = tone(tmp_path / "song.mp3", seconds=1)
    kept = client.upload("audio", song)
    bucket.requests.clear()
    fetched = client.download(kept["audio_url"], tmp_path / "fetched.mp3")
    assert fetched.read_bytes() == song.read_bytes()
    assert [request.split()[0] for request in bucket.requests] == ["GET"]
