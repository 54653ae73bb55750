"""What was removed or written over in a project, and the ways back to it, without a mouse."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.browser import Trouble, accessible, come, hold
from tests.support.keyboard import press
from tests.support.studio_page import a_project, card, change, open_studio, read, texts

pytestmark = [pytest.mark.network_loopback, pytest.mark.long]
FEED = "**/events?after=*"
TWICE = "(button) => { button.click(); button.click(); }"  # before anything is answered


@pytest.fixture
def project(page: Page) -> str:
    return a_project(page, "First words.", "Second words.", "Third words.")


def scene_ids(page: Page, project: str) -> list[str]:
    return [scene["id"] for scene in read(page, f"/api/mv/projects/{project}")["scenes"]]


def test_removed_scenes_are_listed_and_restored(page: Page, project: str, trouble: Trouble) -> None:
    trouble.expect("status of 404 .*/estimate")  # a scene went while the page asked for its price
    first, second, third = scene_ids(page, project)
    open_studio(page, project)
    removed = page.locator("mv-removed-scenes")
    expect(removed).to_be_hidden()
    for scene in (second, first):
        assert page.request.delete(f"/api/mv/scenes/{scene}").ok
    press(page, removed.locator("summary", has_text="Removed scenes (2)"))
    rows = removed.locator("li")
    expect(rows.locator("strong")).to_have_text(["Scene 1", "Scene 2"])  # what went last comes first
    expect(rows.first).to_contain_text("First words.")
    expect(rows.first).to_contain_text(f"removed {said(page, first)}")
    accessible(page)
    held = hold(page, FEED)
    look = come(page, held)  # the answer to the click is faster than the news
    press(page, rows.nth(0).get_by_role("button", name="Restore"))
    expect(page.locator("#toasts")).to_contain_text("Scene 1 is back.")
    look.continue_()
    page.unroute(FEED)
    expect(removed.locator("summary")).to_have_text("Removed scenes (1)")
    expect(rows).to_have_count(1)
    expect(rows.get_by_role("button", name=re.compile("Restore.*Scene 2, Second words"))).to_be_focused()
    assert page.request.delete(f"/api/mv/scenes/{third}").ok  # by another program
    expect(rows.locator("strong")).to_have_text(["Scene 2", "Scene 2"])
    expect(rows.nth(1).get_by_role("button", name="Restore")).to_be_focused()
    expect(page.locator("#announcements")).to_be_empty()  # nobody has written the scene that is back
    for left in (1, 0):
        page.keyboard.press("Enter")
        expect(rows).to_have_count(left)
    expect(removed).to_be_hidden()
    expect(card(page, 2).locator("h3")).to_be_focused()
    assert texts(page) == ["First words.", "Third words.", "Second words."]
    assert scene_ids(page, project) == [first, third, second]
    page.get_by_role("button", name="Undo").last.click()
    expect(removed.locator("summary")).to_have_text("Removed scenes (1)")
    expect(rows).to_contain_text(["Third words."])
    trouble.check()


def said(page: Page, scene: str) -> str:
    """Give when a scene was removed, as the page's language writes it."""
    trash = read(page, "/api/mv/scenes/?trashed=true&page_size=200")["results"]
    (when,) = (row["trashed_at"] for row in trash if row["id"] == scene)
    words = "(when) => new Date(when).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' })"
    return str(page.evaluate(words, when))


def one_a_page(route: Route) -> None:
    """Let the server give one removed scene at a time instead of fifty."""
    route.continue_(url=route.request.url.replace("page_size=50", "page_size=1"))


