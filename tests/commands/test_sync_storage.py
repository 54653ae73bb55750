"""What `sync_storage` finds and puts right, in both directions, and that it deletes nothing."""

import io
import json
import platform
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from assets import storage
from assets.models import CloudCopy
from generation.management import findings
from mvsite.accounts.models import User
from tests.support.old_files import a_file, a_row
from tests.support.s3_server import S3Server, s3_server

pytestmark = pytest.mark.network_loopback


@pytest.fixture
def bucket(settings: Settings) -> Iterator[S3Server]:
    with s3_server() as running:
        running.set_on(settings, serve=True)
        yield running


def synced(**options: Any) -> tuple[int, dict[str, Any]]:
    """Run it; give its exit code and what it told."""
    out = io.StringIO()
    code = 0
    try:
        call_command("sync_storage", json=True, stdout=out, **options)
    except SystemExit as end:
        code = int(str(end.code))
    told: dict[str, Any] = json.loads(out.getvalue())
    return code, told


def found(told: dict[str, Any]) -> set[tuple[str, str]]:
    return {(one["kind"], one["key"]) for one in told["differences"]}


def test_every_difference_is_told_and_nothing_is_changed(
    owner: User, bucket: S3Server, settings: Settings, data_dir: Path
) -> None:
    media = data_dir / "media"
    there_only, damaged, differs, lost, right = (a_row("video", owner) for _ in range(5))
    settings.STORAGE_BUCKET = ""
    here_only, unknown = a_row("audio", owner), a_file(f"audio/{uuid.uuid4()}.mp3", days=2)
    a_file(f"audio/{uuid.uuid4()}.mp3", days=0.5)  # its row may be on the way
    settings.STORAGE_BUCKET = bucket.bucket
    (media / there_only.key).unlink()
    (media / lost.key).unlink()
    bucket.client.delete_object(Bucket=bucket.bucket, Key=lost.key)
    bucket.client.put_object(Bucket=bucket.bucket, Key=differs.key, Body=b"half")
    (media / damaged.key).write_bytes(b"torn")
    wanted = {
        ("fetch", there_only.key), ("damaged", damaged.key), ("differs", differs.key), ("lost", lost.key),
        ("upload", here_only.key), ("unknown", unknown),
    }  # fmt: skip
    before = bucket.names()
    code, told = synced(dry_run=True)
    assert (code, found(told), told["done"]) == (1, wanted, 0)  # one is lost
    assert bucket.names() == before
    assert not (media / there_only.key).exists()
    assert bucket.read(right.key) == (media / right.key).read_bytes()


def test_a_dry_run_ends_with_1_when_the_same_run_could_not_put_all_right(
    owner: User, bucket: S3Server, settings: Settings, data_dir: Path
) -> None:
    media = data_dir / "media"
    settings.STORAGE_BUCKET = ""
    here_only = a_row("audio", owner)
    settings.STORAGE_BUCKET = bucket.bucket
    assert found(synced(dry_run=True)[1]) == {("upload", here_only.key)}
    assert [synced(dry_run=True, direction=way)[0] for way in ("up", "both", "down")] == [0, 0, 1]
    assert synced()[0] == 0
    row = a_row("video", owner)
    (media / row.key).write_bytes(b"torn")
    assert [synced(dry_run=True, direction=way)[0] for way in ("up", "both", "down")] == [1, 0, 0]
    (media / row.key).unlink()
    bucket.client.delete_object(Bucket=bucket.bucket, Key=row.key)
    assert [synced(dry_run=True, direction=way)[0] for way in ("up", "both", "down")] == [1, 1, 1]


def test_a_folder_that_is_a_link_to_another_disk_is_looked_into(owner: User, data_dir: Path, tmp_path: Path) -> None:
    row = a_row("video", owner)
    (data_dir / "media" / "mv").rename(tmp_path / "large")
    (data_dir / "media" / "mv").symlink_to(tmp_path / "large")
    assert storage.is_here(row.key)
    code, told = synced(dry_run=True)
    assert (code, found(told)) == (0, set())


def test_up_uploads_and_down_fetches_and_twice_changes_nothing(
    owner: User, bucket: S3Server, settings: Settings, data_dir: Path
) -> None:
    media = data_dir / "media"
    there_only, damaged, differs = (a_row("video", owner) for _ in range(3))
    settings.STORAGE_BUCKET = ""
    here_only = a_row("audio", owner)
    settings.STORAGE_BUCKET = bucket.bucket
    whole = (media / damaged.key).read_bytes()
    (media / there_only.key).unlink()
    (media / damaged.key).write_bytes(b"X" * len(whole))
    bucket.client.put_object(Bucket=bucket.bucket, Key=differs.key, Body=b"half")
    code, told = synced()
    assert (code, told["done"]) == (0, 2)
    assert storage.in_cloud(here_only.key)
    assert bucket.read(differs.key) == (media / differs.key).read_bytes()
    assert not (media / there_only.key).exists()
    code, told = synced(direction="down", deep=True)
    assert (code, told["done"], found(told)) == (0, 2, {("fetch", there_only.key), ("damaged", damaged.key)})
    assert (media / damaged.key).read_bytes() == whole
    assert synced(direction="both", deep=True) == (
        0, {"bucket": True, "counts": {}, "done": 0, "differences": []},
    )  # fmt: skip


