"""A web server that is told to stop lets the requests under way come to their end, for as long as it is told."""

import http.client
import io
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image

from tests.support.processes import Studio, running_studio, wait_for
from tests.support.workers import rows

pytestmark = pytest.mark.network_loopback
LINE = "a-line-between-the-parts-of-a-form"
PICTURES = "select count(*) from assets_characterreference"


def noise() -> bytes:
    """Give a PNG of about 500 KB, so that it comes in more than one piece."""
    kept = io.BytesIO()
    Image.effect_noise((700, 700), 100).save(kept, "PNG")
    return kept.getvalue()


@contextmanager
def web(folder: Path, *, drain_seconds: int) -> Iterator[Studio]:
    with running_studio(folder, "--only", "web", MV_DRAIN_SECONDS=str(drain_seconds)) as running:
        yield running


@contextmanager
def begun(running: Studio) -> Iterator[tuple[socket.socket, bytes]]:
    """Send a picture but for its end, which is given beside the connection, and wait until it is on its way in."""
    head = f'--{LINE}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'.encode()
    body = head + noise() + f"\r\n--{LINE}--\r\n".encode()
    words = {"Host": urlsplit(running.url).netloc, "Content-Length": str(len(body))}
    words["Content-Type"] = f"multipart/form-data; boundary={LINE}"
    lines = "".join(f"{name}: {word}\r\n" for name, word in words.items())
    with socket.create_connection(where(running), timeout=60) as line:
        line.sendall(f"POST /api/mv/characters/upload HTTP/1.1\r\n{lines}\r\n".encode() + body[:-20])
        wait_for(lambda: any((running.data_dir / "tmp").glob("upload-*")), seconds=30, saying="it comes in")
        yield line, body[-20:]


def where(running: Studio) -> tuple[str, int]:
    address = urlsplit(running.url)
    return str(address.hostname), int(address.port or 0)


def is_closed(running: Studio) -> bool:
    try:
        socket.create_connection(where(running), timeout=2).close()
    except ConnectionRefusedError:
        return True
    return False


def test_an_upload_comes_to_its_end_after_the_server_was_told_to_stop(tmp_path: Path) -> None:
    with web(tmp_path, drain_seconds=600) as running, begun(running) as (line, end):
        running.process.send_signal(signal.SIGTERM)
        wait_for(lambda: is_closed(running), seconds=30, saying="nobody else is let in")
        time.sleep(4)  # longer than a server that does not wait has
        line.sendall(end)
        answer = http.client.HTTPResponse(line)
        answer.begin()
        assert answer.status == 201
        assert running.process.wait(30) == 0
        assert rows(tmp_path, PICTURES) == [(1,)]
    assert any("Requests under way come to their end" in said for said in running.said)


def test_who_asks_again_ends_them_now(tmp_path: Path) -> None:
    with web(tmp_path, drain_seconds=600) as running, begun(running):
        running.process.send_signal(signal.SIGINT)
        wait_for(lambda: is_closed(running), seconds=30, saying="nobody else is let in")
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(30) == 0
        assert rows(tmp_path, PICTURES) == [(0,)]
