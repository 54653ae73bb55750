"""Walking about the studio page in a browser: what every test of it needs to make, find and wait for."""

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.support.processes import Studio, living

MADE_WITHIN_MS = 240_000


def make(page: Page, path: str, **fields: Any) -> Any:
    """POST to the API as another program would; give the answer."""
    answer = page.request.post(path, data=fields)
    assert answer.ok, answer.text()
    return answer.json()


def read(page: Page, path: str) -> Any:
    """GET from the API as another program would; give the answer."""
    answer = page.request.get(path)
    assert answer.ok, answer.text()
    return answer.json()


def change(page: Page, path: str, **fields: Any) -> Any:
    """PATCH as another program would; give the answer."""
    answer = page.request.patch(path, data=fields)
    assert answer.ok, answer.text()
    return answer.json()


def a_project(page: Page, *texts: str, **fields: Any) -> str:
    """Make a project with a scene of each text; give its id."""
    words = {"idea": "The pier at dusk", "character_description": "A tall man in a red coat", **fields}
    project: str = make(page, "/api/mv/projects/", **words)["id"]
    for text in texts:
        make(page, "/api/mv/scenes/", project_id=project, description=text)
    return project


def open_studio(page: Page, project: str) -> None:
    """Go to a project's page and wait until it is alive."""
    page.goto(f"/studio/{project}/")
    expect(page.locator("mv-summary-bar")).not_to_contain_text("Loading")


def card(page: Page, number: int) -> Locator:
    """Give the card of a scene by the number that people see."""
    return page.locator(".scenes > li").nth(number - 1).locator("mv-scene-card")


def badge(page: Page, number: int) -> Locator:
    """Give the badge that says how a scene stands."""
    return card(page, number).locator(".scene-place .badge")


def film(page: Page) -> Locator:
    """Give the card of the finished video."""
    return page.locator("mv-final-card")


def texts(page: Page) -> list[str]:
    """Give the scenes' words in the order shown."""
    return page.locator(".scene-text").all_inner_texts()


def finished(page: Page) -> None:
    """Wait until the full video is there and up to date."""
    expect(film(page).locator(".badge").first).to_have_text("Ready", timeout=MADE_WITHIN_MS)


def stop_all(page: Page, project: str) -> None:
    """Stop what still works for a project, as another program would; what has ended meanwhile is as good."""
    query = f"project={project}&state=queued&state=running&state=waiting&page_size=200"
    for job in read(page, f"/api/mv/jobs/?{query}")["results"]:
        page.request.post(job["urls"]["cancel"])


def no_rendering(studio: Studio) -> AbstractContextManager[None]:
    """Let the workers that render stand still: what is queued for them stays so."""
    return standing_still(studio, "-n render-")


@contextmanager
def standing_still(studio: Studio, words: str) -> Iterator[None]:
    """Hold the processes of a studio whose command line has these words, between two of their writes."""
    held = [pid for pid, line in living(studio.data_dir).items() if words in line]
    assert held
    until = time.monotonic() + 30
    try:
        _send(signal.SIGSTOP, held)
        while not _can_be_written(studio):  # stopped in a write, they would hold everybody up and not only their work
            assert time.monotonic() < until, "somebody writes without an end"
            _send(signal.SIGCONT, held)
            time.sleep(0.05)
            _send(signal.SIGSTOP, held)
        yield
    finally:
        _send(signal.SIGCONT, held)


def _send(sign: signal.Signals, pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, sign)


def _can_be_written(studio: Studio) -> bool:
    """Say whether another process comes to write; those that go on have a second to finish theirs."""
    with closing(sqlite3.connect(studio.data_dir / "studio.sqlite3", timeout=1)) as database:
        try:
            database.execute("begin immediate").connection.rollback()
        except sqlite3.OperationalError:
            return False
    return True
