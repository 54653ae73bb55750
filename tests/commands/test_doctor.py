"""What `doctor` says of a good installation and of broken ones."""

import os
import shutil
import sys
from collections import namedtuple
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from mvsite.common import floors
from mvsite.settings import base
from mvsite.supervisor.lock import take_lock
from tests.support.dead_redis import refusing
from tests.support.processes import ran

pytestmark = pytest.mark.django_db
Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def enough_disk(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 0, 1 << 39))
    folder = settings.CELERY_BROKER_FOLDER
    names = {"data_folder_in": "in", "data_folder_out": "in", "processed_folder": "taken", "control_folder": "control"}
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {option: str(folder / name) for option, name in names.items()}
    settings.ALLOWED_HOSTS = ["localhost"]


def report(capsys: pytest.CaptureFixture[str]) -> str:
    call_command("doctor")
    return capsys.readouterr().out


def complaint(capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(CommandError, match="1 problem found"):
        call_command("doctor")
    return next(line for line in capsys.readouterr().out.splitlines() if line.startswith("problem"))


def test_doctor_finds_nothing_wrong_and_names_what_matters(capsys: pytest.CaptureFixture[str]) -> None:
    text = report(capsys)
    for words in ("Python", "Django", "imageio-ffmpeg", "512.0 GB free", "all applied", "embedded folder, reachable"):
        assert words in text
    assert "everything runs on the built-in sample provider" in text
    assert "not running" in text
    assert text.endswith("No problems.\n")


def test_doctor_warns_of_a_cache_that_is_away(capsys: pytest.CaptureFixture[str], settings: Settings) -> None:
    assert "Cache" in report(capsys)
    with refusing() as url:
        settings.CACHES = {"default": base.cache_at(url)}
        text = report(capsys)
    assert [line.split()[:2] for line in text.splitlines() if "Redis" in line] == [["warning", "Cache"]]
    assert text.endswith("No problems; warnings: 1.\n")


def test_doctor_says_whether_songs_from_youtube_can_be_had(
    capsys: pytest.CaptureFixture[str], settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert f"YouTube import  yt-dlp {version('yt-dlp')}, deno {version('deno')}" in report(capsys)
    with monkeypatch.context() as patch:
        patch.setitem(floors.FLOORS, "yt-dlp", "2999.1.1")
        with pytest.raises(CommandError, match="1 problem found"):
            call_command("doctor")
        assert "too old to be safe; 2999.1.1 is needed. ./studio youtube installs it." in capsys.readouterr().out
        patch.setitem(sys.modules, "yt_dlp", None)
        patch.setattr(floors, "version", _not_there)
        assert "ok       YouTube import  yt-dlp is not installed. ./studio youtube installs it." in report(capsys)
    settings.MV_YOUTUBE_COOKIES = tmp_path / "nowhere"
    assert "MV_YOUTUBE_COOKIES cannot be read" in complaint(capsys)


def _not_there(package: str) -> str:
    raise PackageNotFoundError(package)


@pytest.mark.parametrize("package", floors.FLOORS)
def test_doctor_complains_of_a_package_with_known_holes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    monkeypatch.setitem(floors.FLOORS, package, "2999.1.1")
    said = complaint(capsys)
    assert f"{package} {version(package)} is too old to be safe; 2999.1.1 is needed. (studio.E008)" in said


def test_doctor_never_shows_a_key(capsys: pytest.CaptureFixture[str], settings: Settings) -> None:
    settings.REPLICATE_API_TOKEN = "r8_0123456789abcdef"
    text = report(capsys)
    assert "Replicate key   set" in text
    assert "r8_" not in text


def test_doctor_warns_of_a_cloud_without_a_bucket(capsys: pytest.CaptureFixture[str], settings: Settings) -> None:
    settings.SERVE_FROM_CLOUD = True
    text = report(capsys)
    assert "SERVE_FROM_CLOUD is true but STORAGE_BUCKET is not set" in text
    assert text.endswith("No problems; warnings: 1.\n")


def test_doctor_complains_of_a_full_disk(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 40, 1 << 40, 1 << 20))
    assert "nothing new is written below" in complaint(capsys)


def test_doctor_complains_of_a_data_folder_that_is_a_file(
    capsys: pytest.CaptureFixture[str], settings: Settings, tmp_path: Path
) -> None:
    settings.MV_DATA_DIR = tmp_path / "file"
    settings.MV_DATA_DIR.write_text("")
    assert "cannot be written" in complaint(capsys)


def test_doctor_complains_of_flavors_that_are_not_there(
    capsys: pytest.CaptureFixture[str], settings: Settings, tmp_path: Path
) -> None:
    settings.MV_FLAVORS_DIR = tmp_path / "nowhere"
    assert f"MV_FLAVORS_DIR: {tmp_path / 'nowhere'} is no folder" in complaint(capsys)
    settings.MV_FLAVORS_DIR.mkdir()
    assert "MV_FLAVORS_DIR" not in report(capsys)


def test_doctor_complains_of_a_queue_that_cannot_be_reached(
    capsys: pytest.CaptureFixture[str], settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": str(tmp_path / "file" / "in")}
    assert "embedded folder cannot be reached" in complaint(capsys)


def test_doctor_complains_of_settings_that_open_the_studio(
    capsys: pytest.CaptureFixture[str], settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert "only this machine may be served" in complaint(capsys)


def test_doctor_says_which_studio_runs(capsys: pytest.CaptureFixture[str], settings: Settings) -> None:
    lock = take_lock(settings.MV_DATA_DIR, told="http://127.0.0.1:8123/")
    assert "http://127.0.0.1:8123/" in report(capsys)
    os.close(lock)
    assert "not running" in report(capsys)


def test_doctor_says_what_a_new_folder_lacks(tmp_path: Path) -> None:
    done = ran(tmp_path / "new", "manage.py", "doctor", MV_MIN_FREE_MB="1")
    assert (done.returncode, done.stderr) == (0, "")
    assert "to apply; ./studio run does it" in done.stdout
