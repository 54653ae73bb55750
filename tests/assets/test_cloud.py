"""Files in a bucket: kept here first, uploaded, checked, fetched back, forgotten; a real client and a real server."""

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from assets import storage
from assets.keys import clip_key, picture_key
from assets.models import CloudCopy
from assets.storage import bucket as own_bucket
from mvsite.common.errors import AppError
from tests.support.bucket import bucket, everything_is_due, server
from tests.support.s3_server import S3Server

__all__ = ["bucket", "server"]
pytestmark = [pytest.mark.django_db, pytest.mark.network_loopback]
TUNE = b"tune" * 1000


def kept(tmp_path: Path, content: bytes = TUNE, key: str = "") -> str:
    source = tmp_path / uuid4().hex
    source.write_bytes(content)
    return storage.store(key=key or clip_key(uuid4()), source=source).key


def test_what_is_stored_is_uploaded_with_its_checksum(tmp_path: Path, bucket: S3Server, vault: Path) -> None:
    key = kept(tmp_path)
    assert storage.in_cloud(key)
    assert bucket.read(key) == TUNE
    told = bucket.client.head_object(Bucket=bucket.bucket, Key=key)
    assert told["Metadata"]["sha256"] == storage.describe(key).sha256
    assert told["ContentType"] == "video/mp4"
    assert (vault / key).read_bytes() == TUNE


def test_a_file_of_several_parts_arrives_whole(tmp_path: Path, bucket: S3Server) -> None:
    large = bytes(range(256)) * (150 * 1024)  # 37.5 MB: three parts
    key = kept(tmp_path, large)
    assert storage.in_cloud(key)
    assert bucket.client.head_object(Bucket=bucket.bucket, Key=key)["ETag"].endswith('-3"')
    assert bucket.read(key) == large


def test_copies_that_can_be_made_again_stay_here(tmp_path: Path, bucket: S3Server) -> None:
    key = kept(tmp_path, key=picture_key(f"mv/characters/{uuid4()}.png", size="thumb", ext="webp"))
    assert key not in bucket.names()
    assert storage.exists(key)


def test_a_machine_without_the_file_reads_it_from_the_bucket(tmp_path: Path, vault: Path) -> None:
    key = kept(tmp_path)
    (vault / key).unlink()
    assert storage.exists(key)
    with storage.local_path(key) as path:
        assert path.read_bytes() == TUNE
    with storage.open_file(key) as file:
        assert file.read() == TUNE


def test_a_file_that_another_host_has_not_uploaded_yet_is_waited_for(
    tmp_path: Path, vault: Path, bucket: S3Server
) -> None:
    bucket.stop()
    try:
        key = kept(tmp_path)
    finally:
        bucket.start()
    (vault / key).rename(tmp_path / "on the other host")
    with pytest.raises(AppError, match="app:storage:away"), storage.local_path(key):
        pass


def test_what_lies_on_another_host_is_left_to_it_and_holds_up_nothing(
    tmp_path: Path, vault: Path, bucket: S3Server
) -> None:
    bucket.stop()
    try:
        theirs, ours = [kept(tmp_path) for _ in range(5)], kept(tmp_path)
    finally:
        bucket.start()
    everything_is_due()
    for key in theirs:
        (vault / key).rename(tmp_path / Path(key).parent.name)
    before = list(CloudCopy.objects.filter(pk__in=theirs).order_by("pk").values())
    assert storage.heal(limit=1) == 1
    assert storage.heal() == 0
    assert storage.in_cloud(ours)
    assert list(CloudCopy.objects.filter(pk__in=theirs).order_by("pk").values()) == before, "the other host would wait"
    for key in theirs:
        (tmp_path / Path(key).parent.name).rename(vault / key)
    assert storage.heal() == 5


def test_a_file_that_is_nowhere_is_missing(tmp_path: Path, vault: Path, bucket: S3Server) -> None:
    key = kept(tmp_path)
    (vault / key).unlink()
    bucket.client.delete_object(Bucket=bucket.bucket, Key=key)
    with pytest.raises(AppError, match="missing from the disk"):
        storage.open_file(key)


def test_bytes_that_came_back_wrong_are_not_taken(tmp_path: Path, vault: Path, bucket: S3Server) -> None:
    key = kept(tmp_path)
    (vault / key).unlink()
    bucket.client.put_object(Bucket=bucket.bucket, Key=key, Body=b"something else")
    with pytest.raises(AppError, match="in the bucket is damaged"):
        storage.open_file(key)
    assert not (vault / key).exists()
    assert not list(vault.rglob(".tmp-*"))


