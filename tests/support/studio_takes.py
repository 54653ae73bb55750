"""Two takes of the first scene on the studio page: chosen by the list and by the comparison, each choice undone."""

import re

from playwright.sync_api import Page, expect

from tests.support.processes import wait_for
from tests.support.studio_page import card, film, read

_PLAYING = """(all) => all.map((each) => !each.paused && each.currentTime > 0)"""


def compare_and_go_back(page: Page) -> None:
    """Two takes side by side; the other one is chosen, which makes the film out of date; the choice is undone."""
    first = card(page, 1)
    source = first.locator("video").get_attribute("src")
    first.get_by_role("button", name="Compare").click()
    dialog = page.get_by_role("dialog", name="Two takes of scene 1")
    pair = dialog.locator("video")
    pair.evaluate_all("(all) => all.forEach((each) => (each.muted = each.loop = true))")
    dialog.get_by_role("button", name="Play both").click()
    wait_for(lambda: pair.evaluate_all(_PLAYING) == [True, True], seconds=10, saying="both play")
    expect(dialog.get_by_label("Take on the left")).to_have_value(re.compile("."))
    expect(dialog).to_contain_text("In the video now")
    expect(dialog).to_contain_text("$0.00")
    dialog.get_by_role("button", name="Use this take").click()
    expect(first.locator("video")).not_to_have_attribute("src", source or "")
    expect(film(page)).to_contain_text("Out of date")
    expect(film(page).get_by_role("button", name="Re-stitch with current clips")).to_be_enabled()
    page.get_by_role("button", name="Undo").click()
    expect(first.locator("video")).to_have_attribute("src", source or "")
    expect(film(page).locator(".badge").first).to_have_text("Ready")


def choose_by_the_list(page: Page, made: str) -> None:
    """The list of takes shows the chosen one; another one is chosen in it, and the choice is undone."""
    first = card(page, 1)
    takes = [take["video_id"] for take in read(page, f"/api/mv/projects/{made}")["scenes"][0]["takes"]]
    choice, video = first.get_by_label("Take"), first.locator("video")
    expect(choice).to_have_value(takes[1])
    choice.select_option(takes[0])
    expect(page.locator("#toasts")).to_contain_text("Scene 1 shows take 1 now.")
    expect(video).to_have_attribute("src", re.compile(takes[0]))
    expect(film(page)).to_contain_text("Out of date")
    page.get_by_role("button", name="Undo").click()
    expect(choice).to_have_value(takes[1])
    expect(video).to_have_attribute("src", re.compile(takes[1]))
    expect(page.locator("#toasts")).to_be_empty()
