"""What is no export, is damaged, or is beyond the limits of the rows is refused and leaves nothing behind."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from assets.models import Audio, Video
from generation.models import Project, SceneGeneration
from mvsite.accounts.models import User
from tests.support.exports import (
    brought_back,
    exported,
    manifest_with,
    project,
    rewritten,
    small_disk,
    song_of,
    wipe,
)

__all__ = ["project", "small_disk"]
pytestmark = pytest.mark.django_db


BROKEN: dict[str, Callable[[str, bytes], bytes]] = {
    "another format": manifest_with(lambda told: told.update(format="something")),
    "a version to come": manifest_with(lambda told: told.update(version=99)),
    "no id": manifest_with(lambda told: told["project"].update(id="x")),
    "an unknown kind": manifest_with(lambda told: told["files"][-1].update(type="program")),
    "no scenes": manifest_with(lambda told: told.pop("scenes")),
    "a mode that is none": manifest_with(lambda told: told["project"].update(mode="opera")),
    "too many scenes": manifest_with(lambda told: told["project"].update(number_of_scenes=61)),
    "a title without an end": manifest_with(lambda told: told["project"].update(title="x" * 201)),
    "a seed below nothing": manifest_with(lambda told: told["project"].update(seed=-1)),
    "a length that is none": manifest_with(lambda told: told["project"].update(target_duration="long")),
    "a length without an end": manifest_with(lambda told: told["project"].update(target_duration="inf")),
    "infinity": manifest_with(lambda told: told["files"][0]["metadata"].update(fps=float("inf"))),
    "no number": manifest_with(lambda told: told["project"]["final_inputs"].update(seed=float("nan"))),
    "an idea of no text": manifest_with(lambda told: told["project"].update(idea={"a": 1})),
    "a place twice": manifest_with(lambda told: told["scenes"][1].update(index=told["scenes"][0]["index"])),
    "a place below nothing": manifest_with(lambda told: told["scenes"][1].update(index=-1)),
    "a source that is none": manifest_with(lambda told: told["scenes"][0]["versions"][0].update(source="dreamt")),
    "a take twice": manifest_with(lambda told: told["scenes"][0]["takes"][1].update(number=1)),
    "a tempo beyond all": manifest_with(lambda told: song_of(told).update(tempo={"bpm": 1e9})),
    "a tempo of other words": manifest_with(lambda told: song_of(told).update(tempo={"speed": 100})),
    "no project": lambda name, data: b"[]" if name == "project.json" else data,
}


@pytest.fixture(scope="module")
def kept() -> list[bytes]:
    """Keep the export that all of these damage."""
    return []


@pytest.fixture
def export(api: APIClient, kept: list[bytes], request: pytest.FixtureRequest, data_dir: Path) -> bytes:
    """Give the export of a project of which nothing is here; it is made for the first test that asks."""
    if not kept:
        kept.append(exported(api, request.getfixturevalue("project").pk))
        wipe(data_dir)
    return kept[0]


@pytest.mark.usefixtures("owner")
@pytest.mark.parametrize("how", BROKEN)
def test_damaged_exports_are_refused_and_leave_nothing(export: bytes, data_dir: Path, tmp_path: Path, how: str) -> None:
    content = rewritten(export, BROKEN[how])
    with pytest.raises(CommandError, match="no export of a project"):
        brought_back(tmp_path, content)
    assert not Video.objects.exists()
    assert not Audio.objects.exists()
    assert not Project.objects.exists()
    assert not SceneGeneration.objects.exists()
    assert [path for path in (data_dir / "media").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("packing", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_without_a_bound_are_refused(owner: User, tmp_path: Path, packing: int) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", packing) as archive:
        archive.writestr("project.json", b" " * 1_000_000)
    with pytest.raises(CommandError, match="packed in a way"):
        brought_back(tmp_path, content.getvalue())


def test_what_is_no_zip_is_refused(owner: User, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no export of a project"):
        brought_back(tmp_path, b"not a zip")
    with pytest.raises(CommandError, match="There is no file"):
        call_command("import_project", str(tmp_path / "nothing.zip"))
