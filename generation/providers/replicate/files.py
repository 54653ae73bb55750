"""Pictures, clips and sounds on their way to a model: small ones inside the request, large ones uploaded first."""

import base64
import hashlib
import mimetypes
from pathlib import Path
from typing import Any

import httpx

from generation.providers.replicate import errors
from generation.providers.replicate.client import ask
from mvsite.common.errors import ProviderError

INLINE_BYTES = 256_000  # the vendor's advice: a data URL up to 256 kB, an address above
_KINDS = {".wav": "audio/wav"}  # the usual table says audio/x-wav


def send(path: Path) -> str:
    """Return what stands for a file in a model's input: a data URI, or the address of its upload.

    Raises ProviderError; nothing is bought by this.
    """
    return data_uri(path) if path.stat().st_size <= INLINE_BYTES else _upload(path)


def data_uri(path: Path) -> str:
    """Return a file as a data URI."""
    return f"data:{_kind(path)};base64,{base64.b64encode(path.read_bytes()).decode('ascii')}"


def name_of(path: Path) -> str:
    """Return the name under which a file is uploaded: its hash, so that it is known again."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() + path.suffix


def is_same(path: Path, listed: Any) -> bool:
    """Say whether what the provider lists as a file is this one.

    Raises httpx.HTTPError when the provider cannot be asked. What it keeps elsewhere cannot be compared and passes.
    """
    if not isinstance(listed, str) or not listed:
        return False
    if listed.startswith("data:"):
        return listed == data_uri(path)
    _, ours, file_id = listed.partition("/v1/files/")
    if not ours or not file_id.replace("-", "").replace("_", "").isalnum():
        return path.stat().st_size <= INLINE_BYTES
    response = ask("GET", f"/v1/files/{file_id}")
    if response.status_code == 404:
        return False
    response.raise_for_status()
    body = response.json()
    return isinstance(body, dict) and body.get("name") == name_of(path)


def _upload(path: Path) -> str:
    with path.open("rb") as file:
        try:
            response = ask("POST", "/v1/files", files={"content": (name_of(path), file, _kind(path))})
        except httpx.HTTPError as error:
            raise errors.of_upload(error) from None
    if response.status_code not in {200, 201}:
        raise errors.of_answer(response)
    try:
        address = response.json()["urls"]["get"]
    except (ValueError, TypeError, KeyError):
        address = None
    if not isinstance(address, str):
        text = "Replicate took a file and did not say where it is."
        raise ProviderError("provider:answer:bad", text, transient=True)  # nothing was bought yet
    return address


def _kind(path: Path) -> str:
    return _KINDS.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
