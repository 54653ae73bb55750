"""The API as people meet it: its page in a browser, and the walk through the whole job by curl."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from assets.media.probe import probe
from tests.support.browser import Trouble
from tests.support.tree import ROOT

pytestmark = [pytest.mark.network_loopback, pytest.mark.long]
SCHEMA_WITHIN_MS = 30_000  # the first one is put together while the page waits


def test_docs_page_shows_every_call_without_a_complaint(page: Page, trouble: Trouble) -> None:
    page.goto("/api/docs/")
    expect(page.get_by_text("/api/mv/create_scenes/", exact=True)).to_be_visible(timeout=SCHEMA_WITHIN_MS)
    expect(page.locator(".opblock.opblock-deprecated")).to_have_count(3)
    page.get_by_text("/api/mv/generate_video/", exact=True).click()
    expect(page.get_by_text("Make one clip; with").first).to_be_visible()
    trouble.check()


def test_walkthrough_makes_a_film(studio: str, tmp_path: Path) -> None:
    bash = shutil.which("bash")
    assert bash
    script = str(ROOT / "docs/api-walkthrough.sh")
    film = tmp_path / "film.mp4"
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{Path(shutil.which('curl') or '').parent}:/usr/bin:/bin",
        "SCENES": "1",
    }
    done = subprocess.run(
        [bash, script, studio, "", str(film)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    facts = probe(film, formats=frozenset({"mp4"}))
    assert facts.video is not None
    assert facts.audio is not None
    assert abs(facts.duration - 4) <= 1 / 24
