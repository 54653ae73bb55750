"""The main job by keyboard alone: from an idea on the Create page to a finished video that a stranger watches."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.browser import Trouble, come, hold
from tests.support.keyboard import choose_file, press, write
from tests.support.studio_page import MADE_WITHIN_MS

IDEA = "A lighthouse keeper dances through one stormy night"
CHARACTER = "A young woman with short copper hair and a yellow raincoat"


@pytest.mark.network_loopback
def test_an_idea_becomes_a_finished_video(page: Page, context: BrowserContext, song: Path, trouble: Trouble) -> None:
    fill_in(page, song)
    choose_a_portrait(page)
    reload_keeps_the_draft(page)
    press(page, page.get_by_role("button", name="Generate Videos"))
    page.wait_for_url("**/studio/*/")
    expect(page.locator("mv-scene-card")).to_have_count(2, timeout=MADE_WITHIN_MS)
    page.reload()  # in the middle of the work
    expect(page.locator("mv-scene-card")).to_have_count(2)
    everything_is_made(page)
    the_video_plays_and_seeks(page)
    the_video_is_shared(page, context)
    two_tabs_show_the_same(page, context)
    trouble.check()


def fill_in(page: Page, song: Path) -> None:
    page.goto("/")
    press(page, page.get_by_role("link", name="Create"))
    page.wait_for_url("**/create/")
    write(page, page.get_by_label("Idea"), IDEA)
    write(page, page.get_by_label("Character & style"), CHARACTER)
    press(page, page.locator("summary", has_text="Configuration"))
    write(page, page.get_by_label("Number of scenes"), "2")
    choose_file(page, page.get_by_label("Upload a song"), song)
    expect(page.locator("mv-song-field")).to_contain_text("Harbour Song")
    expect(page.locator("mv-song-field")).to_contain_text("0:20.0")
    press(page, page.get_by_role("button", name="Generate Videos"))
    expect(page.locator("section.start .problem")).to_contain_text("Choose one of the portraits.")
    assert page.url.endswith("/create/")


def choose_a_portrait(page: Page) -> None:
    press(page, page.get_by_role("button", name="Generate portraits"))
    expect(page.locator('mv-portrait-option[data-state="ready"]')).to_have_count(4, timeout=MADE_WITHIN_MS)
    press(page, page.get_by_label("Option 1"), "Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Option 3")).to_be_checked()
    expect(page.locator("mv-portrait-grid")).to_contain_text("Option 3 is chosen")


def reload_keeps_the_draft(page: Page) -> None:
    page.reload()
    expect(page.get_by_label("Idea")).to_have_value(IDEA)
    expect(page.get_by_label("Character & style")).to_have_value(CHARACTER)
    expect(page.locator("mv-song-field")).to_contain_text("Harbour Song")
    expect(page.get_by_label("Option 3")).to_be_checked()


def everything_is_made(page: Page) -> None:
    expect(page.locator('mv-scene-card[data-state="ready"]')).to_have_count(2, timeout=MADE_WITHIN_MS)
    final = page.locator("mv-final-card")
    expect(final).to_contain_text("Ready", timeout=MADE_WITHIN_MS)
    expect(final).to_contain_text("0:08.0")
    expect(page.locator("mv-summary-bar")).to_contain_text("2 scenes: 0 loading / 2 succeeded / 0 failed")
    expect(page).to_have_title(re.compile(r"^\(2/2\) A lighthouse keeper"))


def the_video_plays_and_seeks(page: Page) -> None:
    video = page.locator("mv-final-card video")
    seconds, at = video.evaluate(
        """async (video) => {
          video.muted = true;
          await video.play();
          video.pause();
          const there = new Promise((resolve) => video.addEventListener("seeked", resolve, { once: true }));
          video.currentTime = video.duration * 0.9;
          await there;
          return [video.duration, video.currentTime];
        }"""
    )
    assert seconds == pytest.approx(8, abs=0.05)
    assert at == pytest.approx(7.2, abs=0.1)


def the_video_is_shared(page: Page, context: BrowserContext) -> None:
    press(page, page.locator("mv-final-card").get_by_role("button", name="Share"))
    dialog = page.get_by_role("dialog", name="Share this video")
    press(page, dialog.get_by_role("button", name="Make a link"))
    link = dialog.get_by_label("Link", exact=True).input_value()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("mv-final-card").get_by_role("button", name="Share")).to_be_focused()
    other = context.new_page()
    other.goto(link)
    expect(other.locator("video").first).to_be_visible()
    other.close()


def two_tabs_show_the_same(page: Page, context: BrowserContext) -> None:
    """Editing in one tab shows in the other, and never touches what is being typed there."""
    other = context.new_page()
    other.goto(page.url)
    first, theirs = page.locator("mv-scene-card").first, other.locator("mv-scene-card").first
    theirs.get_by_role("button", name="Edit").click()
    theirs.get_by_label("Scene text").fill("Half a sentence")
    first.get_by_role("button", name="Edit").click()
    first.get_by_label("Scene text").fill("Close-up of the lamp.")
    first.get_by_role("button", name="Save").click()
    expect(first).to_contain_text("Close-up of the lamp.")
    expect(first).to_contain_text("Made from an older text")
    expect(theirs).to_contain_text("Newer text has arrived meanwhile")
    expect(theirs.get_by_label("Scene text")).to_have_value("Half a sentence")
    expect(theirs.get_by_label("Scene text")).to_be_focused()
    other.close()


@pytest.mark.network_loopback
def test_what_is_typed_before_the_script_is_there_stays(page: Page) -> None:
    held = hold(page, "**/mv-create-form*.js")
    page.goto("/create/", wait_until="commit")
    page.get_by_label("Idea").fill(IDEA)
    come(page, held).continue_()
    page.evaluate("customElements.whenDefined('mv-create-form').then(() => null)")
    page.unroute("**/mv-create-form*.js")

    expect(page.get_by_label("Idea")).to_have_value(IDEA)
    page.reload()
    expect(page.get_by_label("Idea")).to_have_value(IDEA)
