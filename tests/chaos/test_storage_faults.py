"""A bucket that fails and a writer that dies, again and again: nothing is lost, nothing is torn, all is uploaded."""

import hashlib
import json
import os
import random
import signal
import sqlite3
import time
from pathlib import Path

import pytest

from tests.support.ingest_writer import content, song_id
from tests.support.processes import ran, started, wait_for
from tests.support.s3_server import S3Server, s3_server

SONGS, KILLS, ORPHANS, OUTAGE = 100, 60, 10, 20.0
pytestmark = [pytest.mark.long, pytest.mark.timeout(1800), pytest.mark.network_loopback]


def test_a_hundred_songs_through_errors_kills_and_an_outage(tmp_path: Path) -> None:
    data_dir, promises = tmp_path / "data", tmp_path / "promises"
    promises.touch()
    assert ran(data_dir, "manage.py", "migrate", "-v0").returncode == 0
    with s3_server() as server:
        settings = {**server.variables, "SERVE_FROM_CLOUD": "true", "MV_CLOUD_TIMEOUT_SECONDS": "2"}
        with server.failing(0.3, seed=14):
            kill_again_and_again(data_dir, promises, settings, server)
            writer = ran_long(data_dir, promises, settings)
        assert writer == 0
        assert len(promised(promises)) > SONGS // 2
        assert set(promised(promises)) <= everything_is_whole(data_dir)
        orphans = plant(data_dir)
        told = synced(data_dir, settings, "--dry-run")
        assert {one["key"] for one in told["differences"] if one["kind"] == "unknown"} == orphans
        assert {one["kind"] for one in told["differences"]} <= {"unknown", "upload"}
        synced(data_dir, settings)
        again = synced(data_dir, settings)
        assert {one["key"] for one in again["differences"]} == orphans
        assert ran(data_dir, "manage.py", "cleanup", **settings).returncode == 0
        assert synced(data_dir, settings)["differences"] == []
        for number in range(SONGS):
            found = server.read(f"audio/{song_id(number)}.mp3")
            assert hashlib.sha256(found).digest() == hashlib.sha256(content(number)).digest()
        everything_is_whole(data_dir)


def kill_again_and_again(data_dir: Path, promises: Path, settings: dict[str, str], server: S3Server) -> None:
    """Let 60 writers work for a moment each; in the middle the bucket is away for 20 s."""
    dice = random.Random(14)

    back_at: float | None = None
    for life in range(KILLS):
        if life == KILLS // 2:
            server.stop()
            back_at = time.monotonic() + OUTAGE
        if back_at is not None and time.monotonic() > back_at:
            server.start()
            back_at = None
        before = len(promised(promises))
        with started(data_dir, "-m", "tests.support.ingest_writer", str(SONGS), str(promises), **settings) as writer:
            wait_for(
                lambda before=before, writer=writer: len(promised(promises)) > before or writer.poll() is not None,  # type: ignore[misc]
                seconds=120,
                saying="a song is kept",
            )
            time.sleep(dice.uniform(0.0, 0.25))
            if writer.poll() is None:
                os.kill(writer.pid, signal.SIGKILL)
    if back_at is not None:
        server.start()


def ran_long(data_dir: Path, promises: Path, settings: dict[str, str]) -> int:
    """Let a last writer do what is left."""
    with started(data_dir, "-m", "tests.support.ingest_writer", str(SONGS), str(promises), **settings) as writer:
        return writer.wait(400)


def promised(promises: Path) -> list[str]:
    return promises.read_text(encoding="ascii").split()


def everything_is_whole(data_dir: Path) -> set[str]:
    """Compare every row with its file; give the ids."""
    with sqlite3.connect(data_dir / "studio.sqlite3") as database:
        rows = dict(database.execute("select key, sha256 from assets_audio").fetchall())
    assert len(rows) == SONGS
    for key, sha256 in rows.items():
        path = data_dir / "media" / key
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256, key
    return {key.removeprefix("audio/").removesuffix(".mp3") for key in rows}


def plant(data_dir: Path) -> set[str]:
    """Leave files that no row names, two days old."""
    keys = {f"audio/{song_id(1000 + number)}.mp3" for number in range(ORPHANS)}
    for key in keys:
        path = data_dir / "media" / key
        path.write_bytes(b"nobody knows me")
        os.utime(path, (time.time() - 172_800,) * 2)
    return keys


def synced(data_dir: Path, settings: dict[str, str], *words: str) -> dict[str, list[dict[str, str]]]:
    done = ran(data_dir, "manage.py", "sync_storage", "--json", *words, **settings)
    assert done.returncode == 0, done.stderr
    told: dict[str, list[dict[str, str]]] = json.loads(done.stdout)
    return told
