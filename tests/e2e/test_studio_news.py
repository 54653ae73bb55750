"""News that come late or not at all, and what is typed meanwhile: nothing true is overwritten, nothing is lost."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import APIResponse, BrowserContext, Page, Route, expect

from tests.support.browser import Trouble, accessible, come, hold
from tests.support.processes import Studio
from tests.support.studio_page import (
    MADE_WITHIN_MS,
    a_project,
    badge,
    card,
    change,
    make,
    open_studio,
    read,
    standing_still,
)

pytestmark = [pytest.mark.network_loopback, pytest.mark.long]
REFUSED = "Wide shot of something unspeakable on the pier."
TROUBLE = json.dumps(
    {
        "title": "Something broke",
        "status": 500,
        "code": "app:test:broken",
        "request_id": "cafe0042",
        "detail": "It said no.",
    }
)


def refuse(page: Page, where: str, *, method: str, status: int = 500) -> None:
    """Let calls of one kind fail from now on."""

    def answer(route: Route) -> None:
        if route.request.method != method:
            route.fallback()
        else:
            route.fulfill(status=status, body=TROUBLE, content_type="application/problem+json")

    page.route(where, answer)


def test_takes_and_failures_are_told_as_they_are_and_a_failure_gives_way_to_a_choice(
    page: Page, trouble: Trouble
) -> None:
    trouble.expect("status of 500 .*/select_take")
    project = a_project(page, "Wide shot of the pier at dusk.")
    open_studio(page, project)
    first = card(page, 1)
    shoot = first.locator("[data-part=shoot]")
    held: list[tuple[Route, APIResponse]] = []
    page.route("**/api/mv/generate_video", lambda route: held.append((route, route.fetch())))
    for takes in (1, 2):
        shoot.click()
        expect(first.get_by_label("Take").locator("option")).to_have_count(takes, timeout=MADE_WITHIN_MS)
        expect(badge(page, 1)).to_have_text("Ready")
        route, answer = held.pop()
        route.fulfill(response=answer)  # long after the feed has told that the clip is there
        expect(shoot).not_to_have_attribute("aria-busy", "true")  # it has come
        expect(badge(page, 1)).to_have_text("Ready")
    page.unroute("**/api/mv/generate_video")
    a_choice_that_fails_says_so(page)
    a_failure_gives_way(page, project)


def a_choice_that_fails_says_so(page: Page) -> None:
    """The dialog stays open with the reason, and works when asked again; so does the way back."""
    dialog, toasts = page.get_by_role("dialog", name="Two takes of scene 1"), page.locator("#toasts")
    refuse(page, "**/select_take", method="POST")
    card(page, 1).get_by_role("button", name="Compare").click()
    dialog.get_by_role("button", name="Use this take").click()
    expect(dialog).to_contain_text("It said no.")
    page.unroute("**/select_take")
    dialog.get_by_role("button", name="Use this take").click()
    expect(dialog).to_be_hidden()
    expect(toasts).to_contain_text("Scene 1 shows take 1 now.")
    refuse(page, "**/select_take", method="POST")
    toasts.get_by_role("button", name="Undo").click()
    expect(toasts).to_contain_text("It said no.")
    accessible(page)
    page.unroute("**/select_take")
    toasts.get_by_role("button", name="Undo").click()
    expect(toasts).to_be_empty()
    expect(card(page, 1).get_by_label("Take").locator("option:checked")).to_contain_text("Take 2 of 2")


def a_failure_gives_way(page: Page, project: str) -> None:
    """A later attempt failed; whoever is content with what is there says so for nothing, and it stays said."""
    scene = read(page, f"/api/mv/projects/{project}")["scenes"][0]["id"]
    change(page, f"/api/mv/scenes/{scene}", description=REFUSED)
    make(page, "/api/mv/generate_video", scene_id=scene)
    expect(badge(page, 1)).to_have_text("Failed", timeout=MADE_WITHIN_MS)
    card(page, 1).get_by_role("button", name="Keep the take before it").click()
    expect(badge(page, 1)).to_have_text("Ready")
    expect(page.locator("mv-summary-bar")).to_contain_text("1 scene: 0 loading / 1 succeeded / 0 failed")
    page.reload()
    expect(badge(page, 1)).to_have_text("Ready")


def test_tabs_that_edit_one_scene_keep_each_their_own_words(page: Page, context: BrowserContext) -> None:
    project = a_project(page, "First words.")
    other = context.new_page()
    for tab, words in ((page, "Typed here."), (other, "Typed there.")):
        open_studio(tab, project)
        if not card(tab, 1).get_by_label("Scene text").is_visible():
            card(tab, 1).get_by_role("button", name="Edit").click()
        card(tab, 1).get_by_label("Scene text").fill(words)
    card(page, 1).get_by_role("button", name="Save").click()
    expect(card(page, 1).locator(".scene-text")).to_have_text("Typed here.")
    other.reload()
    expect(card(other, 1).get_by_label("Scene text")).to_have_value("Typed there.")
    page.reload()
    card(other, 1).get_by_role("button", name="Save").click()
    expect(card(other, 1).locator(".scene-text")).to_have_text("Typed there.")
    other.reload()
    expect(card(other, 1).get_by_role("button", name="Edit")).to_be_visible()


def test_a_quick_job_in_one_tab_leaves_what_another_tab_typed(page: Page, context: BrowserContext) -> None:
    other = context.new_page()
    page.goto("/create/")
    page.get_by_label("Idea").fill("Of the first tab")
    other.goto("/create/")
    other.get_by_label("Idea").fill("Of the second tab")
    other.get_by_role("button", name="Quick Job").click()
    other.wait_for_url("**/studio/*/")
    page.wait_for_function(
        "() => localStorage.getItem('mv-create')?.includes('Of the first tab')"
    )  # this tab has heard of it
    page.reload()
    expect(page.get_by_label("Idea")).to_have_value("Of the first tab")
    page.close()  # its words are not lost with it, though another tab has sent its own since
    other.goto("/create/")
    expect(other.get_by_label("Idea")).to_have_value("Of the first tab")


def test_input_data_takes_words_only_once_its_fields_are_filled(page: Page) -> None:
    project = a_project(page, "First words.")
    held = hold(page, re.compile("mv-inputs-card"))
    page.goto(f"/studio/{project}/")
    page.locator("mv-inputs-card > details").get_by_text("Input Data").click()
    idea = page.get_by_label("Idea")
    expect(idea).not_to_be_editable()
    come(page, held)
    for route in held:
        route.continue_()
    expect(idea).to_be_editable()
    expect(idea).to_have_value("The pier at dusk")


def test_input_data_that_is_typed_survives_a_reload_and_a_cancel_is_taken_back(page: Page) -> None:
    project = a_project(page, "First words.")
    open_studio(page, project)
    fold = page.locator("mv-inputs-card > details")
    fold.get_by_text("Input Data").click()
    expect(page.get_by_label("Idea")).to_be_editable()  # the card has filled its fields
    page.get_by_label("Idea").fill("Half an idea")
    fold.get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("Idea")).to_have_value("The pier at dusk")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Idea")).to_have_value("Half an idea")
    page.reload()
    expect(page.get_by_label("Idea")).to_have_value("Half an idea")
    expect(page.get_by_label("Idea")).to_be_visible()
    fold.get_by_role("button", name="Save").click()
    expect(page.locator("#toasts")).to_contain_text("The input data is saved")
    assert read(page, f"/api/mv/projects/{project}")["idea"] == "Half an idea"
    page.reload()
    expect(page.locator("mv-summary-bar")).not_to_contain_text("Loading")
    expect(fold).not_to_have_attribute("open", "")


def test_an_edit_left_by_escape_comes_back_and_keys_of_an_input_method_leave_it_alone(page: Page) -> None:
    project = a_project(page, "First words.")
    open_studio(page, project)
    first = card(page, 1)
    field = first.get_by_label("Scene text")
    first.get_by_role("button", name="Edit").click()
    field.press("Escape")
    expect(first.locator(".scene-text")).to_be_visible()
    expect(page.locator("#toasts")).to_be_empty()  # nothing was typed
    first.get_by_role("button", name="Edit").click()
    field.fill("A long thought")
    composing = "new KeyboardEvent('keydown', { key: 'Escape', isComposing: true, bubbles: true, cancelable: true })"
    field.evaluate(f"(node) => node.dispatchEvent({composing})")
    expect(field).to_have_value("A long thought")
    field.press("Escape")
    expect(first.locator(".scene-text")).to_have_text("First words.")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(field).to_have_value("A long thought")
    expect(field).to_be_focused()
    page.reload()
    expect(field).to_have_value("A long thought")


def test_an_undo_that_fails_says_so_and_can_be_tried_again(page: Page, trouble: Trouble) -> None:
    trouble.expect("status of 500 .*/(scenes|reorder)")
    project = a_project(page, "First words.", "Second words.")
    open_studio(page, project)
    toasts = page.locator("#toasts")
    card(page, 1).get_by_role("button", name="Edit").click()
    card(page, 1).get_by_label("Scene text").fill("Other words.")
    card(page, 1).get_by_role("button", name="Save").click()
    expect(toasts).to_contain_text("The text of scene 1 is saved.")
    refuse(page, "**/api/mv/scenes/*", method="PATCH")
    toasts.get_by_role("button", name="Undo").click()
    expect(toasts).to_contain_text("It said no.")
    page.unroute("**/api/mv/scenes/*")
    toasts.get_by_role("button", name="Undo").click()
    expect(card(page, 1).locator(".scene-text")).to_have_text("First words.")
    expect(toasts).to_be_empty()
    refuse(page, "**/reorder", method="POST")
    card(page, 1).get_by_role("button", name="Move this scene").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("mv-studio-page > .problem")).to_contain_text("It said no.Request cafe0042")
    expect(page.locator(".scene-text")).to_have_text(["First words.", "Second words."])  # as the server has it


def test_who_is_signed_out_is_told_so_and_goes_on_after_signing_in(page: Page, trouble: Trouble) -> None:
    trouble.expect("status of 401 .*/events")
    project = a_project(page, "First words.")
    open_studio(page, project)
    card(page, 1).get_by_role("button", name="Edit").click()
    card(page, 1).get_by_label("Scene text").fill("Half a sentence")
    feed = "**/api/mv/projects/*/events?after=*"
    page.route(feed, lambda route: route.fulfill(status=401, body=TROUBLE, content_type="application/problem+json"))
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    expect(page.get_by_text("This project is no longer here.")).to_be_hidden()
    expect(page.get_by_role("link", name="Sign in")).to_have_attribute("href", f"/sign-in/?next=/studio/{project}/")
    expect(card(page, 1).get_by_label("Scene text")).to_have_value("Half a sentence")
    page.unroute(feed)
    make(page, "/api/mv/scenes/", project_id=project, description="From elsewhere.")
    expect(page.locator("mv-scene-card")).to_have_count(2)
    expect(page.get_by_text("You are signed out.")).to_be_hidden()


def test_portraits_that_all_fail_are_said_and_painting_again_asks_once(page: Page, processes: Studio) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/retry") else None)
    page.goto("/create/")
    page.get_by_label("Character & style").fill("A man with something unspeakable")
    page.get_by_role("button", name="Generate portraits").click()
    expect(page.locator('mv-portrait-option[data-state="failed"]')).to_have_count(4, timeout=MADE_WITHIN_MS)
    expect(page.locator("mv-portrait-grid")).to_contain_text("None of the portraits is here; each says why.")
    again = page.get_by_role("button", name="Paint again").first
    option: Any = page.locator("mv-portrait-option").first
    with standing_still(processes, "-n provider@"):
        again.evaluate("(button) => { button.click(); button.click(); }")
        expect(option).to_contain_text("Being painted…")
    expect(option).to_have_attribute("data-state", "failed", timeout=MADE_WITHIN_MS)
    expect(option).not_to_contain_text("cannot be retried")
    assert len(asked) == 1


def test_input_data_sends_and_takes_back_only_what_was_typed_here(page: Page) -> None:
    project = a_project(page, "First words.", title="Old title")
    where = f"/api/mv/projects/{project}"
    open_studio(page, project)
    fold, toasts = page.locator("mv-inputs-card > details"), page.locator("#toasts")
    fold.get_by_text("Input Data").click()
    title, idea = page.get_by_label("Title"), page.get_by_label("Idea")
    expect(idea).to_be_editable()
    title.fill("Typed here")
    change(page, where, idea="From elsewhere")
    expect(idea).to_have_value("From elsewhere")  # nothing was typed there
    page.reload()
    expect(title).to_have_value("Typed here")
    change(page, where, idea="From elsewhere again", title="Another title")
    expect(idea).to_have_value("From elsewhere again")
    expect(title).to_have_value("Typed here")
    with page.expect_request(lambda sent: sent.method == "PATCH") as sent:
        fold.get_by_role("button", name="Save").click()
    assert sent.value.post_data_json == {"title": "Typed here"}
    expect(fold.get_by_role("button", name="Save")).to_be_hidden()
    change(page, where, idea="From elsewhere at last")
    toasts.get_by_role("button", name="Undo").click()
    expect(title).to_have_value("Another title")
    found = read(page, where)
    assert (found["title"], found["idea"]) == ("Another title", "From elsewhere at last")
