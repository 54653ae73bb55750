"""The import contracts bite: each is broken once in a scratch copy of the floor plan, and must say so."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.tree import ROOT

STUDIO, HOUSE = "The stairs of the studio", "The stairs of the house"
PURE_MEDIA = "No Django inside assets.media"
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")

# Every room a contract names, as an empty module.
FLOOR_PLAN = [
    *("mvsite/urls.py", "mvsite/api.py", "mvsite/health.py", "mvsite/checks.py", "mvsite/celery.py", "mvsite/env.py"),
    *("mvsite/logs.py", "mvsite/accounts/models.py", "mvsite/common/process/run.py", "mvsite/common/errors.py"),
    *("flavors/services.py", "assets/storage.py", "assets/selectors.py", "assets/sources/youtube.py"),
    *("assets/media/compose.py", "assets/media/probe.py", "assets/media/stitch/join.py"),
    *(f"generation/{name}.py" for name in ("admin", "tasks", "sweeper", "selectors", "money", "events", "ports")),
    *(f"generation/{name}/first.py" for name in ("api", "web", "pipelines", "services", "jobs", "models")),
    *("generation/choices.py", "generation/providers/replicate/images.py", "generation/providers/gemini/clips.py"),
]


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """Return a tree with every room, all of them empty, under the contracts of the project."""
    for name in FLOOR_PLAN:
        module = tmp_path / name
        module.parent.mkdir(parents=True, exist_ok=True)
        module.touch()
        for folder in module.relative_to(tmp_path).parents:
            if folder != Path():
                (tmp_path / folder / "__init__.py").touch()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def verdict(tree: Path) -> tuple[int, str]:
    """Run import-linter on a tree; return its exit code and what it printed."""
    command = [str(LINT_IMPORTS), "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_contracts_keep_quiet_on_a_sound_tree(scratch: Path) -> None:
    (scratch / "generation/jobs/first.py").write_text("import generation.tasks\n", encoding="utf-8")
    (scratch / "generation/tasks.py").write_text("import generation.pipelines.first\n", encoding="utf-8")
    (scratch / "generation/providers/replicate/images.py").write_text("import replicate\n", encoding="utf-8")
    (scratch / "generation/providers/gemini/clips.py").write_text("from google import genai\n", encoding="utf-8")
    (scratch / "assets/media/compose.py").write_text("import av, moviepy\n", encoding="utf-8")
    (scratch / "assets/media/stitch/join.py").write_text("import numpy\n", encoding="utf-8")
    (scratch / "assets/storage.py").write_text("import boto3, storages.backends.s3\n", encoding="utf-8")
    (scratch / "mvsite/common/process/run.py").write_text("import subprocess\n", encoding="utf-8")

    code, said = verdict(scratch)

    assert code == 0, said


@pytest.mark.parametrize(
    ("room", "line", "contract"),
    [
        ("flavors/services.py", "import assets.selectors", HOUSE),
        ("assets/selectors.py", "import generation.choices", HOUSE),
        ("mvsite/common/errors.py", "import mvsite.accounts.models", HOUSE),
        ("generation/models/first.py", "import generation.events", STUDIO),
        ("generation/services/first.py", "import generation.pipelines.first", STUDIO),
        ("generation/jobs/first.py", "import generation.selectors", STUDIO),
        ("generation/providers/replicate/images.py", "import generation.money", STUDIO),
        ("generation/api/first.py", "import generation.web.first", STUDIO),
        ("generation/money.py", "import generation.tasks", STUDIO),
        ("generation/cupboard.py", "", STUDIO),
        ("generation/services/first.py", "import replicate", "Vendors: replicate"),
        ("generation/providers/replicate/images.py", "import google.genai", "Vendors: replicate"),
        ("generation/providers/gemini/clips.py", "import numpy", "Vendors: media libraries"),
        ("assets/selectors.py", "import av", "Vendors: media libraries"),
        ("assets/media/stitch/join.py", "import moviepy", "Vendors: moviepy"),
        ("assets/selectors.py", "import yt_dlp", "Vendors: yt_dlp"),
        ("mvsite/api.py", "import boto3", "Vendors: storages"),
        ("assets/media/probe.py", "import subprocess", "Vendors: subprocess"),
        ("assets/media/probe.py", "from django.conf import settings", PURE_MEDIA),
    ],
)
def test_contract_bites(scratch: Path, room: str, line: str, contract: str) -> None:
    (scratch / room).write_text(line + "\n", encoding="utf-8")

    code, said = verdict(scratch)

    assert code == 1, said
    assert [row for row in said.splitlines() if row.startswith(contract) and row.endswith("BROKEN")], said


def test_no_django_in_media_counts_the_long_way_round(scratch: Path) -> None:
    (scratch / "mvsite/common/errors.py").write_text("import django\n", encoding="utf-8")
    (scratch / "assets/media/probe.py").write_text("import mvsite.common.errors\n", encoding="utf-8")

    code, said = verdict(scratch)

    assert code == 1, said
    assert f"{PURE_MEDIA} BROKEN" in said
