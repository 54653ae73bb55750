"""Folders of flavors that cannot be read keep no other flavor back."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from flavors.schema import PARAMETERS, SCENE_PROMPTS
from flavors.services import flavors_sync
from tests.support.flavor_folders import shipped_documents, write_flavor

pytestmark = pytest.mark.django_db


def test_what_cannot_be_read_is_refused_or_nobodys_while_the_others_load(
    place: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("locked", "lost+found", "mine"):
        write_flavor(place, name, shipped_documents())
    real = Path.is_file

    def is_file(path: Path) -> bool:
        if path.parent.name in {"locked", "lost+found"}:
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(Path, "is_file", is_file)
    report = flavors_sync()
    assert {str(problem).partition(": ")[2] for problem in report.refused.pop("locked")} == {
        "the file cannot be read (Permission denied)."
    }
    assert report.refused == {}
    assert len(report.added) == 4
    settings.MV_FLAVORS_DIR = place / "mine" / SCENE_PROMPTS  # a file is no folder, and holds none
    assert flavors_sync().refused == {}
    monkeypatch.setattr(Path, "iterdir", refused(Path.iterdir, place / "mine"))
    settings.MV_FLAVORS_DIR = place / "mine"
    report = flavors_sync()
    assert [str(one) for one in report.refused[str(place / "mine")]] == [
        "mine, line 1: the folder cannot be read (Permission denied)."
    ]
    assert len(report.unchanged) == 3


@pytest.mark.parametrize("escape", ["\\0", "\\uD83D"])
def test_a_folder_with_a_character_that_no_database_keeps_is_refused_while_the_others_load(
    place: Path, escape: str
) -> None:
    write_flavor(place, "odd", {**shipped_documents(), PARAMETERS: f'title: Odd\nstyle: "ink{escape}"\n'})
    write_flavor(place, "mine", shipped_documents())
    report = flavors_sync()
    assert [str(one) for one in report.refused.pop("odd")] == [
        f"{PARAMETERS}, line 2, style: holds a character that cannot be kept."
    ]
    assert (report.refused, sorted(report.added)) == ({}, ["default", "example", "mine", "mv1"])


def refused(look: Callable[[Path], Iterator[Path]], folder: Path) -> Callable[[Path], Iterator[Path]]:
    def looked(path: Path) -> Iterator[Path]:
        if path == folder:
            raise PermissionError(13, "Permission denied")
        return look(path)

    return looked
