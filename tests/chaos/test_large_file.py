"""Files of one and two gigabytes go through the real web server, in and out, and its memory hardly grows."""

import hashlib
import http.client
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.clips import marker_clip
from tests.support.processes import living, running_studio

pytestmark = [pytest.mark.long, pytest.mark.timeout(900), pytest.mark.network_loopback]
SIZE = 1 << 30
MEGABYTE = 1 << 20
TWO = (1 << 31) + 16 * MEGABYTE
BOUNDARY = "----a-line-between-parts"


def test_a_gigabyte_in_and_out_with_flat_memory(tmp_path: Path) -> None:
    small, large = marker_clip(tmp_path / "small.mp4", seconds=1), tmp_path / "large.mp4"
    grow(small, large)
    whole = checksum(large)
    with running_studio(tmp_path / "data", MV_MAX_UPLOAD_MB="1100", MV_MIN_FREE_MB="1") as studio:
        server = urlsplit(studio.url).netloc
        watch = Watch(tmp_path / "data")
        warm_up(server, small)
        before = watch.begin()
        told = upload(server, large)
        address = told["video_url"]
        with ThreadPoolExecutor(3) as three:
            starts = (0, SIZE // 2, SIZE - 8 * MEGABYTE)
            parts = list(three.map(lambda start: part_of(server, address, start), starts))
        for start, part in zip(starts, parts, strict=True):
            assert part == checksum(large, start, 8 * MEGABYTE), start
        assert download(server, address) == (SIZE, whole)
        after = watch.peak()
    print(f"web processes: {before / MEGABYTE:.1f} MB before, at most {after / MEGABYTE:.1f} MB meanwhile")  # noqa: T201 - the figure
    assert after - before < 50 * MEGABYTE


def test_two_gigabytes_are_read_at_three_places_with_flat_memory(tmp_path: Path) -> None:
    small = marker_clip(tmp_path / "small.mp4", seconds=1)
    with running_studio(tmp_path / "data", MV_MIN_FREE_MB="1") as studio:
        server = urlsplit(studio.url).netloc
        watch = Watch(tmp_path / "data")
        told = upload(server, small)
        kept = tmp_path / "data" / "media" / told["video_path"]
        starts = (0, TWO // 2 + 1, TWO - 8 * MEGABYTE)  # the last lies wholly beyond what fits into 31 bits
        with kept.open("r+b") as file:  # with holes: it takes no room, and every read is of the true place
            file.truncate(TWO)
            for start in starts[1:]:
                file.seek(start)
                file.write(os.urandom(8 * MEGABYTE))
        before = watch.begin()
        with ThreadPoolExecutor(3) as three:
            parts = list(three.map(lambda start: part_of(server, told["video_url"], start, TWO), starts))
        after = watch.peak()
        for start, part in zip(starts, parts, strict=True):
            assert part == checksum(kept, start, 8 * MEGABYTE), start
    print(f"web processes: {before / MEGABYTE:.1f} MB before, at most {after / MEGABYTE:.1f} MB meanwhile")  # noqa: T201 - the figure
    assert after - before < 50 * MEGABYTE


class Watch:
    """The memory of the web server's processes."""

    def __init__(self, data_dir: Path) -> None:
        self._pids = [pid for pid, line in living(data_dir).items() if "granian" in line]
        assert self._pids

    def begin(self) -> int:
        """Forget earlier peaks; give what is used now, in bytes."""
        for pid in self._pids:
            Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")
        return sum(self._told(pid, "VmRSS") for pid in self._pids)

    def peak(self) -> int:
        """Give the sum of the peaks since then."""
        return sum(self._told(pid, "VmHWM") for pid in self._pids)

    @staticmethod
    def _told(pid: int, word: str) -> int:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{word}:"))


def grow(small: Path, large: Path) -> None:
    """Make a video of exactly `SIZE` bytes: the small one and a box that players skip, not all of it zeros."""
    head = small.read_bytes()
    room = SIZE - len(head)
    with large.open("wb") as file:
        file.write(head + room.to_bytes(4, "big") + b"free")
        for place in range(len(head) + 8, SIZE - 64, 5 * MEGABYTE):
            file.seek(place)
            file.write(os.urandom(32))
        file.truncate(SIZE)


def warm_up(server: str, small: Path) -> None:
    told = upload(server, small)
    assert download(server, told["video_url"])[0] == small.stat().st_size


def upload(server: str, path: Path) -> dict[str, Any]:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{path.name}"\r\n\r\n'.encode()
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()

    def body() -> Iterator[bytes]:
        yield head
        with path.open("rb") as file:
            while piece := file.read(MEGABYTE):
                yield piece
        yield tail

    headers = {
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Content-Length": str(len(head) + path.stat().st_size + len(tail)),
    }
    connection = http.client.HTTPConnection(server, timeout=300)
    connection.request("POST", "/api/mv/videos/upload", body=body(), headers=headers)
    answer = connection.getresponse()
    told: dict[str, Any] = json.loads(answer.read())
    assert answer.status == 201, told
    connection.close()
    return told


def part_of(server: str, address: str, start: int, size: int = SIZE) -> str:
    connection = http.client.HTTPConnection(server, timeout=300)
    connection.request("GET", address, headers={"Range": f"bytes={start}-{start + 8 * MEGABYTE - 1}"})
    answer = connection.getresponse()
    assert answer.status == 206
    assert answer.headers["Content-Range"] == f"bytes {start}-{start + 8 * MEGABYTE - 1}/{size}"
    return hashlib.sha256(answer.read()).hexdigest()


def download(server: str, address: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(server, timeout=300)
    connection.request("GET", address)
    answer = connection.getresponse()
    assert answer.status == 200
    digest, size = hashlib.sha256(), 0
    while piece := answer.read(MEGABYTE):
        digest.update(piece)
        size += len(piece)
    return size, digest.hexdigest()


def checksum(path: Path, start: int = 0, length: int = SIZE) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        file.seek(start)
        while length > 0 and (piece := file.read(min(MEGABYTE, length))):
            digest.update(piece)
            length -= len(piece)
    return digest.hexdigest()
