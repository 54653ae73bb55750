"""The studio page before anything is bought: words, order, configuration and keys, each change with its way back."""

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.browser import Trouble, come, hold
from tests.support.processes import wait_for
from tests.support.studio_page import a_project, badge, card, change, make, open_studio, read, texts

pytestmark = [pytest.mark.network_loopback, pytest.mark.long]


@pytest.fixture
def project(page: Page) -> str:
    project = a_project(page, "First words.", "Second words.", "Third words.")
    open_studio(page, project)
    return project


def order(page: Page, project: str) -> list[str]:
    return [scene["description"] for scene in read(page, f"/api/mv/projects/{project}")["scenes"]]


def kept_as_shown(page: Page, project: str) -> None:
    """The page shows a move at once; the server has it a moment later."""
    wait_for(lambda: order(page, project) == texts(page), seconds=20, saying="the order is kept")


def test_words_are_edited_saved_undone_and_canceled(page: Page, project: str, trouble: Trouble) -> None:
    first = card(page, 1)
    first.get_by_role("button", name="Edit").click()
    first.get_by_label("Scene text").fill("Other words.")
    first.get_by_label("Negative prompt").fill("crowd")
    first.get_by_label("Scene text").press("Control+Enter")
    expect(first.locator(".scene-text")).to_have_text("Other words.")
    expect(first.locator("details", has_text="Negative prompt")).not_to_have_attribute("open", "")
    first.get_by_text("Negative prompt").click()
    expect(first.get_by_text("crowd")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(first.locator(".scene-text")).to_have_text("First words.")
    assert order(page, project)[0] == "First words."
    first.get_by_role("button", name="Edit").click()
    first.get_by_label("Scene text").fill("Thrown away.")
    first.get_by_role("button", name="Cancel").click()
    expect(first.locator(".scene-text")).to_have_text("First words.")
    assert read(page, f"/api/mv/jobs/?project={project}")["results"] == []  # Ctrl+Enter of the form starts no run
    trouble.check()


def test_newer_text_never_overwrites_an_edit(page: Page, project: str) -> None:
    first = card(page, 1)
    first.get_by_role("button", name="Edit").click()
    first.get_by_label("Scene text").fill("Half a sentence")
    scene = read(page, f"/api/mv/projects/{project}")["scenes"][0]["id"]
    change(page, f"/api/mv/scenes/{scene}", description="From elsewhere.")
    expect(first).to_contain_text("Newer text has arrived meanwhile")
    expect(first.get_by_label("Scene text")).to_have_value("Half a sentence")
    expect(first.get_by_label("Scene text")).to_be_focused()


def test_scenes_are_inserted_split_moved_and_deleted_with_undo(page: Page, project: str, trouble: Trouble) -> None:
    def choose(number: int, words: str) -> None:
        card(page, number).get_by_text("Change the order").click()
        card(page, number).get_by_role("button", name=words).click()

    trouble.expect(r"404.*/api/mv/estimate")  # its scene went while a price was asked; the page asks anew
    choose(1, "Insert a scene below")
    expect(page.locator("mv-scene-card")).to_have_count(4)
    expect(card(page, 2).get_by_label("Scene text")).to_be_focused()
    card(page, 2).get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Undo").last.click()
    expect(page.locator("mv-scene-card")).to_have_count(3)
    choose(2, "Split")
    expect(page.locator(".scene-text")).to_have_text(["First words.", "Second words.", "Second words.", "Third words."])
    choose(3, "Delete")
    expect(page.locator(".scene-text")).to_have_text(["First words.", "Second words.", "Third words."])
    expect(page.locator("#toasts")).to_contain_text("Scene 3 is in the trash.")
    page.get_by_role("button", name="Undo").last.click()
    expect(page.locator(".scene-text")).to_have_text(["First words.", "Second words.", "Second words.", "Third words."])
    choose(4, "Move up")
    expect(page.locator(".scene-text").nth(2)).to_have_text("Third words.")
    kept_as_shown(page, project)
    expect(page.locator("#toasts")).to_contain_text("Scene 4 is scene 3 now.")
    page.get_by_role("button", name="Undo").last.click()
    expect(page.locator(".scene-text").nth(3)).to_have_text("Third words.")
    trouble.check()


def test_quick_changes_reach_the_server_in_their_order(page: Page, project: str) -> None:
    asked: list[str] = []
    held = hold(page, "**/api/mv/scenes/*")
    page.on("request", lambda request: asked.append(request.method + request.url.rpartition("/")[2]))
    for words, shown in (("Delete", 2), ("Split", 2)):
        card(page, 1).get_by_text("Change the order").click()
        card(page, 1).get_by_role("button", name=words).click()
        expect(page.locator("mv-scene-card")).to_have_count(shown)
    page.wait_for_timeout(500)
    assert "POSTsplit" not in asked
    come(page, held).continue_()
    expect(page.locator(".scene-text")).to_have_text(["Second words.", "Second words.", "Third words."])
    kept_as_shown(page, project)


def test_scenes_are_moved_by_arrow_keys_and_by_hand(page: Page, project: str) -> None:
    handle = card(page, 1).get_by_role("button", name="Move this scene")
    handle.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".scene-text").nth(1)).to_have_text("First words.")
    expect(page.locator("#announcements")).to_have_text("Scene 1 is scene 2 now.")
    expect(card(page, 2).get_by_role("button", name="Move this scene")).to_be_focused()
    card(page, 3).scroll_into_view_if_needed()
    grip, target = card(page, 3).locator("[data-part=handle]").bounding_box(), card(page, 2).bounding_box()
    assert grip
    assert target
    page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    page.mouse.down()
    expect(page.locator(".scenes > li").nth(2)).to_have_attribute("data-dragged", "")
    page.mouse.move(grip["x"] + 5, target["y"] + 20, steps=6)
    page.mouse.up()
    expect(page.locator(".scene-text")).to_have_text(["Second words.", "Third words.", "First words."])
    kept_as_shown(page, project)


