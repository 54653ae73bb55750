"""What the studio refuses to start with."""

import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings

from mvsite.checks import SHORTEST_KEY, TAG, refuse_unsafe_start
from mvsite.common import floors
from mvsite.common.floors import FLOORS, below_floor
from mvsite.common.mounts import network_file_system
from tests.support.processes import ran
from tests.support.tree import ROOT

PRODUCTION = {
    "MV_AUTH": "required",
    "MV_BEHIND_HTTPS": "true",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "studio.example",
}


def found() -> list[str | None]:
    return [message.id for message in run_checks(tags=[TAG])]


@pytest.fixture(autouse=True)
def local(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MV_AUTH = "local"
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("ALLOWED_HOSTS", raising=False)


def test_a_local_studio_may_start() -> None:
    assert found() == []
    refuse_unsafe_start()


@pytest.mark.parametrize("name", ["*", "studio.example", ".localhost", "127.0.0.1.example", "192.0.2.1"])
def test_a_studio_without_log_in_serves_this_machine_only(settings: Settings, name: str) -> None:
    settings.ALLOWED_HOSTS = ["localhost", name]
    assert found() == ["studio.E002"]
    with pytest.raises(ImproperlyConfigured, match="set MV_AUTH=required"):
        refuse_unsafe_start()


def test_an_unknown_way_in_is_refused(settings: Settings) -> None:
    settings.MV_AUTH = "none"
    assert found() == ["studio.E001"]


def test_a_studio_with_log_in_needs_its_own_key_and_names(settings: Settings) -> None:
    settings.MV_AUTH = "required"
    assert found() == ["studio.E003", "studio.E004"]


def test_what_the_settings_page_says_of_key_and_names_is_enough_for_a_studio_with_log_in(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (ROOT / "docs/settings.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| .*With `MV_AUTH=required` it must be set(.*) \|$", page, re.MULTILINE))
    makes = re.search(rf"at least {SHORTEST_KEY} characters; `python3 -c '(.*?)'`", rows["SECRET_KEY"])
    names = re.search(r"\(`(.*?)`\)", rows["ALLOWED_HOSTS"])
    assert makes is not None
    assert names is not None
    key = subprocess.run([sys.executable, "-c", makes[1]], capture_output=True, text=True, check=True).stdout.strip()
    monkeypatch.setenv("SECRET_KEY", key)
    monkeypatch.setenv("ALLOWED_HOSTS", names[1])
    settings.MV_AUTH = "required"
    assert found() == []


@pytest.mark.parametrize(
    ("address", "way_in", "codes"),
    [
        ("https://studio.example", "required", []),
        ("https://studio.example", "local", ["studio.E006"]),
        ("http://studio.example", "required", ["studio.E006"]),
        ("studio.example", "required", ["studio.E006"]),
        ("https://", "required", ["studio.E006"]),
        ("http://127.0.0.1:8000", "local", []),
        ("http://[::1]:8000", "local", []),
    ],
)
def test_a_public_address_is_https_and_of_a_studio_with_log_in(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, address: str, way_in: str, codes: list[str]
) -> None:
    monkeypatch.setenv("SECRET_KEY", PRODUCTION["SECRET_KEY"])
    monkeypatch.setenv("ALLOWED_HOSTS", "studio.example")
    settings.MV_AUTH, settings.MV_PUBLIC_URL = way_in, address
    assert found() == codes


@pytest.mark.parametrize(
    ("names", "address", "codes"),
    [
        (["*"], "", ["studio.E007"]),
        (["studio.example", "*"], "", ["studio.E007"]),
        (["*"], "https://studio.example", []),
        ([".studio.example"], "", []),
    ],
)
def test_any_host_name_needs_a_public_address_for_links(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, names: list[str], address: str, codes: list[str]
) -> None:
    monkeypatch.setenv("SECRET_KEY", PRODUCTION["SECRET_KEY"])
    monkeypatch.setenv("ALLOWED_HOSTS", ",".join(names))
    settings.MV_AUTH, settings.ALLOWED_HOSTS, settings.MV_PUBLIC_URL = "required", names, address
    assert found() == codes


@pytest.mark.parametrize("package", ["pillow", "django", "kombu", "yt-dlp"])
def test_a_package_with_known_holes_is_refused(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    monkeypatch.setitem(FLOORS, package, "2999.1.1")
    assert found() == ["studio.E008"]
    with pytest.raises(ImproperlyConfigured, match=rf"^{package} .* is too old to be safe; 2999\.1\.1 is needed"):
        refuse_unsafe_start()


@pytest.mark.parametrize(
    ("version", "is_below"),
    [
        ("12.1.1", False),
        ("12.1.10", False),
        ("13.0.0", False),
        ("12.1.0", True),
        ("12.1", True),
        ("9.99.99", True),
        ("", True),
    ],
)
def test_floors_compare_numbers_and_not_letters(version: str, *, is_below: bool) -> None:
    assert bool(below_floor("pillow", version)) == is_below


def test_a_package_that_is_not_installed_is_no_hole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floors, "version_of", lambda _: "")
    assert floors.all_below_floor() == []


@pytest.mark.parametrize("key", ["short", "a" * 80, "django-insecure-" + "abcdefgh" * 8])
def test_a_weak_key_is_refused_and_not_shown(settings: Settings, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    settings.MV_AUTH = "required"
    monkeypatch.setenv("SECRET_KEY", key)
    monkeypatch.setenv("ALLOWED_HOSTS", "studio.example")
    messages = run_checks(tags=[TAG])
    assert [message.id for message in messages] == ["studio.E003"]
    assert key not in str(messages)


def test_the_deployment_check_is_clean_with_production_settings(tmp_path: Path) -> None:
    done = ran(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_web_server_refuses_what_the_checks_refuse(tmp_path: Path) -> None:
    done = ran(tmp_path, "-c", "import mvsite.wsgi", **{**PRODUCTION, "SECRET_KEY": ""})
    assert done.returncode == 1
    assert "SECRET_KEY must be set" in done.stderr


def test_the_web_server_does_not_look_through_what_it_loaded_for_garbage(tmp_path: Path) -> None:
    done = ran(tmp_path, "-c", "import gc, mvsite.wsgi; print(gc.get_freeze_count())")
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) > 50_000


@pytest.mark.parametrize("part", [("worker", "-P", "threads", "-c", "1"), ("beat",)], ids=["worker", "beat"])
def test_what_is_started_by_hand_refuses_it_too(tmp_path: Path, part: tuple[str, ...]) -> None:
    done = ran(tmp_path, "-m", "celery", "-A", "mvsite.celery", *part, **{**PRODUCTION, "SECRET_KEY": ""})
    assert done.returncode == 1
    assert "SECRET_KEY must be set" in done.stderr


def test_a_network_file_system_is_recognised(tmp_path: Path) -> None:
    shared, local = tmp_path / "our share", tmp_path / "disk"
    mounts = tmp_path / "mounts"
    encoded = str(shared).replace(" ", "\\040")
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/export {encoded} nfs4 rw 0 0\n")
    assert network_file_system(shared / "data", mounts=mounts) == "nfs4"
    assert network_file_system(local / "data", mounts=mounts) == ""
    assert network_file_system(shared, mounts=tmp_path / "none") == ""
