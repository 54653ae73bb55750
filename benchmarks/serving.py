"""Serving a video: parts of a megabyte from our web server, with its memory, against nginx on the same file."""

import getpass
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from benchmarks._clips import make_clips
from benchmarks._table import Row
from mvsite.supervisor.address import free_port
from mvsite.supervisor.services import web

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
FIRST, PART, SIZE = 5_000_000, 1_000_000, 21_000_000
WHAT = "parts of 1 MB of a video, 4 connections: time a request / nginx"
WHOLE = "  the same as a person gets them, with log-in, rights and row"
KEY = "mv/jobs/benchmark/video.mp4"
NGINX = """
user {user}; daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off; sendfile on; types {{ video/mp4 mp4; }}
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen {host}:{port}; root {folder}/data/media; }}
}}
"""


def measure(*, quick: bool) -> Iterator[Row]:
    """Yield B11: our serving of a file by nginx's, and by how many MB the web server grows; and a whole request."""
    missing = [name for name in ("nginx", "wrk") if shutil.which(name) is None]
    if missing:
        yield Row("B11", WHAT, None, 2.0, 10 / 3, f"{' and '.join(missing)} not installed")
        return
    rounds, seconds = (3, 1) if quick else (7, 2)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        video = _video(folder)
        wanted = video.read_bytes()[FIRST : FIRST + PART]
        with _nginx(folder) as served:
            theirs = f"http://{HOST}:{served}/{KEY}"
            with _studio(folder, "benchmarks._served:application") as (port, pid):
                ours = f"http://{HOST}:{port}/video.mp4"
                assert [_part(ours), _part(theirs)] == [wanted, wanted], "other bytes came back"
                _rate(ours, seconds), _rate(theirs, seconds)
                before = _memory(pid)
                yield _row("B11", WHAT, ours, theirs, rounds=rounds, seconds=seconds, bounds=(2.0, 10 / 3))
                yield Row("B11m", "MB by which the web server grew meanwhile", _memory(pid) - before, 64.0, 128.0)
            if quick:
                return
            with _studio(folder) as (port, _):
                ours = f"http://{HOST}:{port}{_uploaded(port, video)}"
                assert _part(ours) == wanted, "other bytes came back"
                yield _row("B11w", WHOLE, ours, theirs, rounds=rounds, seconds=seconds, bounds=(None, None))


def _row(
    id_: str, what: str, ours: str, theirs: str, *, rounds: int, seconds: int, bounds: tuple[float | None, float | None]
) -> Row:
    pairs = [(_rate(ours, seconds), _rate(theirs, seconds)) for _ in range(rounds)]
    ratios = [their / our for our, their in pairs]
    spread = f"{min(ratios):.3g}..{max(ratios):.3g} in {rounds} rounds"
    each = f"{median(our for our, _ in pairs):.0f} / {median(their for _, their in pairs):.0f} requests a second"
    return Row(id_, what, median(ratios), *bounds, note=f"{spread}; {each}")


def _video(folder: Path) -> Path:
    """Make a real film as large as the ones that were measured: what is missing is a box that players skip."""
    clip = make_clips(looks=1)[0]
    room = SIZE - clip.stat().st_size
    target = folder / "data" / "media" / KEY
    target.parent.mkdir(parents=True)
    target.write_bytes(clip.read_bytes() + room.to_bytes(4, "big") + b"free" + os.urandom(room - 8))
    return target


@contextmanager
def _running(words: Sequence[str], port: int, environment: dict[str, str]) -> Iterator[int]:
    """Run a server until the block ends; give its process id once it listens."""
    process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                http.client.HTTPConnection(HOST, port, timeout=5).connect()
                break
            except OSError:
                assert process.poll() is None, f"{words[0]} ended with {process.returncode}"
                time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def _nginx(folder: Path) -> Iterator[int]:
    port = free_port(HOST, 0)
    settings = folder / "nginx.conf"
    settings.write_text(NGINX.format(user=getpass.getuser(), folder=folder, host=HOST, port=port), encoding="utf-8")
    with _running(["nginx", "-c", str(settings), "-p", str(folder)], port, dict(os.environ)):
        yield port


@contextmanager
def _studio(folder: Path, application: str = "") -> Iterator[tuple[int, int]]:
    """Run our web server, with another application when one is named; give its port and process id."""
    environment = {**os.environ, "MV_DATA_DIR": str(folder / "data"), "MV_ENV_FILE": os.devnull}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], cwd=ROOT, env=environment, check=True)
    port = free_port(HOST, 0)
    command = web(HOST, port, url=f"http://{HOST}:{port}/", drain_seconds=2).command
    words = [*command[:-1], application] if application else command
    with _running(words, port, environment) as pid:
        yield port, pid


def _uploaded(port: int, video: Path) -> str:
    line = "a-line-between-parts"
    head = f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="{video.name}"\r\n\r\n'
    body = head.encode() + video.read_bytes() + f"\r\n--{line}--\r\n".encode()
    connection = http.client.HTTPConnection(HOST, port, timeout=120)
    words = {"Content-Type": f"multipart/form-data; boundary={line}"}
    connection.request("POST", "/api/mv/videos/upload", body=body, headers=words)
    answer = connection.getresponse()
    told = json.loads(answer.read())
    assert answer.status == 201, told
    return str(told["video_url"])


def _part(address: str) -> bytes:
    host, _, path = address.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request("GET", f"/{path}", headers={"Range": f"bytes={FIRST}-{FIRST + PART - 1}"})
    answer = connection.getresponse()
    assert answer.status == 206, answer.status
    return answer.read()


def _rate(address: str, seconds: int) -> float:
    """Give requests a second, all of them answered."""
    words = ["wrk", "-t1", "-c4", f"-d{seconds}s", "-H", f"Range: bytes={FIRST}-{FIRST + PART - 1}", address]
    said = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in said, said
    assert "Socket errors" not in said, said
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found is not None, said
    return float(found[1])


def _memory(pid: int) -> float:
    """Give the memory in MB of a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    lines = [line for one in (pid, *children) for line in Path(f"/proc/{one}/status").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024
