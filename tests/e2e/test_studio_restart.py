"""The studio page while the studio itself goes away in the middle of the work, with three tabs open."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import Trouble
from tests.support.processes import Studio, find_one, living, running_studio, wait_for
from tests.support.studio_page import a_project, badge, card, finished, open_studio, read

pytestmark = [pytest.mark.network_loopback, pytest.mark.long, pytest.mark.alone]

COUNT_EVENTS = """
window.heard = [];
const ask = window.fetch;
window.fetch = async (...order) => {
  const answer = await ask(...order);
  if (String(order[0]).includes("/events?after=") && answer.status === 200) {
    const told = await answer.clone().json();
    window.heard.push(...told.events.map((event) => event.id));
  }
  return answer;
};
"""


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Studio]:
    with running_studio(tmp_path / "data") as studio:
        yield studio


@pytest.fixture
def tabs(chromium: Browser, running: Studio, trouble: Trouble) -> Iterator[list[Page]]:
    context = chromium.new_context(base_url=running.url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    trouble.watch(context, origin=running.url)
    context.add_init_script(COUNT_EVENTS)
    yield [context.new_page() for _ in range(3)]
    context.close()


def test_a_server_killed_in_the_middle_loses_and_doubles_nothing(
    running: Studio, tabs: list[Page], trouble: Trouble
) -> None:
    page = tabs[0]
    trouble.expect("ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|ERR_INCOMPLETE_CHUNKED")
    project = a_project(page, "Wide shot of the pier.", "Close-up of the lamp.")
    for tab in tabs:
        open_studio(tab, project)
    page.get_by_role("button", name="Generate 2 clips").click()
    expect(badge(page, 1)).to_have_text("Generating", timeout=60_000)
    for tab in tabs:
        expect(badge(tab, 1)).to_have_text("Generating", timeout=2_000)
    server = find_one(running.data_dir, "-m granian")
    os.kill(running.process.pid, signal.SIGSTOP)  # nobody starts the server anew until all tabs have told
    try:
        os.kill(server, signal.SIGKILL)
        for tab in tabs:
            expect(tab.get_by_text("Reconnecting…")).to_be_visible(timeout=3_000)
        wait_for(lambda: server not in living(running.data_dir), seconds=10, saying="the server is gone")
    finally:
        os.kill(running.process.pid, signal.SIGCONT)
    for tab in tabs:
        expect(tab.get_by_text("Reconnecting…")).to_be_hidden(timeout=120_000)
        finished(tab)
        expect(badge(tab, 2)).to_have_text("Ready")
    told = read(page, f"/api/mv/projects/{project}/events?after=0")["cursor"]
    for tab in tabs:
        tab.wait_for_function("told => window.heard.at(-1) >= told", arg=told)  # with its next look
        heard = tab.evaluate("window.heard")
        assert heard == sorted(set(heard)), "an event came twice or out of order"
        assert heard == list(range(heard[0], heard[-1] + 1)), "an event is missing"
    page.reload()
    expect(card(page, 1).locator("video")).to_be_visible()
