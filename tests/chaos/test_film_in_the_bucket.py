"""The whole job, with real processes: the same on local files and on a bucket, also when the bucket goes away in it."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support.film import assert_every_scene_in_order, assert_playable
from tests.support.processes import running_studio, started, wait_for
from tests.support.s3_server import S3Server, s3_server

pytestmark = [pytest.mark.long, pytest.mark.timeout(600), pytest.mark.network_loopback]
SCENES = 2
WHOLE = {"MV_FLAVORS_DIR": ""}  # the shipped flavors alone, so clips of 8 s
FILM = ("--idea", "A rowing boat crosses a lake at dusk", "--character", "a woman in a red coat", "--seed", "1")


@pytest.fixture
def bucket() -> Iterator[S3Server]:
    with s3_server() as running:
        yield running


def asked(data_dir: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(data_dir / "studio.sqlite3") as database:
        return database.execute(query).fetchall()


def kept_files(data_dir: Path) -> dict[str, str]:
    """Give key and checksum of every file that a row names."""
    tables = ("video", "audio", "characterreference")
    return {
        str(key): str(sha256)
        for table in tables
        for key, sha256 in asked(data_dir, f"select key, sha256 from assets_{table}")  # noqa: S608 - names of ours
    }


def copies(data_dir: Path, state: str) -> set[str]:
    found = asked(data_dir, f"select key from assets_cloudcopy where state = '{state}'")  # noqa: S608 - a word of ours
    return {str(key) for (key,) in found}


def make_film(data_dir: Path, film: Path, **settings: str) -> None:
    """Do the whole job and look at what came out."""
    words = ("make_video", "--scenes", str(SCENES), *FILM, "--out", str(film))
    with running_studio(data_dir, **WHOLE, **settings), started(data_dir, "manage.py", *words, **settings) as process:
        code = process.wait(400)
        said = process.stdout.read() if process.stdout else ""
    assert code == 0, said
    assert_playable(film, seconds=SCENES * 8)
    assert_every_scene_in_order(film, scenes=SCENES)
    final = hashlib.sha256(film.read_bytes()).hexdigest()
    assert final in kept_files(data_dir).values()


@pytest.mark.parametrize("place", ["local", "bucket"])
def test_the_same_film_on_local_files_and_on_a_bucket(tmp_path: Path, place: str) -> None:
    with ExitStack() as stack:
        server = stack.enter_context(s3_server()) if place == "bucket" else None
        settings = {**server.variables, "SERVE_FROM_CLOUD": "true"} if server else {}
        make_film(tmp_path / "data", tmp_path / "film.mp4", **settings)
        if server:
            for key, sha256 in kept_files(tmp_path / "data").items():
                assert hashlib.sha256(server.read(key)).hexdigest() == sha256
            assert copies(tmp_path / "data", "pending") == set()


def test_a_bucket_that_stops_in_the_middle_is_filled_when_it_is_back(tmp_path: Path, bucket: S3Server) -> None:
    data_dir, film = tmp_path / "data", tmp_path / "film.mp4"
    settings = {
        **bucket.variables,
        "SERVE_FROM_CLOUD": "true",
        "MV_CLOUD_TIMEOUT_SECONDS": "2",
        "MV_CLOUD_SYNC_SECONDS": "1",
    }
    words = ("make_video", "--scenes", str(SCENES), *FILM, "--out", str(film))
    # What leaves the inner block kills everything on the data folder, so all is seen inside of it.
    with running_studio(data_dir, **WHOLE, **settings), started(data_dir, "manage.py", *words, **settings) as process:
        wait_for(lambda: len(copies(data_dir, "synced")) >= 2, seconds=120, saying="the first files are uploaded")
        bucket.stop()
        assert process.wait(400) == 0, process.stdout.read() if process.stdout else ""
        assert_playable(film, seconds=SCENES * 8)
        assert copies(data_dir, "pending")
        bucket.start()
        wait_for(lambda: not copies(data_dir, "pending"), seconds=300, saying="everything is uploaded")
    for key, sha256 in kept_files(data_dir).items():
        assert hashlib.sha256(bucket.read(key)).hexdigest() == sha256
