"""The launcher in a scratch tree with empty locks: what it makes, when it installs, what it says, what it hands on."""

import ast
import json
import os
import runpy
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.tree import ROOT

HANDS_ON = """
import json, os, sys
print(json.dumps(sys.argv[1:]), os.path.basename(os.getcwd()))
sys.exit(0 if "migrate" in sys.argv else 7)
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a tree that holds the launcher, locks without a package but uv, and a `manage.py` that tells its words."""
    folder = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "studio", folder)
    (folder / "requirements.lock").write_text("# nothing\n", encoding="utf-8")
    (folder / "requirements-dev.lock").write_text(
        "uv==0.0.1 \\\n    --hash=sha256:" + "0" * 64 + "\n", encoding="utf-8"
    )
    (folder / "requirements-youtube.lock").write_text("# nothing\n", encoding="utf-8")
    (folder / "manage.py").write_text(HANDS_ON, encoding="utf-8")
    return folder


def studio(tree: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the launcher without an index, so that uv cannot be had and nothing leaves the machine."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(tree), "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    command = [sys.executable, str(tree / "studio"), *words]
    return subprocess.run(command, cwd=tree.parent, env=environment, capture_output=True, text=True, check=False)


def test_studio_installs_once_and_again_when_the_lock_changes(tree: Path) -> None:
    first = studio(tree, "manage", "shell", "--fake")
    second = studio(tree, "manage", "shell")
    (tree / "requirements.lock").write_text("# still nothing\n", encoding="utf-8")
    third = studio(tree, "manage", "shell")

    assert (first.returncode, second.returncode, third.returncode) == (7, 7, 7), first.stderr
    assert first.stdout == f'["shell", "--fake"] {tree.parent.name}\n'  # relative paths mean what a person means
    said = first.stderr.splitlines()
    assert said[0].startswith("Making .venv with Python 3.1")
    assert [line.split(" ")[0] for line in said if line[:2] in {"In", "uv"}] == ["Installing", "uv", "Installed"]
    assert "Installed with pip in " in first.stderr
    assert second.stderr == ""
    assert "Making" not in third.stderr
    assert "Installed with pip in " in third.stderr


def test_studio_keeps_up_what_youtube_needs_once_it_was_asked_for(tree: Path) -> None:
    lock = tree / "requirements-youtube.lock"
    studio(tree, "manage", "shell")
    lock.write_text("# something nobody asked for\n", encoding="utf-8")
    assert studio(tree, "manage", "shell").stderr == ""

    asked = studio(tree, "youtube")
    assert asked.returncode == 0, asked.stderr
    assert "Installing requirements.lock and requirements-youtube.lock" in asked.stderr
    assert "Songs from YouTube can be downloaded now" in asked.stderr
    assert studio(tree, "manage", "shell").stderr == ""

    lock.write_text("# newer\n", encoding="utf-8")
    assert "requirements-youtube.lock" in studio(tree, "manage", "shell").stderr
    lock.write_text("no-such-package==1\n", encoding="utf-8")  # has no hash, and cannot be had
    assert studio(tree, "manage", "shell").returncode == 1
    lock.write_text("# newest\n", encoding="utf-8")
    assert "Installing requirements.lock and requirements-youtube.lock" in studio(tree, "manage", "shell").stderr


def test_two_launchers_at_once_install_once(tree: Path) -> None:
    (tree / "requirements.lock").write_text("# nothing, for two\n", encoding="utf-8")
    with ThreadPoolExecutor(2) as both:
        done = list(both.map(lambda _: studio(tree, "manage", "shell"), range(2)))
    assert [one.returncode for one in done] == [7, 7]
    assert sum("Installed with" in one.stderr for one in done) == 1


@pytest.mark.parametrize(
    ("words", "handed_on"),
    [
        (["run", "--port", "0", "--data", "here"], [["runstudio", "--port", "0", "--data", "here"]]),
        (["video", "--idea", "x"], [["migrate", "--noinput", "-v", "0"], ["make_video", "--idea", "x"]]),
        (["video", "--help"], [["make_video", "--help"]]),
        (["doctor"], [["doctor"]]),
    ],
)
def test_studio_hands_words_on_to_django(tree: Path, words: list[str], handed_on: list[list[str]]) -> None:
    done = studio(tree, *words)
    assert done.returncode == 7
    assert [json.loads(line.rpartition(" ")[0]) for line in done.stdout.splitlines()] == handed_on


def test_studio_lists_its_commands(tree: Path) -> None:
    done = studio(tree)
    assert done.returncode == 0
    assert [word for word in ("run", "video", "test", "check", "doctor") if f"  {word} " not in done.stdout] == []


def test_studio_refuses_a_command_it_does_not_know(tree: Path) -> None:
    done = studio(tree, "dance")
    assert done.returncode == 1
    assert "there is no command dance" in done.stderr


@pytest.fixture
def launcher() -> SimpleNamespace:
    """Return the launcher's functions."""
    return SimpleNamespace(**runpy.run_path(str(ROOT / "studio")))


def test_studio_says_which_python_it_needs(launcher: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 1))
    monkeypatch.setattr(sys, "version", "3.9.1 (main)")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(SystemExit, match=r"Python 3\.11 or 3\.12 is needed; this is 3\.9\.1"):
        launcher.use_fitting_python()


def test_studio_says_what_to_do_without_ensurepip(
    launcher: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(launcher.make_venv.__globals__, "PYTHON", str(tmp_path / "none"))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(SystemExit, match=r"apt install python3\.1\d-venv"):
        launcher.make_venv()


def test_studio_is_readable_for_an_old_python() -> None:
    ast.parse((ROOT / "studio").read_text(encoding="utf-8"), feature_version=(3, 7))


def test_studio_tells_uv_about_the_indexes_of_pip(
    launcher: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "pip.conf"
    config.write_text(
        "[global]\nindex-url = https://first.example/simple\nextra-index-url = https://b.example/s https://c.example/s\n"
        "[install]\nfind-links = wheels more\n",
        encoding="utf-8",
    )
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_", "SSL_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    monkeypatch.setenv("PIP_INDEX_URL", "https://nearer.example/simple")
    monkeypatch.setenv("UV_INDEX", "https://own.example/simple")
    monkeypatch.setitem(launcher.uv_environment.__globals__, "PYTHON", sys.executable)

    found: dict[str, Any] = launcher.uv_environment()

    assert found["UV_DEFAULT_INDEX"] == "https://nearer.example/simple"
    assert found["UV_FIND_LINKS"].split(",")[-2:] == ["wheels", "more"]
    assert found["UV_INDEX"] == "https://own.example/simple"  # a person's own word to uv wins


@pytest.mark.parametrize("keeps", [True, False])
def test_bytecode_is_made_while_installing_where_python_keeps_none(
    launcher: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, *, keeps: bool
) -> None:
    monkeypatch.delenv("UV_COMPILE_BYTECODE", raising=False)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "" if keeps else "1")
    monkeypatch.setitem(launcher.uv_environment.__globals__, "PYTHON", sys.executable)
    assert launcher.uv_environment().get("UV_COMPILE_BYTECODE") == (None if keeps else "1")
