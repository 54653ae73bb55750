"""Hostile files through every door: refused with a problem, soon, with little memory, and nothing else is read."""

import base64
import resource
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from tests.support.hostile_files import SECRET, bombs, disguises
from tests.support.threads import running_time

pytestmark = [pytest.mark.django_db, pytest.mark.network_loopback]
UPLOADS = ("/api/audio/upload", "/api/mv/videos/upload", "/api/mv/characters/upload")
BOMBS = dict(bombs())
HARMLESS = {"flac-says-forever"}  # it holds eight seconds, which are counted
LONGEST = 10.0  # seconds; the machine may be busy
GROWTH_KIB = 1 << 20  # a gigabyte


@pytest.fixture
def secret(data_dir: Path) -> Path:
    """Give another user's file, where files of users lie."""
    path = data_dir / "media" / "mv" / "characters" / "secret.png"
    path.parent.mkdir(parents=True)
    path.write_bytes(SECRET * 100)
    return path


@pytest.fixture
def listener() -> Iterator[tuple[int, list[Any]]]:
    """Listen on this machine, where nothing may ever call: give the port, and who called."""
    callers: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        over = threading.Event()

        def listen() -> None:
            while not over.is_set():
                try:
                    callers.append(server.accept()[1])
                except TimeoutError:
                    continue

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield server.getsockname()[1], callers
        over.set()
        thread.join(5)


def offered(api: APIClient, address: str, content: bytes) -> tuple[int, float]:
    """Upload something as a file of the right name; give the status and the seconds it took."""
    ending = {"audio": "mp3", "mv": "mp4"}[address.split("/")[2]] if "characters" not in address else "png"
    with running_time() as seconds:
        answer = api.post(address, {"file": SimpleUploadedFile(f"fine.{ending}", content)}, format="multipart")
        took = seconds()
    if answer.status_code >= 400:
        assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, took


def in_json(api: APIClient, content: bytes) -> int:
    body = {"prompt": "x", "reference_image_base64": base64.b64encode(content).decode()}
    return int(api.post("/api/mv/generate_video", body, format="json").status_code)


def kept(data_dir: Path, secret: Path) -> list[Path]:
    return [path for path in data_dir.rglob("*") if path.is_file() and path != secret]


def test_disguises_are_refused_and_read_nothing(
    api: APIClient, data_dir: Path, secret: Path, listener: tuple[int, list[Any]]
) -> None:
    port, callers = listener
    files = list(disguises(secret, port))
    assert len(files) + len(BOMBS) >= 90
    wrong = {}
    for name, content in files:
        for address in UPLOADS:
            status, seconds = offered(api, address, content)
            if status != 422 or seconds > LONGEST:
                wrong[name, address] = (status, seconds)
        if (status := in_json(api, content)) not in {400, 422} and content:
            wrong[name, "base64"] = (status, 0.0)
    assert wrong == {}
    assert callers == []
    assert kept(data_dir, secret) == []


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_refused_soon_and_in_little_memory(api: APIClient, name: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for address in UPLOADS:
        status, seconds = offered(api, address, BOMBS[name])
        assert status == 422 or (name in HARMLESS and status == 201), (address, status)
        assert seconds < LONGEST, (address, seconds)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < GROWTH_KIB