def test_a_stopped_server_costs_nothing_and_is_made_up_for(tmp_path: Path, bucket: S3Server, vault: Path) -> None:
    bucket.stop()
    try:
        first = kept(tmp_path)
        second = kept(tmp_path)  # the first has told that nobody should wait
        assert (vault / first).read_bytes() == (vault / second).read_bytes() == TUNE
        assert not storage.in_cloud(first)
        assert [copy.attempts for copy in CloudCopy.objects.order_by("created_at")] == [1, 0]
        everything_is_due()
        assert storage.heal() == 0
    finally:
        bucket.start()
    everything_is_due()
    assert storage.heal() == 2
    assert {first, second} <= bucket.names()
    assert storage.in_cloud(first)
    assert storage.waiting() == (0, None)


def test_only_what_is_due_is_tried(tmp_path: Path, bucket: S3Server) -> None:
    bucket.stop()
    try:
        kept(tmp_path)
    finally:
        bucket.start()
    assert storage.heal() == 0  # 30 s are not over


@pytest.mark.parametrize("kind", ["500", "503", "reset"])
def test_single_failures_are_tried_again_at_once(tmp_path: Path, bucket: S3Server, kind: str) -> None:
    with bucket.failing(0.3, [kind], seed=7):
        keys = [kept(tmp_path, uuid4().bytes) for _ in range(8)]
    assert [storage.in_cloud(key) for key in keys] == [True] * 8


def test_a_server_that_says_nothing_is_left_after_the_time_limit(
    tmp_path: Path, bucket: S3Server, settings: Settings
) -> None:
    settings.MV_CLOUD_TIMEOUT_SECONDS = 0.2
    with bucket.failing(1.0, ["stall"]):
        key = kept(tmp_path)
    assert not storage.in_cloud(key)
    assert CloudCopy.objects.get(pk=key).error == "ReadTimeoutError"


def test_the_machine_that_stored_first_wins(tmp_path: Path, vault: Path) -> None:
    key = kept(tmp_path)
    (vault / key).unlink()  # as it is on another host
    with pytest.raises(storage.KeyTakenError):
        kept(tmp_path, b"made on the other host", key=key)
    with storage.local_path(key) as path:
        assert path.read_bytes() == TUNE


def test_delete_forgets_in_the_bucket_too_and_later_when_it_is_away(tmp_path: Path, bucket: S3Server) -> None:
    now, later = kept(tmp_path), kept(tmp_path)
    storage.delete(now)
    assert now not in bucket.names()
    bucket.stop()
    try:
        storage.delete(later)
        assert not storage.exists(later)
    finally:
        bucket.start()
    assert later in bucket.names()
    everything_is_due()
    assert storage.heal() == 1
    assert later not in bucket.names()
    assert not CloudCopy.objects.exists()


def test_another_bucket_gets_what_was_made_before(tmp_path: Path, bucket: S3Server, settings: Settings) -> None:
    settings.STORAGE_BUCKET = ""
    early = kept(tmp_path)
    settings.STORAGE_BUCKET = bucket.bucket
    other = kept(tmp_path)
    assert not storage.in_cloud(early)
    assert storage.enroll([early, other]) == 1
    assert storage.heal() == 1
    assert storage.in_cloud(early)
    bucket.client.create_bucket(Bucket=f"{bucket.bucket}-next")
    settings.STORAGE_BUCKET = f"{bucket.bucket}-next"
    assert not storage.in_cloud(early)
    assert storage.enroll([early, other]) == 2
    assert storage.heal() == 2
    assert storage.in_cloud(early)
    assert bucket.client.head_object(Bucket=settings.STORAGE_BUCKET, Key=other)["ContentLength"] == len(TUNE)


def test_room_is_made_only_for_what_the_bucket_has(
    tmp_path: Path, bucket: S3Server, settings: Settings, vault: Path
) -> None:
    settings.MV_LOCAL_CACHE_DAYS = 1
    unused, used, lost = kept(tmp_path), kept(tmp_path), kept(tmp_path)
    for key in (unused, lost):
        age(vault / key, days=2)
    bucket.client.delete_object(Bucket=bucket.bucket, Key=lost)
    assert storage.make_room() == 1
    assert not (vault / unused).exists()
    assert (vault / used).exists()
    assert (vault / lost).exists()
    with storage.open_file(unused) as file:
        assert file.read() == TUNE
    age(vault / unused, days=2)
    settings.SERVE_FROM_CLOUD = False
    assert storage.make_room() == 0


def age(path: Path, *, days: float) -> None:
    old = timezone.now().timestamp() - days * 86_400
    os.utime(path, (old, old))


def test_room_is_not_made_of_a_file_that_is_taken_while_the_bucket_is_asked(
    tmp_path: Path, vault: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MV_LOCAL_CACHE_DAYS = 1
    key = kept(tmp_path)
    age(vault / key, days=2)
    holds = own_bucket.holds

    def asked(*words: Any) -> bool:
        answer = holds(*words)
        storage.make_local(key)  # a job takes it now
        return answer

    monkeypatch.setattr(own_bucket, "holds", asked)
    assert storage.make_room() == 0
    assert (vault / key).read_bytes() == TUNE
