"""The studio page when things are missing, refused, narrow or cut off."""

from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from tests.support.browser import Trouble
from tests.support.processes import wait_for

pytestmark = [pytest.mark.network_loopback, pytest.mark.long]
REFUSED = "Wide shot of something unspeakable on the pier at dusk."
MADE_WITHIN_MS = 60_000
OVER_THE_EDGE = """() => [...document.querySelectorAll(".card .field > *")].filter((node) => {
  const [own, around] = [node, node.closest(".card")].map((each) => each.getBoundingClientRect().right);
  return own > around;
}).map((node) => node.outerHTML)"""
LINES = """(node) => {
  const words = document.createRange();
  words.selectNodeContents(node);
  return words.getClientRects().length;
}"""
WRITE_DOWN = """(node) => {
  window.shown = [];
  new MutationObserver(() => window.shown.push(node.textContent))
    .observe(node, { childList: true, characterData: true, subtree: true });
}"""


def make(page: Page, path: str, **fields: Any) -> Any:
    """POST to the API as another program would; give the answer."""
    answer = page.request.post(path, data=fields)
    assert answer.ok, answer.text()
    return answer.json()


@pytest.fixture
def project(page: Page) -> Any:
    """Make a project with one scene that the provider refuses."""
    made = make(page, "/api/mv/projects/", idea="The pier", character_description="A tall man in a red coat")
    make(page, "/api/mv/scenes/", project_id=made["id"], description=REFUSED)
    return made


def test_a_refused_scene_says_why_and_is_made_after_an_edit(page: Page, project: Any, trouble: Trouble) -> None:
    page.goto(f"/studio/{project['id']}/")
    card = page.locator("mv-scene-card")
    expect(card.get_by_label("lip-sync")).to_be_hidden()  # there is no song
    keys: list[str | None] = []

    def heard(sent: Request) -> None:
        if sent.url.endswith("/generate_video"):
            keys.append(sent.headers.get("idempotency-key"))

    page.on("request", heard)
    shoot = card.get_by_role("button", name="Make clip")
    at_once = "(button) => [button.click(), button.click(), button.getAttribute('aria-busy')].at(-1)"
    assert shoot.evaluate(at_once) == "true", "a click is not answered at once"
    expect(card.locator(".scene-status > .problem")).to_contain_text(
        "Scene 1 failed: Refused by", timeout=MADE_WITHIN_MS
    )
    expect(card.locator(".scene-status > .problem")).to_contain_text("It cost nothing.")
    expect(page.locator("mv-summary-bar")).to_contain_text("1 scene: 0 loading / 0 succeeded / 1 failed")
    final = page.locator("mv-final-card")
    expect(final).to_contain_text("No clip could be made, so there is nothing to put together. The scenes say why.")
    expect(final.get_by_role("button", name="Stitch")).to_be_disabled()
    jobs = page.request.get("/api/mv/jobs/", params={"project_id": project["id"]}).json()["results"]
    assert [job["kind"] for job in jobs] == ["clip"], "two clicks were two orders"
    assert len(keys) == 1
    card.get_by_role("button", name="Edit").click()
    card.get_by_label("Scene text").fill("Wide shot of the pier at dusk.")
    card.get_by_role("button", name="Retry").click()  # what is being edited is saved first
    expect(card.locator(".badge").first).to_have_text("Ready", timeout=MADE_WITHIN_MS)
    page.get_by_role("button", name="Stitch").click()
    expect(page.locator("mv-final-card .badge")).to_have_text("Ready", timeout=MADE_WITHIN_MS)
    trouble.check()


def test_a_failed_job_can_be_retried_on_its_page(page: Page, project: Any, trouble: Trouble) -> None:
    scenes = page.request.get(f"/api/mv/projects/{project['id']}").json()["scenes"]
    job = make(page, "/api/mv/generate_video", scene_id=scenes[0]["id"])
    page.goto(f"/result/job_{job['id']}/")
    expect(page.locator("mv-job-page .badge").nth(1)).to_have_text("Failed", timeout=MADE_WITHIN_MS)
    expect(page.locator("mv-job-page")).to_contain_text("Refused by the provider's safety filter")
    page.get_by_role("button", name="Retry").click()

    expect(page.locator('[data-part="attempts"]')).to_have_text("2", timeout=MADE_WITHIN_MS)
    expect(page.locator("mv-job-page .badge").nth(1)).to_have_text("Failed", timeout=MADE_WITHIN_MS)
    trouble.check()


def test_a_scene_can_be_written_anew(page: Page, project: Any, trouble: Trouble) -> None:
    page.goto(f"/studio/{project['id']}/")
    expect(page.locator(".scene-text")).to_have_text(REFUSED)
    page.get_by_role("button", name="Regenerate scene text").click()

    expect(page.locator(".scene-text")).not_to_have_text(REFUSED)
    expect(page.locator("#toasts")).to_contain_text("The text of scene 1 is written anew.")
    page.get_by_role("button", name="Undo").click()  # while the new words are still being typed
    expect(page.locator(".scene-text")).to_have_text(REFUSED)
    expect(page.locator("#toasts")).to_be_empty()
    trouble.check()


