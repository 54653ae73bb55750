"""For whom commands work: with accounts only for somebody who is named, never for an owner who cannot sign in."""

import signal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from generation.models import Project
from mvsite.accounts.models import User
from tests.support.people import accounts, person

pytestmark = pytest.mark.django_db
FILM = ("make_video", "--idea", "A boat crosses a lake", "--character", "a woman in a red coat", "--scenes", "1")


@pytest.fixture(autouse=True)
def dear_studio_with_accounts(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for accounts, and for a price that is confirmed before anything is made."""
    accounts(settings)
    settings.REPLICATE_API_TOKEN, settings.MV_CONFIRM_ABOVE_USD = "r8_never-used", 0
    monkeypatch.setattr(signal, "signal", lambda *_: None)


@pytest.mark.parametrize("command", ["make_video", "import_project"])
def test_with_accounts_an_owner_must_be_named(command: str, tmp_path: Path) -> None:
    (tmp_path / "project.zip").write_bytes(b"PK")
    words = FILM if command == "make_video" else (command, str(tmp_path / "project.zip"))
    with pytest.raises(CommandError, match="MV_AUTH=required say whose it will be: --owner NAME"):
        call_command(*words)
    with pytest.raises(CommandError, match="There is no user ada"):
        call_command(*words, "--owner", "ada")
    assert not User.objects.exists()
    assert not Project.objects.exists()


def test_a_film_is_its_owners_and_goes_on_as_theirs() -> None:
    ada, _ = person("ada"), person("ben")
    with pytest.raises(CommandError, match=r"--resume \S+ --out \S+ --owner ada --confirm-usd 3\.3600"):
        call_command(*FILM, "--owner", "ada")
    made = Project.objects.get()
    assert made.owner == ada
    with pytest.raises(CommandError, match="There is no project"):
        call_command("make_video", "--resume", str(made.pk), "--owner", "ben")
    with pytest.raises(CommandError, match=r"about \$3\.36"):
        call_command("make_video", "--resume", str(made.pk), "--owner", "ada")
