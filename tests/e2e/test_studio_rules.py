"""The studio page, rule by rule: takes and their times, keys, a drag given up, the film and where the page stands."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.browser import Trouble
from tests.support.processes import Studio
from tests.support.studio_page import (
    MADE_WITHIN_MS,
    a_project,
    badge,
    card,
    film,
    finished,
    make,
    no_rendering,
    open_studio,
    read,
    texts,
)

pytestmark = [pytest.mark.network_loopback, pytest.mark.long]
WHEN_READY = """() => {
  window.film = {};
  const card = document.querySelector("mv-final-card");
  const video = card.querySelector("video");
  const started = card.scrollIntoView.bind(card);
  card.scrollIntoView = (how) => { window.film.scrolled = performance.now(); started(how); };
  const { get, set } = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "src");
  const ready = (address) => {
    window.film.ready = performance.now(); // an observer would hear of it only when all the page is drawn
    set.call(video, address);
  };
  Object.defineProperty(video, "src", { get, set: ready });
}"""


def shot_again(page: Page, number: int, *, takes: int) -> None:
    """Shoot a scene by the button on its card and wait until it has so many takes."""
    card(page, number).locator("[data-part=shoot]").click()
    expect(card(page, number).get_by_label("Take").locator("option")).to_have_count(takes, timeout=MADE_WITHIN_MS)
    expect(badge(page, number)).to_have_text("Ready")


@pytest.fixture(scope="module")
def made(studio: str, chromium: Browser) -> str:
    """A finished project of two scenes."""
    context = chromium.new_context(base_url=studio)
    page = context.new_page()
    project = a_project(page, "Wide shot of the pier at dusk.", "Close-up of the lamp.")
    make(page, f"/api/mv/projects/{project}/run")
    open_studio(page, project)
    finished(page)
    context.close()
    return project


def test_a_plain_regenerate_of_a_chosen_scene_starts_no_stitch(page: Page, made: str, trouble: Trouble) -> None:
    open_studio(page, made)
    stitches = f"/api/mv/jobs/?project={made}&kind=stitch"
    before, old = len(read(page, stitches)["results"]), film(page).locator("video").get_attribute("src")
    shot_again(page, 1, takes=2)
    expect(film(page).locator(".badge").first).to_have_text("Out of date")
    expect(film(page).get_by_role("button", name="Re-stitch with current clips")).to_be_enabled()
    jobs = read(page, f"/api/mv/jobs/?project={made}&ordering=-queued_at")["results"]
    assert {job["state"] for job in jobs} == {"succeeded"}, "something is still at work"
    assert len(read(page, stitches)["results"]) == before, "a regenerate has cut the film anew"
    expect(film(page).locator("video")).to_have_attribute("src", old or "")
    trouble.check()


def test_the_key_t_compares_two_takes_and_tells_when_each_was_made(page: Page, made: str, trouble: Trouble) -> None:
    open_studio(page, made)
    have = card(page, 1).get_by_label("Take").locator("option").count()
    if have < 2:
        shot_again(page, 1, takes=2)
    dialog = page.get_by_role("dialog", name="Two takes of scene 1")
    card(page, 1).locator("h3").focus()
    page.keyboard.press("t")
    expect(dialog).to_be_visible()
    takes = read(page, f"/api/mv/projects/{made}")["scenes"][0]["takes"]
    as_shown = "(iso) => new Date(iso).toLocaleString('en')"
    told = [page.evaluate(as_shown, take["created_at"]) for take in takes]
    assert told[0] != told[1]
    facts = dialog.locator(".compare-facts")
    for side, when in enumerate(told):
        expect(facts.nth(side)).to_contain_text(when)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    card(page, 2).locator("h3").focus()  # it has one take
    page.keyboard.press("t")
    page.keyboard.press("k")  # keys are heard one after the other
    expect(card(page, 1).locator("h3")).to_be_focused()
    expect(page.get_by_role("dialog")).to_have_count(0)
    trouble.check()


def test_escape_gives_up_a_drag(page: Page, trouble: Trouble) -> None:
    project = a_project(page, "First words.", "Second words.", "Third words.")
    open_studio(page, project)
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url) if sent.url.endswith("/reorder") else None)
    grip = card(page, 3).locator("[data-part=handle]")
    grip.scroll_into_view_if_needed()
    at, target = grip.bounding_box(), card(page, 2).bounding_box()
    assert at
    assert target
    item = page.locator(".scenes > li").nth(2)
    page.mouse.move(at["x"] + 5, at["y"] + 5)
    page.mouse.down()
    expect(item).to_have_attribute("data-dragged", "")
    page.mouse.move(at["x"] + 5, target["y"] + 20, steps=6)
    expect(page.locator(".scenes > li[data-before]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(item).not_to_have_attribute("data-dragged", "")
    expect(page.locator(".scenes > li[data-before]")).to_have_count(0)
    page.mouse.move(at["x"] + 5, target["y"] + 10)
    page.mouse.up()
    card(page, 1).get_by_role("button", name="Move this scene").focus()
    page.keyboard.press("ArrowDown")  # moves go out in order: this one comes after whatever the drag has sent
    expect(page.locator("#announcements")).to_have_text("Scene 1 is scene 2 now.")
    assert texts(page) == ["Second words.", "First words.", "Third words."]
    assert len(asked) == 1
    trouble.check()


def test_a_scene_whose_call_failed_tells_the_id_of_the_request(page: Page, trouble: Trouble) -> None:
    trouble.expect("status of 400 .*/generate_video")
    open_studio(page, a_project(page, "First words."))

    def spoil(route: Route) -> None:
        route.continue_(post_data='{"scene_id": "no id"}')

    page.route("**/api/mv/generate_video", spoil)
    with page.expect_response("**/api/mv/generate_video") as answered:
        card(page, 1).get_by_role("button", name="Make clip").click()
    told: Any = answered.value.json()
    problem = card(page, 1).locator(".scene-status > .problem")
    expect(problem.locator("strong")).to_contain_text("Scene 1 failed")
    expect(problem).to_contain_text(f"Request {told['request_id']}")
    assert told["request_id"] == answered.value.headers["x-request-id"]
    expect(badge(page, 1)).to_have_text("No clip yet")
    trouble.check()


def cut_anew(page: Page) -> None:
    """Ask for the film again and wait until another one is shown."""
    old = film(page).locator("video").get_attribute("src") or ""
    film(page).locator("[data-part=stitch]").click()
    page.evaluate("window.scrollTo(0, 0)")
    expect(film(page).locator("video")).not_to_have_attribute("src", old, timeout=MADE_WITHIN_MS)


def test_the_page_goes_to_the_film_when_it_is_ready_but_not_under_who_types(
    page: Page, made: str, processes: Studio, trouble: Trouble
) -> None:
    page.set_viewport_size({"width": 800, "height": 500})
    page.clock.install()  # it counts what the page has set itself, not what a busy machine adds
    open_studio(page, made)
    page.evaluate(WHEN_READY)
    card(page, 1).get_by_role("button", name="Edit").click()
    with no_rendering(processes):
        film(page).locator("[data-part=stitch]").click()
        expect(film(page).locator(".badge").first).to_have_text("Generating")
        card(page, 1).get_by_label("Scene text").focus()
        page.evaluate("window.scrollTo(0, 0)")
        old = film(page).locator("video").get_attribute("src") or ""
    expect(film(page).locator("video")).not_to_have_attribute("src", old, timeout=MADE_WITHIN_MS)
    typed_at = page.evaluate("scrollY")
    page.wait_for_timeout(1_000)  # that nothing comes has no event
    assert page.evaluate("[window.film.scrolled ?? null, scrollY]") == [None, typed_at]
    card(page, 1).get_by_role("button", name="Cancel").click()
    cut_anew(page)
    expect(film(page).locator("h2")).to_be_in_viewport()
    ready, scrolled = page.evaluate("[window.film.ready, window.film.scrolled]")
    assert 290 <= scrolled - ready <= 1_500, "not about 300 ms later"
    trouble.check()