def test_text_that_arrives_as_if_typed_can_be_skipped_and_switched_off(
    page: Page, project: Any, trouble: Trouble
) -> None:
    page.clock.install(time=0)
    page.goto(f"/studio/{project['id']}/")
    text, skip = page.locator(".scene-text"), page.get_by_role("button", name="Skip animation")
    rewrite = page.get_by_role("button", name="Regenerate scene text")

    def told() -> str:
        words: str = page.request.get(f"/api/mv/projects/{project['id']}").json()["scenes"][0]["description"]
        return words

    expect(text).to_have_text(REFUSED)
    expect(skip).to_be_hidden()
    page.clock.pause_at(1_000)  # from now on letters come only when the test says so
    rewrite.click()

    def typing() -> bool:
        page.clock.run_for(400)  # until the next look at the feed
        return page.locator("html").get_attribute("data-typing") is not None

    wait_for(typing, seconds=60, saying="the new words are typed")
    page.clock.run_for(100)
    assert 0 < len(text.inner_text()) < len(told())
    skip.press("Enter")  # also when the writer has long ended: what is left is the show
    expect(text).to_have_text(told())
    expect(skip).to_be_hidden()
    expect(page.locator("mv-scene-card h3")).to_be_focused()  # the button has gone, the place has not
    page.get_by_text("Configuration").click()
    typed = page.get_by_label("New text arrives as if typed")
    expect(typed).to_be_checked()  # its module is there
    typed.uncheck()
    page.clock.resume()
    page.reload()
    page.get_by_text("Configuration").click()
    expect(typed).to_be_enabled()
    expect(typed).not_to_be_checked()
    text.evaluate(WRITE_DOWN)
    before = told()
    rewrite.click()
    expect(text).not_to_have_text(before)
    assert page.evaluate("window.shown") == [told()]
    trouble.check()


def test_an_edit_survives_a_reload(page: Page, project: Any) -> None:
    page.goto(f"/studio/{project['id']}/")
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Scene text").fill("Half a sentence")
    page.reload()

    expect(page.get_by_label("Scene text")).to_have_value("Half a sentence")


def test_quick_job_saves_what_is_there_and_the_studio_asks_for_the_rest(page: Page, trouble: Trouble) -> None:
    page.goto("/create/")
    page.get_by_label("Idea").fill("A calm sea")
    page.get_by_role("button", name="Quick Job").click()
    page.wait_for_url("**/studio/*/")
    page.get_by_role("button", name="Generate Videos").click()

    expect(page.get_by_label("Idea")).to_have_value("A calm sea")
    expect(page.get_by_label("Character & style")).to_be_focused()
    expect(page.locator(".notice").first).to_contain_text("Nothing starts by itself")
    trouble.check()


def test_a_studio_that_is_away_is_said_and_found_again(
    page: Page, context: BrowserContext, project: Any, trouble: Trouble
) -> None:
    trouble.expect("ERR_INTERNET_DISCONNECTED")
    page.clock.install(time=0)
    page.goto(f"/studio/{project['id']}/")
    expect(page.locator("mv-scene-card")).to_have_count(1)
    with page.expect_response("**/events?after=*"):
        page.clock.pause_at(1_000)
    context.set_offline(True)
    page.clock.run_for(3_000)  # of the page's time: it is said within three seconds
    expect(page.get_by_text("Reconnecting…")).to_be_visible()
    page.clock.resume()
    context.set_offline(False)
    make(page, "/api/mv/scenes/", project_id=project["id"], description="A second scene")

    expect(page.locator("mv-scene-card")).to_have_count(2)
    expect(page.get_by_text("Reconnecting…")).to_be_hidden()


def test_nothing_is_wider_than_a_narrow_phone(page: Page, project: Any, trouble: Trouble) -> None:
    trouble.expect("status of 404")
    page.set_viewport_size({"width": 320, "height": 640})
    for path in ("/", "/create/", f"/studio/{project['id']}/", "/nothing-here"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_long_german_words_keep_to_their_places_on_a_narrow_phone(chromium: Browser, studio: str) -> None:
    context = chromium.new_context(base_url=studio, viewport={"width": 320, "height": 640}, locale="de-DE")
    page = context.new_page()
    page.goto("/create/")
    expect(page.locator("mv-song-field .hint")).to_be_visible()
    assert page.evaluate(OVER_THE_EDGE) == []
    page.goto("/library/", wait_until="networkidle")
    assert page.get_by_role("heading", level=1).evaluate(LINES) == 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()