def test_keys_lead_through_the_scenes_and_rest_while_typing(page: Page, project: str) -> None:
    page.keyboard.press("j")
    expect(card(page, 1).locator("h3")).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(card(page, 2).locator("h3")).to_be_focused()
    page.keyboard.press("e")
    field = card(page, 2).get_by_label("Scene text")
    expect(field).to_be_focused()
    page.keyboard.type("jkr?")
    expect(field).to_have_value(re.compile("jkr\\?"))
    page.keyboard.press("Escape")
    expect(card(page, 2).locator(".scene-text")).to_have_text("Second words.")
    page.keyboard.press("?")
    keys = page.locator("mv-shortcuts dialog")
    for words in (
        "Next scene",
        "Scene before",
        "Edit the scene's text",
        "Make the clip (again) of the scene that has the focus",
        "Generate Videos",
    ):
        expect(keys).to_contain_text(words)
    keys.get_by_label("Single keys do something").uncheck()
    keys.get_by_role("button", name="Close").click()
    card(page, 1).locator("h3").focus()
    page.keyboard.press("j")
    expect(card(page, 1).locator("h3")).to_be_focused()
    page.evaluate("localStorage.clear()")


def test_a_key_spends_only_on_the_scene_that_has_the_focus(page: Page, project: str) -> None:
    orders: list[str] = []
    page.on("request", lambda sent: orders.append(sent.url) if sent.url.endswith("/generate_video") else None)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("r")
    page.keyboard.press("j")  # keys are heard one after the other
    expect(card(page, 1).locator("h3")).to_be_focused()
    assert (orders, read(page, f"/api/mv/jobs/?project={project}")["results"]) == ([], [])
    page.keyboard.press("j")
    page.keyboard.press("r")
    expect(badge(page, 2)).to_have_text(re.compile("Generating|Ready"))
    (job,) = read(page, f"/api/mv/jobs/?project={project}")["results"]
    assert job["scene_id"] == read(page, f"/api/mv/projects/{project}")["scenes"][1]["id"]
    make(page, job["urls"]["cancel"])


