"""Bytes that change on the way, in the bucket or on the disk: they are never taken for the file that was kept."""

import io
import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from botocore.awsrequest import AWSResponse
from django.utils import timezone
from pytest_django.fixtures import Settings
from urllib3 import HTTPResponse

from assets import storage
from assets.keys import clip_key
from assets.models import CloudCopy
from assets.storage import bucket as own_bucket
from assets.storage import copies
from generation.selectors import keys_in_use
from mvsite.accounts.models import User
from mvsite.common.errors import AppError
from tests.support.bucket import bucket, everything_is_due, server
from tests.support.old_files import a_row
from tests.support.s3_server import S3Server

__all__ = ["bucket", "server"]
pytestmark = [pytest.mark.django_db, pytest.mark.network_loopback]
TUNE = b"tune" * 1000


def kept(tmp_path: Path, content: bytes = TUNE) -> str:
    source = tmp_path / uuid4().hex
    source.write_bytes(content)
    return storage.store(key=clip_key(uuid4()), source=source).key


@pytest.mark.parametrize("content", [TUNE, bytes(range(256)) * (80 * 1024)], ids=["one part", "two parts"])
def test_what_was_damaged_on_the_way_is_sent_again(tmp_path: Path, bucket: S3Server, content: bytes) -> None:
    with bucket.damaging(1):
        key = kept(tmp_path, content)
    assert bucket.read(key) != content
    assert not storage.in_cloud(key)
    assert not copies.is_away()  # it answers: other files need not wait
    everything_is_due()
    assert storage.heal() == 1
    assert bucket.read(key) == content
    assert storage.in_cloud(key)


def test_a_file_damaged_here_is_never_uploaded_as_the_one_that_was_kept(
    tmp_path: Path, bucket: S3Server, vault: Path
) -> None:
    bucket.stop()
    try:
        key = kept(tmp_path)
    finally:
        bucket.start()
    (vault / key).write_bytes(TUNE[:-1] + b"?")
    everything_is_due()
    assert storage.heal() == 0
    assert key not in bucket.names()
    assert "damaged" in CloudCopy.objects.get(pk=key).error


def test_other_bytes_with_our_own_checksum_are_replaced(tmp_path: Path, bucket: S3Server) -> None:
    key = kept(tmp_path)
    told = {"sha256": storage.describe(key).sha256}
    bucket.client.put_object(Bucket=bucket.bucket, Key=key, Body=TUNE[::-1], Metadata=told)
    assert storage.upload_now(key)
    assert bucket.read(key) == TUNE


def test_room_is_not_made_when_the_bucket_has_other_bytes(
    tmp_path: Path, bucket: S3Server, vault: Path, settings: Settings
) -> None:
    settings.MV_LOCAL_CACHE_DAYS = 1
    key = kept(tmp_path)
    told = {"sha256": storage.describe(key).sha256}
    bucket.client.put_object(Bucket=bucket.bucket, Key=key, Body=TUNE[::-1], Metadata=told)
    old = timezone.now().timestamp() - 2 * 86_400
    os.utime(vault / key, (old, old))
    assert storage.make_room() == 0
    assert (vault / key).read_bytes() == TUNE


def test_a_damaged_file_stays_while_the_bucket_has_nothing_better(
    tmp_path: Path, bucket: S3Server, vault: Path
) -> None:
    key = kept(tmp_path)
    (vault / key).write_bytes(b"torn")
    bucket.client.put_object(Bucket=bucket.bucket, Key=key, Body=b"torn too")
    with pytest.raises(AppError, match="damaged"):
        storage.repair(key)
    assert (vault / key).read_bytes() == b"torn"
    bucket.client.put_object(Bucket=bucket.bucket, Key=key, Body=TUNE)
    assert storage.repair(key)
    assert (vault / key).read_bytes() == TUNE


def test_one_damaged_object_does_not_make_the_bucket_away(tmp_path: Path, bucket: S3Server, vault: Path) -> None:
    damaged, whole = kept(tmp_path), kept(tmp_path)
    bucket.client.put_object(Bucket=bucket.bucket, Key=damaged, Body=b"something else")
    (vault / damaged).unlink()
    with pytest.raises(AppError, match="damaged"):
        storage.make_local(damaged)
    assert not copies.is_away()
    assert storage.is_reachable(whole)


def test_one_bad_file_does_not_stop_the_others(
    owner: User, bucket: S3Server, settings: Settings, data_dir: Path
) -> None:
    settings.STORAGE_BUCKET = ""
    rows = sorted((a_row("audio", owner) for _ in range(4)), key=lambda row: str(row.key))
    settings.STORAGE_BUCKET = bucket.bucket
    (data_dir / "media" / rows[0].key).write_bytes(b"torn")
    CloudCopy.objects.create(key=rows[1].key, bucket="before", size_bytes=3, sha256="0" * 64)
    assert storage.enroll(keys_in_use()) == 2
    assert storage.heal() == 2
    assert [storage.in_cloud(row.key) for row in rows] == [False, False, True, True]
    assert rows[0].key not in bucket.names()


def test_a_file_that_cannot_be_read_does_not_stop_the_others(
    owner: User, bucket: S3Server, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STORAGE_BUCKET = ""
    rows = sorted((a_row("audio", owner) for _ in range(2)), key=lambda row: str(row.key))
    settings.STORAGE_BUCKET = bucket.bucket
    measured = storage.disk.measured

    def failing(key: str) -> Any:
        if key == rows[0].key:
            raise OSError(5, "Input/output error")
        return measured(key)

    monkeypatch.setattr(storage.disk, "measured", failing)
    assert storage.enroll(keys_in_use()) == 1
    assert storage.heal() == 1
    assert storage.in_cloud(rows[1].key)


def test_over_https_too_the_checksum_of_the_bytes_is_signed(settings: Settings) -> None:
    settings.AWS_S3_ENDPOINT_URL = "https://bucket.example.org"
    client = own_bucket._client()
    sent: list[str] = []

    def answer(request: Any, **_: Any) -> AWSResponse:
        sent.append(request.headers["X-Amz-Content-SHA256"].decode())
        return AWSResponse(request.url, 200, {}, HTTPResponse(io.BytesIO(), preload_content=False))

    client.meta.events.register("before-send.s3.PutObject", answer)
    client.put_object(Bucket="films", Key="a", Body=b"tune")
    assert len(sent[0]) == 64
