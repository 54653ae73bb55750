"""Files that are deleted, and kept again, while something is done about their copies: the last word counts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from assets import storage
from assets.keys import clip_key
from assets.models import CloudCopy
from assets.storage import bucket as own_bucket
from assets.storage import copies
from assets.storage.bucket import CloudError
from tests.support.bucket import bucket, everything_is_due, server
from tests.support.s3_server import S3Server

__all__ = ["bucket", "server"]
pytestmark = [pytest.mark.django_db, pytest.mark.network_loopback]
TUNE = b"tune" * 1000
OTHER = b"another tune" * 1000


def kept(tmp_path: Path, key: str, content: bytes = TUNE) -> None:
    source = tmp_path / uuid4().hex
    source.write_bytes(content)
    storage.store(key=key, source=source)


def kept_while_it_is_away(tmp_path: Path, bucket: S3Server) -> str:
    key = clip_key(uuid4())
    bucket.stop()
    try:
        kept(tmp_path, key)
    finally:
        bucket.start()
    copies.mark_away(away=False)
    return key


def during(monkeypatch: pytest.MonkeyPatch, call: str, do: Callable[[], object], *, first: bool = False) -> None:
    """Do something once, while `call` of the bucket runs: after it has done its work, or before with `first`."""
    real = getattr(own_bucket, call)
    left = [do]

    def beside(*words: Any, **named: Any) -> Any:
        if first and left:
            left.pop()()
        answer = real(*words, **named)
        if left:
            left.pop()()
        return answer

    monkeypatch.setattr(own_bucket, call, beside)


def sent_before(monkeypatch: pytest.MonkeyPatch, do: Callable[[], object], *, answer_is_lost: bool = False) -> None:
    """Let the bytes of an upload arrive only after `do` was done: the file was open, and was deleted meanwhile."""
    real = own_bucket.upload

    def late(key: str, path: Path, **words: Any) -> None:
        held = path.read_bytes()
        do()
        path.write_bytes(held)
        real(key, path, **words)
        path.unlink()
        if answer_is_lost:
            raise CloudError("ReadTimeoutError")

    monkeypatch.setattr(own_bucket, "upload", late)


@pytest.mark.parametrize("answer_is_lost", [False, True], ids=["answered", "answer lost"])
def test_an_upload_whose_file_was_deleted_meanwhile_leaves_nothing(
    tmp_path: Path, bucket: S3Server, monkeypatch: pytest.MonkeyPatch, *, answer_is_lost: bool
) -> None:
    key = clip_key(uuid4())
    sent_before(monkeypatch, lambda: storage.delete(key), answer_is_lost=answer_is_lost)
    kept(tmp_path, key)
    monkeypatch.undo()
    copies.mark_away(away=False)
    everything_is_due()
    storage.heal()
    assert key not in bucket.names()
    assert not CloudCopy.objects.filter(pk=key).exists()


def test_an_upload_ends_between_the_two_halves_of_a_deletion(
    tmp_path: Path, bucket: S3Server, vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = kept_while_it_is_away(tmp_path, bucket)
    waiting = CloudCopy.objects.get(pk=key)

    def arrives() -> None:
        (vault / key).write_bytes(TUNE)
        storage.placing.upload(waiting)
        (vault / key).unlink()

    during(monkeypatch, "remove", arrives)
    storage.delete(key)
    everything_is_due()
    storage.heal()
    assert key not in bucket.names()
    assert not CloudCopy.objects.filter(pk=key).exists()


@pytest.mark.parametrize("content", [TUNE, OTHER], ids=["the same", "another"])
def test_what_is_kept_again_while_its_copy_waits_to_be_deleted_is_uploaded(
    tmp_path: Path, bucket: S3Server, content: bytes
) -> None:
    key = clip_key(uuid4())
    kept(tmp_path, key)
    bucket.stop()
    try:
        storage.delete(key)
    finally:
        bucket.start()
    copies.mark_away(away=False)
    kept(tmp_path, key, content)
    assert storage.in_cloud(key)
    everything_is_due()
    assert storage.heal() == 0
    assert bucket.read(key) == content


@pytest.mark.parametrize("first", [True, False], ids=["before", "after"])
def test_what_is_kept_again_while_its_copy_is_deleted_is_uploaded(
    tmp_path: Path, bucket: S3Server, monkeypatch: pytest.MonkeyPatch, *, first: bool
) -> None:
    key = clip_key(uuid4())
    kept(tmp_path, key)
    during(monkeypatch, "remove", lambda: kept(tmp_path, key), first=first)
    storage.delete(key)
    storage.heal()
    assert storage.in_cloud(key)
    assert bucket.read(key) == TUNE


def test_what_another_uploaded_first_is_no_failure(
    tmp_path: Path, bucket: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = kept_while_it_is_away(tmp_path, bucket)
    everything_is_due()
    mine, others = CloudCopy.objects.get(pk=key), CloudCopy.objects.get(pk=key)
    during(monkeypatch, "upload", lambda: copies.synced(others))
    assert storage.placing.upload(mine)
    assert storage.in_cloud(key)