def test_configuration_and_input_data_are_kept_and_taken_back(page: Page, project: str, trouble: Trouble) -> None:
    page.get_by_text("Configuration").click()
    toasts = page.locator("#toasts")
    flavor = page.get_by_label("Flavor")
    flavor.select_option("mv1")
    expect(toasts).to_contain_text("Changed: Flavor. It counts from now on.")
    toasts.get_by_role("button", name="Undo").click()
    expect(flavor).to_have_value("default")
    expect(toasts).to_be_empty()
    flavor.select_option("mv1")
    toasts.get_by_role("button", name="Dismiss").click()
    page.get_by_label("Number of scenes").fill("7")
    page.get_by_label("Number of scenes").blur()
    expect(toasts).to_contain_text("Changed: Number of scenes.")
    expect(page.get_by_label("Cut", exact=True)).to_be_disabled()  # there is no song to cut by
    expect(page.get_by_label("Notify me when the work has ended")).to_be_visible()
    expect(page.get_by_label("New text arrives as if typed")).to_be_checked()
    fold = page.locator("mv-inputs-card > details")
    expect(fold).not_to_have_attribute("open", "")  # the scenes are there: it is folded
    fold.get_by_text("Input Data").click()
    expect(fold).to_contain_text("Flavor: mv1")
    page.get_by_label("Idea").fill("The harbour at dawn")
    fold.get_by_role("button", name="Save").click()
    expect(toasts).to_contain_text("The input data is saved")
    found = read(page, f"/api/mv/projects/{project}")
    assert (found["idea"], found["config_flavor"], found["number_of_scenes"]) == ("The harbour at dawn", "mv1", 7)
    toasts.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_label("Idea")).to_have_value("The pier at dusk")
    toasts.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Number of scenes")).to_have_value("")
    trouble.check()


def test_the_id_of_a_scene_is_copied(page: Page, context: BrowserContext, project: str) -> None:
    context.grant_permissions(["clipboard-write"])
    scene = read(page, f"/api/mv/projects/{project}")["scenes"][1]["id"]
    expect(page.get_by_role("button", name="Generate 3 clips")).to_contain_text("≈")  # nothing draws the card anew
    copy = card(page, 2).get_by_title("Copy the id of this scene")
    expect(copy).to_have_text(scene[:8])
    copy.click()
    expect(page.locator("#toasts")).to_contain_text("The id of the scene is copied.")
    page.locator("summary", has_text="Input Data").click()
    page.get_by_label("Idea").fill("")
    page.get_by_label("Idea").press("Control+V")  # pages themselves may not read the clipboard
    expect(page.get_by_label("Idea")).to_have_value(scene)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")  # as on plain HTTP
    copy.click()
    expect(page.locator("#toasts")).to_contain_text("The text is selected: press Ctrl+C.")
    assert page.evaluate("getSelection().toString()") == scene


def test_a_browser_that_refuses_notifications_is_named(page: Page, project: str) -> None:
    page.evaluate("Notification.requestPermission = async () => 'denied'")
    page.get_by_text("Configuration").click()
    wish = page.get_by_label("Notify me when the work has ended")
    wish.click()
    expect(page.locator("#toasts")).to_contain_text("The browser does not let this page notify you.")
    expect(wish).not_to_be_checked()


def test_the_newest_project_opens_and_another_one_by_name(page: Page, project: str) -> None:
    other = a_project(page)
    page.goto("/quick-gen-page")
    page.wait_for_url(f"**/studio/{other}/")
    page.goto(f"/quick-gen-page?project={project}")
    page.wait_for_url(f"**/studio/{project}/")


@pytest.mark.alone
def test_three_tabs_show_the_same_within_two_seconds(page: Page, context: BrowserContext, project: str) -> None:
    tabs: list[Any] = [page, context.new_page(), context.new_page()]
    for tab in tabs[1:]:
        open_studio(tab, project)
    first = card(page, 1)
    first.get_by_role("button", name="Edit").click()
    first.get_by_label("Scene text").fill("Seen everywhere.")
    first.get_by_role("button", name="Save").click()
    for tab in tabs:
        expect(card(tab, 1).locator(".scene-text")).to_have_text("Seen everywhere.", timeout=2_000)
    make(page, "/api/mv/scenes/", project_id=project, description="From a program.")
    for tab in tabs:
        expect(tab.locator("mv-scene-card")).to_have_count(4, timeout=2_000)


def test_a_scene_without_words_says_so_and_cannot_be_shot(page: Page, project: str) -> None:
    make(page, "/api/mv/scenes/", project_id=project)
    expect(card(page, 4).locator(".scene-text")).to_have_text("No text yet.")
    expect(card(page, 4).get_by_role("button", name="Make clip")).to_be_disabled()
    expect(badge(page, 4)).to_have_text("No clip yet")
    expect(page.locator("mv-final-card")).to_contain_text("There is no finished clip yet.")