def test_from_here_to_the_bucket_and_back_nothing_is_lost(
    owner: User, bucket: S3Server, settings: Settings, data_dir: Path
) -> None:
    media = data_dir / "media"
    settings.STORAGE_BUCKET = ""
    rows = [a_row(kind, owner) for kind in ("video", "audio", "character") for _ in range(3)]
    content = {row.key: (media / row.key).read_bytes() for row in rows}
    settings.STORAGE_BUCKET = bucket.bucket
    assert synced()[1]["done"] == len(rows)
    for row in rows:
        (media / row.key).unlink()  # room was made
    settings.SERVE_FROM_CLOUD = False
    assert synced(direction="down")[1]["done"] == len(rows)
    settings.STORAGE_BUCKET = ""
    assert synced() == (0, {"bucket": False, "counts": {}, "done": 0, "differences": []})
    assert {row.key: (media / row.key).read_bytes() for row in rows} == content


def test_what_cannot_be_put_right_ends_with_1(owner: User, bucket: S3Server, data_dir: Path) -> None:
    row = a_row("video", owner)
    (data_dir / "media" / row.key).unlink()
    bucket.client.delete_object(Bucket=bucket.bucket, Key=row.key)
    assert synced(direction="both")[0] == 1


def test_a_file_that_cannot_be_read_is_told_as_damaged_and_the_others_go_on(
    owner: User, bucket: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    unreadable, whole = sorted(a_row("video", owner).key for _ in range(2))
    describe = storage.describe

    def failing(key: str) -> Any:
        if key == unreadable:
            raise OSError(5, "Input/output error")
        return describe(key)

    monkeypatch.setattr(storage, "describe", failing)
    bucket.client.delete_object(Bucket=bucket.bucket, Key=whole)
    assert found(synced(deep=True, dry_run=True)[1]) == {("damaged", unreadable), ("upload", whole)}


def test_a_copy_that_waits_is_uploaded_before_its_time(owner: User, bucket: S3Server) -> None:
    bucket.stop()
    row = a_row("video", owner)
    bucket.start()
    assert not storage.in_cloud(row.key)
    assert synced()[1]["done"] == 1
    assert storage.in_cloud(row.key)
    assert CloudCopy.objects.get(pk=row.key).error == ""


def test_what_waits_on_another_host_or_is_in_another_bucket_is_not_called_lost(
    owner: User, bucket: S3Server, settings: Settings, data_dir: Path
) -> None:
    there = a_row("audio", owner)
    bucket.stop()
    waiting = a_row("audio", owner)  # its host has not uploaded it yet
    bucket.start()
    for row in (there, waiting):
        (data_dir / "media" / row.key).unlink()
    name = bucket.bucket
    assert found(synced(dry_run=True)[1]) == {("fetch", there.key), ("elsewhere", waiting.key)}
    bucket.client.create_bucket(Bucket=f"{name}-next")
    for today in ("", f"{name}-next"):
        settings.STORAGE_BUCKET = today
        code, told = synced()
        assert code == 1
        (one,) = (one for one in told["differences"] if one["key"] == there.key)
        assert (one["kind"], one["bucket"], one["done"]) == ("in_another_bucket", name, False)
    settings.STORAGE_BUCKET = name
    assert synced(direction="down")[0] == 0
    assert (data_dir / "media" / there.key).exists()


def test_doctor_tells_of_what_waits_for_a_host_that_is_gone(
    owner: User, bucket: S3Server, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket.stop()
    rows = []
    for host in ("render-1", "render-2", "render-2"):
        monkeypatch.setattr(platform, "node", lambda host=host: host)
        rows.append(a_row("audio", owner))
    here, *theirs = rows
    for row in theirs:
        (data_dir / "media" / row.key).rename(data_dir / row.key.replace("/", "-"))
    since = timezone.now() - timedelta(days=2)
    CloudCopy.objects.filter(pk=theirs[1].key).update(created_at=since)
    late = timezone.now() - timedelta(minutes=61)
    CloudCopy.objects.filter(pk__in=[here.key, theirs[0].key]).update(next_try_at=late)

    def told() -> list[str]:
        return [finding.text for finding in findings.cloud() if " only on " in finding.text]

    assert told() == [], "the bucket does not answer, so no host can upload"
    bucket.start()
    assert len(told()) == 1, "the other is tried again when its pause is over"
    CloudCopy.objects.filter(pk=theirs[1].key).update(next_try_at=late)
    (text,) = told()
    assert text.startswith("2 files are only on the host render-2, which uploads nothing, the oldest since ")
    assert f"{since:%Y-%m-%d %H:%M} UTC: start the studio there; if it is gone for good, put what is left" in text
    CloudCopy.objects.update(host="")
    assert told()[0].startswith("2 files are only on hosts that upload nothing")
    for row in theirs:
        (data_dir / row.key.replace("/", "-")).rename(data_dir / "media" / row.key)
    assert told() == []
    assert storage.heal() == 3
    assert {copy.host for copy in CloudCopy.objects.all()} == {"render-2"}, "who uploaded them"


@pytest.mark.parametrize("serve", [True, False])
def test_a_file_in_a_bucket_that_is_not_set_is_a_clear_problem_and_doctor_counts_it(
    api: APIClient, owner: User, bucket: S3Server, settings: Settings, data_dir: Path, *, serve: bool
) -> None:
    row = a_row("audio", owner)
    (data_dir / "media" / row.key).unlink()
    name, settings.STORAGE_BUCKET, settings.SERVE_FROM_CLOUD = bucket.bucket, "", serve
    answer = api.get(f"/api/audio/get/{row.pk}")
    assert (answer.status_code, answer.json()["code"]) == (503, "app:storage:away")
    assert "a bucket that the studio is not set to use" in answer.json()["detail"]
    assert [finding.text for finding in findings.other_buckets()] == [
        f"1 files are only in the bucket {name}: name it in STORAGE_BUCKET, and see sync_storage"
    ]
    settings.STORAGE_BUCKET = name
    assert list(findings.other_buckets()) == []
    assert api.get(f"/api/audio/get/{row.pk}?redirect=false").status_code == 200