def test_a_restore_that_fails_says_why_beside_the_list(page: Page, project: str, trouble: Trouble) -> None:
    trouble.expect("status of 404")
    for scene in scene_ids(page, project)[:2]:
        assert page.request.delete(f"/api/mv/scenes/{scene}").ok
    page.route(re.compile("page_size=50"), one_a_page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_studio(page, project)
    page.get_by_text("Removed scenes (2)").click()
    removed = page.locator("mv-removed-scenes")
    restore, more = (removed.get_by_role("button", name=name) for name in ("Restore", "Show more"))
    expect(more).to_be_visible()
    more.evaluate(TWICE)
    expect(more).to_be_hidden()
    expect(restore).to_have_count(2)
    assert len([url for url in asked if re.search(r"page_size=1\b", url)]) == 1, "what is asked for twice comes twice"
    page.route("**/restore", lambda route: route.fulfill(status=404, json={"title": "It is gone for good"}))
    restore.first.click()
    expect(removed.get_by_role("alert")).to_contain_text("It is gone for good")
    page.unroute("**/restore")
    for left in (1, 0):
        restore.first.click()
        expect(restore).to_have_count(left)
    expect(removed).to_be_hidden()


def test_more_removed_scenes_wait_for_the_list_that_is_fetched_anew(page: Page, trouble: Trouble) -> None:
    project = a_project(page, *(f"Words {number}." for number in range(1, 6)))
    *removed, last, _stays = scene_ids(page, project)
    for scene in removed:
        assert page.request.delete(f"/api/mv/scenes/{scene}").ok
    page.route(re.compile("page_size=50"), one_a_page)
    open_studio(page, project)
    page.get_by_text("Removed scenes (3)").click()
    rows, more = page.locator("mv-removed-scenes li"), page.get_by_role("button", name="Show more")
    expect(rows).to_contain_text(["Words 3."])
    held = hold(page, re.compile("page_size=50"))
    with page.expect_request(re.compile("page_size=50")):
        assert page.request.delete(f"/api/mv/scenes/{last}").ok  # by another program
    more.click()
    expect(more).to_have_attribute("aria-busy", "true")
    one_a_page(come(page, held))
    expect(more).not_to_have_attribute("aria-busy", "true")
    expect(rows).to_contain_text(["Words 4.", "Words 3."])
    expect(rows.nth(1).get_by_role("button", name="Restore")).to_be_focused()
    for count in (3, 4):
        more.click()
        expect(rows).to_have_count(count)
    expect(rows).to_contain_text(["Words 4.", "Words 3.", "Words 2.", "Words 1."])
    expect(more).to_be_hidden()
    trouble.check()


def test_earlier_texts_are_listed_and_one_is_used_again(page: Page, project: str, trouble: Trouble) -> None:
    first, *_ = scene_ids(page, project)
    for words in ("Other words.", "First words.", "The newest words."):
        change(page, f"/api/mv/scenes/{first}", description=words, negative_description="crowd")
    open_studio(page, project)
    earlier = card(page, 1).get_by_role("button", name="Earlier texts")
    expect(card(page, 2).get_by_role("button", name="Edit")).to_be_visible()
    expect(card(page, 2).get_by_role("button", name="Earlier texts")).to_be_hidden()  # it never had another
    press(page, earlier)
    dialog = page.get_by_role("dialog", name="Earlier texts of scene 1")
    rows = dialog.locator("li")
    expect(rows.locator("strong")).to_have_text(["Text 3", "Text 2", "Text 1"])
    expect(rows.locator(".earlier-words")).to_have_text(["First words.", "Other words.", "First words."])
    expect(rows.first).to_contain_text("edited")
    expect(rows.first).to_contain_text("Negative prompt: crowd")
    expect(rows.nth(2)).not_to_contain_text("crowd")
    accessible(page)
    page.keyboard.press("Escape")
    expect(earlier).to_be_focused()
    page.keyboard.press("Enter")
    change(page, f"/api/mv/scenes/{first}", description="Somebody's words.")  # while the dialog is open
    expect(card(page, 1).locator(".scene-text")).to_have_text("Somebody's words.")
    dialog.get_by_role("button", name=re.compile("Use this text.*Text 2")).evaluate(TWICE)
    expect(dialog).to_be_hidden()
    expect(card(page, 1).locator(".scene-text")).to_have_text("Other words.")
    expect(page.locator("#toasts")).to_contain_text("Scene 1 has text 2 again.")
    assert read(page, f"/api/mv/scenes/{first}")["version"] == 6
    expect(earlier).to_be_focused()
    page.get_by_role("button", name="Undo").click()  # there is one
    expect(card(page, 1).locator(".scene-text")).to_have_text("Somebody's words.")
    trouble.check()
