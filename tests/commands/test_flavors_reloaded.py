"""A running studio takes up changed folders of flavors: web and worker, without a restart."""

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.support.processes import ran, running_studio

pytestmark = [pytest.mark.long, pytest.mark.timeout(400), pytest.mark.network_loopback]
BODY = {"idea": "A storm", "character_description": "A singer", "config_flavor": "mine"}


def asked(url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Prefer": "wait=120"}
    request = urllib.request.Request(url, data=data, headers=headers)  # noqa: S310 - a studio of our own
    with urllib.request.urlopen(request, timeout=150) as answer:  # noqa: S310 - as above
        return json.load(answer)


def test_a_changed_folder_counts_for_the_next_job_without_a_restart(tmp_path: Path) -> None:
    folder, data_dir = tmp_path / "flavors" / "mine", tmp_path / "data"
    folder.mkdir(parents=True)
    (folder / "parameters.yaml").write_text("number_of_scenes: 1\nstyle: ink\n")
    settings = {"MV_FLAVORS_DIR": str(folder.parent)}
    with running_studio(data_dir, **settings) as studio:
        assert len(asked(f"{studio.url}/api/mv/create_scenes", BODY)["scenes"]) == 1
        (folder / "parameters.yaml").write_text("number_of_scenes: 3\nstyle: chalk\n")
        (folder.parent / "broken").mkdir()
        (folder.parent / "broken" / "image_params.yaml").write_text("aspect_ratio: 1:1\nvideo:\n  duration: 7\n")
        (folder.parent / "other").mkdir()
        (folder.parent / "other" / "parameters.yaml").write_text("style: glass\n")
        rehearsed = ran(data_dir, "manage.py", "sync_flavors", "--dry-run", **settings)
        assert "mine: changed" in rehearsed.stdout
        assert len(asked(f"{studio.url}/api/mv/create_scenes", BODY)["scenes"]) == 1
        synced = ran(data_dir, "manage.py", "sync_flavors", **settings)
        assert synced.returncode == 1
        assert "broken: refused: image_params.yaml, line 3, video.duration" in synced.stderr
        names = asked(f"{studio.url}/api/mv/get_config_flavors")["flavors"]
        assert names == ["default", "example", "mine", "mv1", "other"]
        told = asked(f"{studio.url}/api/mv/create_scenes", BODY)
        assert len(told["scenes"]) == 3
        assert all("chalk" in scene["description"].lower() for scene in told["scenes"]), "the worker's part"
