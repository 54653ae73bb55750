"""What `cleanup` does when a file cannot be touched, or comes back while it works."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from assets.models import Audio, CloudCopy
from generation.models import Project
from generation.services import cleaning
from generation.tasks import cleanup
from mvsite.accounts.models import User
from tests.support.old_files import a_file, a_row, aged, said
from tests.support.rows import a_project


@pytest.fixture(autouse=True)
def vault(settings: Settings, data_dir: Path) -> Path:
    settings.MV_TRASH_DAYS = 30.0
    return data_dir / "media"


def test_what_cannot_be_moved_or_deleted_holds_up_nothing_else(
    owner: User, vault: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stuck = a_file("audio/a1.mp3", days=2)
    other = a_row("audio", owner, trashed_days=31)
    a_file("audio/zz.mp3", days=2)
    project = a_project(owner)
    Project.objects.filter(pk=project.pk).update(trashed_at=timezone.now() - timedelta(days=31))
    for method in ("rename", "unlink"):
        monkeypatch.setattr(Path, method, refusing({stuck, other.key}, getattr(Path, method)))
    for _ in range(2):  # the second time all that is left is what is stuck
        with pytest.raises(SystemExit, match="1"):
            said()
        assert f"failed, unknown: {stuck}" in capsys.readouterr().err
    assert not Audio._base_manager.exists()
    assert not Project.objects.exists()
    monkeypatch.undo()
    assert (vault / stuck).is_file()
    assert (vault / other.key).is_file()
    cleanup()
    assert not (vault / stuck).exists()


def test_what_is_no_file_of_ours_is_nobodys(
    owner: User, vault: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    strays = [vault / ".DS_Store", vault / "mv" / "Thumbs.DB", vault / "lost+found" / "x1.mp4"]
    for path in strays:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        aged(path, days=2)
    scandir = os.scandir

    def closed(folder: Any) -> Any:
        if Path(folder).name == "lost+found":
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", closed)
    unknown = a_file(f"audio/{uuid4()}.mp3", days=2)
    CloudCopy.objects.create(key=unknown, bucket="films", size_bytes=1, sha256="0" * 64)
    rehearsed = said(dry_run=True)
    assert said() == rehearsed == [f"unknown: {unknown}", "1 unknown; 0.0 MB"]
    assert all(path.exists() for path in strays)
    assert not CloudCopy.objects.exists(), "nobody can upload what was set aside"


def refusing(keys: set[str], do: Any) -> Any:
    """Let the system refuse to touch these files."""

    def refused(path: Path, *words: Any, **named: Any) -> Any:
        if any(str(path).endswith(key) for key in keys):
            raise PermissionError(13, "Permission denied")
        return do(path, *words, **named)

    return refused


def test_a_file_that_comes_back_meanwhile_keeps_its_row_out_of_the_trash(owner: User, vault: Path) -> None:
    rows = [a_row("audio", owner) for _ in range(3)]
    path = vault / rows[0].key
    content = path.read_bytes()
    path.unlink()
    (step,) = cleaning.cleanup_plan()
    assert (step.kind, step.what) == ("missing", rows[0].key)
    path.write_bytes(content)
    assert step.do() is False
    assert Audio.objects.kept().count() == 3
