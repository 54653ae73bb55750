"""A host that runs `web` only takes uploads; when the bucket was away, it uploads them later by itself."""

import sqlite3
from pathlib import Path

import pytest

from tests.support.client import mv_client
from tests.support.clips import tone
from tests.support.processes import running_studio, wait_for
from tests.support.s3_server import s3_server

pytestmark = pytest.mark.network_loopback


def test_a_host_with_the_web_part_only_uploads_what_waits(tmp_path: Path) -> None:
    with s3_server() as server:
        settings = {**server.variables, "SERVE_FROM_CLOUD": "true", "MV_CLOUD_TIMEOUT_SECONDS": "2"}
        settings |= {"MV_CLOUD_SYNC_SECONDS": "1", "MV_MIN_FREE_MB": "1"}
        with running_studio(tmp_path / "data", "--only", "web", **settings) as running:
            server.stop()
            kept = mv_client().Studio(running.url).upload("audio", tone(tmp_path / "song.mp3", seconds=1))
            server.start()
            with sqlite3.connect(running.data_dir / "studio.sqlite3") as database:  # rather than wait for 30 s
                database.execute("update assets_cloudcopy set next_try_at = '2000-01-01 00:00:00'")
            wait_for(lambda: kept["audio_path"] in server.names(), seconds=90, saying="the song is in the bucket")
