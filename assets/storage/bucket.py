"""The bucket: the only place that names boto3. One client a process, shared by its threads.

Nothing here knows rows. What goes wrong is a `CloudError`; everything is safe to do again.
boto3 is loaded when it is first needed: 30 MB that an installation without a bucket does not spend.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.http import content_disposition_header

DAMAGED = "damaged"  # a code of our own: the bucket answers, but with other bytes
PRESIGNED_SECONDS = 900
TRASH = "trash/"
PART = 16 * 1024 * 1024
_CONNECT_SECONDS = 5
_GONE = {"404", "NoSuchKey", "NotFound"}
_OUTAGES = {"", "500", "502", "503", "504", "InternalError", "ServiceUnavailable", "SlowDown", "RequestTimeout"}


class CloudError(Exception):
    """The bucket did not do what it was asked; `code` is its answer, empty when there was none, `DAMAGED` for bytes."""

    def __init__(self, reason: str, *, code: str = "") -> None:
        super().__init__(reason)
        self.code = code

    @property
    def is_missing(self) -> bool:
        """Say whether the bucket answered that there is no such object."""
        return self.code in _GONE

    @property
    def is_outage(self) -> bool:
        """Say whether the bucket failed or was silent, so that the next request will hardly do better."""
        return self.code in _OUTAGES


@dataclass(frozen=True, slots=True)
class Object:
    """What the bucket says about an object; `sha256` is empty when somebody else put it there."""

    size: int
    sha256: str
    etag: str


def upload(key: str, path: Path, *, mime: str, size: int, sha256: str) -> None:
    """Put a file under `key` and compare it before and after, byte for byte. Raises CloudError, OSError.

    The file is read first: one that was damaged on the disk since it was kept is not uploaded. An object that is
    there already and equal is left alone.
    """
    file = measured(path)
    if (file.size, file.sha256) != (size, sha256):
        raise CloudError("the file on this machine is damaged", code=DAMAGED)
    if _head_or_none(key) is not None and holds(key, file):
        return
    kept = {"Metadata": {"sha256": sha256}, "ContentType": mime, "CacheControl": "private, max-age=900"}
    with _errors():
        _client().upload_file(str(path), settings.STORAGE_BUCKET, key, ExtraArgs=kept, Config=_transfer())
    if not holds(key, file):
        raise CloudError("other bytes arrived than were sent", code=DAMAGED)


def measured(path: Path) -> Object:
    """Read a file to its end, once; its ETag is what a plain server gives to our parts. Raises OSError."""
    whole, parts, size = hashlib.sha256(), [], 0
    with path.open("rb") as file:
        while chunk := file.read(PART):
            size += len(chunk)
            whole.update(chunk)
            parts.append(hashlib.md5(chunk, usedforsecurity=False))
    if size < PART:
        etag = (parts[0] if parts else hashlib.md5(b"", usedforsecurity=False)).hexdigest()
    else:
        joined = hashlib.md5(b"".join(part.digest() for part in parts), usedforsecurity=False)
        etag = f"{joined.hexdigest()}-{len(parts)}"
    return Object(size, whole.hexdigest(), etag)


def holds(key: str, file: Object) -> bool:
    """Say whether the bucket has the very bytes that were measured, by its own word on them. Raises CloudError.

    For one part an ETag is the MD5 of what arrived, for several the MD5 of their MD5s; servers that encrypt or
    compute it in another way are asked for the bytes themselves. The checksum in the metadata is only what we told.
    """
    found = head(key)
    if (found.size, found.sha256) != (file.size, file.sha256):
        return False
    return found.etag == file.etag or _sha256_of_object(key) == file.sha256


def head(key: str) -> Object:
    """Ask for the facts of an object. Raises CloudError."""
    with _errors():
        told = _client().head_object(Bucket=settings.STORAGE_BUCKET, Key=key)
    return Object(told["ContentLength"], told["Metadata"].get("sha256", ""), told["ETag"].strip('"'))


def download(key: str, target: Path) -> None:
    """Write an object into a file that does not exist yet. Raises CloudError, OSError."""
    with _errors():
        _client().download_file(settings.STORAGE_BUCKET, key, str(target), Config=_transfer())


def remove(key: str) -> None:
    """Delete an object; none there is fine. Raises CloudError."""
    with _errors():
        _client().delete_object(Bucket=settings.STORAGE_BUCKET, Key=key)


def presigned(key: str, *, mime: str, filename: str, attachment: bool, head: bool = False) -> str:
    """Sign an address that reads `key` for 900 s; type and name of the answer are signed in. Asks nobody.

    A signature holds for one method: GET, or with `head` HEAD.
    """
    words = {
        "Bucket": settings.STORAGE_BUCKET,
        "Key": key,
        "ResponseContentType": mime,
        "ResponseContentDisposition": content_disposition_header(attachment, filename) or "inline",
    }
    url: str = _client().generate_presigned_url(
        "head_object" if head else "get_object", Params=words, ExpiresIn=PRESIGNED_SECONDS
    )
    return url


def probe() -> None:
    """Ask whether the bucket is there and is ours. Raises CloudError."""
    with _errors():
        _client().head_bucket(Bucket=settings.STORAGE_BUCKET)


def set_aside(key: str) -> None:
    """Move an object to `trash/`, where nobody finds it but a person; none there is fine. Raises CloudError."""
    source = {"Bucket": settings.STORAGE_BUCKET, "Key": key}
    try:
        with _errors():
            _client().copy(source, settings.STORAGE_BUCKET, f"{TRASH}{key}", Config=_transfer())
    except CloudError as error:
        if not error.is_missing:
            raise
    remove(key)


def listed(prefix: str = "") -> Iterator[tuple[str, int, datetime]]:
    """Yield key, size and time of every object, in the order of keys, page by page. Raises CloudError."""
    with _errors():
        pages = _client().get_paginator("list_objects_v2").paginate(Bucket=settings.STORAGE_BUCKET, Prefix=prefix)
        for page in pages:
            for found in page.get("Contents", ()):
                yield found["Key"], found["Size"], found["LastModified"]


def _head_or_none(key: str) -> Object | None:
    try:
        return head(key)
    except CloudError as error:
        # Who may write but not list is told 403 about an object that is not there.
        if error.is_missing or error.code == "403":
            return None
        raise


def _client() -> Any:
    return _client_for(
        endpoint=settings.AWS_S3_ENDPOINT_URL,
        region=settings.AWS_REGION,
        key_id=settings.AWS_ACCESS_KEY_ID,
        key=settings.AWS_SECRET_ACCESS_KEY,
        token=settings.AWS_SESSION_TOKEN,
        style=settings.AWS_S3_ADDRESSING_STYLE,
        seconds=settings.MV_CLOUD_TIMEOUT_SECONDS,
    )


@lru_cache(maxsize=2)
def _client_for(*, endpoint: str, region: str, key_id: str, key: str, token: str, style: str, seconds: float) -> Any:
    """Make a client; empty words mean that boto3 looks where it always looks (profile, role of the machine)."""
    from boto3.session import Session
    from botocore.config import Config

    config = Config(
        signature_version="s3v4",
        retries={"mode": "standard", "max_attempts": 5},
        connect_timeout=min(_CONNECT_SECONDS, seconds),
        read_timeout=seconds,
        max_pool_connections=20,
        # Newer checksums on every request are unknown to many S3-compatible servers.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        # The checksum of every request is signed, over https too: a server refuses what was damaged on the way.
        s3={"addressing_style": style, "payload_signing_enabled": True},
    )
    session = Session(
        aws_access_key_id=key_id or None,
        aws_secret_access_key=key or None,
        aws_session_token=token or None,
        region_name=region or None,
    )
    return session.client("s3", endpoint_url=endpoint or None, config=config)


@lru_cache(maxsize=1)
def _transfer() -> Any:
    from boto3.s3.transfer import TransferConfig

    return TransferConfig(multipart_threshold=PART, multipart_chunksize=PART, max_concurrency=4)


@contextmanager
def _errors() -> Iterator[None]:
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", "unknown"))
        raise CloudError(f"the bucket answered {code}", code=code) from error
    except (BotoCoreError, Boto3Error) as error:
        raise CloudError(type(error).__name__) from error


def _sha256_of_object(key: str) -> str:
    digest = hashlib.sha256()
    with _errors():
        body = _client().get_object(Bucket=settings.STORAGE_BUCKET, Key=key)["Body"]
        for chunk in body.iter_chunks(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()
