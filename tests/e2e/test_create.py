"""The Create page, row by row of its description: what it takes, what it says, where it leads."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.e2e.conftest import REFUSED_WORD
from tests.support.browser import Trouble, accessible, come, hold
from tests.support.create_page import MADE_WITHIN_MS, snapshot, start
from tests.support.pictures import picture
from tests.support.processes import Studio
from tests.support.studio_page import standing_still

pytestmark = [pytest.mark.network_loopback, pytest.mark.long]
IDEA = "A lighthouse keeper dances through one stormy night"
CHARACTER = "A young woman with short copper hair and a yellow raincoat"
SHIFTS = """
new PerformanceObserver((list) => {
  const shifts = list.getEntries().filter((each) => !each.hadRecentInput);
  globalThis.shifted = shifts.reduce((sum, each) => sum + each.value, globalThis.shifted ?? 0);
}).observe({ type: "layout-shift", buffered: true });
"""


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("(node) => node === document.activeElement"):
            return
    pytest.fail(f"never reached by Tab: {wanted}")


def folded_between_mode_and_idea(page: Page) -> None:
    """The configuration stands between mode and idea, and is closed."""
    places = [
        page.get_by_label("Music video"),
        page.locator("summary", has_text="Configuration"),
        page.get_by_label("Idea"),
    ]
    tops = [place.evaluate("(node) => node.getBoundingClientRect().top") for place in places]
    assert tops == sorted(tops)
    expect(page.locator("details", has=page.get_by_text("Configuration"))).not_to_have_attribute("open", "")


def grid(page: Page) -> list[list[float]]:
    """Give the boxes of the four portraits: two by two, all of one size."""
    measure = (
        "(all) => all.map((each) => each.getBoundingClientRect()).map((box) => [box.x, box.y, box.width, box.height])"
    )
    boxes: list[list[float]] = page.locator(".portrait-frame").evaluate_all(measure)
    assert [len(boxes), len({box[0] for box in boxes}), len({box[1] for box in boxes})] == [4, 2, 2]
    assert len({(box[2], box[3]) for box in boxes}) == 1
    return boxes


def test_portraits_are_chosen_by_the_keyboard_alone_and_the_run_starts(
    page: Page, processes: Studio, trouble: Trouble
) -> None:
    page.add_init_script(SHIFTS)
    page.goto("/create/")
    expect(page.get_by_label("Music video")).to_be_checked()
    expect(page.get_by_label("Use AI generation")).to_be_checked()
    expect(start(page).get_by_role("button", name="Quick Job")).to_be_enabled()
    folded_between_mode_and_idea(page)
    tab_to(page, page.get_by_label("Idea"))
    expect(page.get_by_label("Idea")).to_have_css("outline-width", "2px")  # the focus is seen
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.keyboard.press("Control+Enter")
    expect(start(page).get_by_role("alert")).to_contain_text("Type an idea. Describe the character")
    expect(page.get_by_label("Idea")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Idea")).to_be_focused()
    assert [url for url in sent if not url.endswith("/estimate")] == []
    page.keyboard.type(IDEA)
    expect(page.get_by_label("Idea")).not_to_have_attribute("aria-invalid", "true")
    expect(start(page).locator(".problem")).not_to_contain_text("Type an idea")
    expect(start(page).locator(".problem")).to_contain_text("Describe the character")
    tab_to(page, page.get_by_label("Character & style"))
    page.keyboard.type(CHARACTER)
    tab_to(page, page.get_by_role("button", name="Generate portraits"))
    with standing_still(processes, "-n provider@"):
        page.keyboard.press("Enter")
        expect(page.get_by_label("Option 1")).to_be_disabled()
        expect(page.locator(".portrait-state").first).to_have_text("Being painted…")
        boxes = grid(page)
    expect(page.locator('mv-portrait-option[data-state="ready"]')).to_have_count(4, timeout=MADE_WITHIN_MS)
    assert grid(page) == boxes, "the pictures have moved their boxes"
    tab_to(page, page.get_by_label("Option 1"))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Option 2")).to_be_checked()
    expect(page.locator("mv-portrait-grid")).to_contain_text("Option 2 is chosen")
    expect(page.locator(".portrait:has(:checked) .portrait-mark")).to_be_visible()
    expect(page.locator(".portrait:has(:checked)")).to_have_css("outline-style", "solid")
    accessible(page)
    assert page.evaluate("globalThis.shifted ?? 0") == 0
    tab_to(page, start(page).get_by_role("button", name="Generate Videos"))
    page.keyboard.press("Enter")
    project = snapshot(page)
    assert (project["idea"], project["mode"]) == (IDEA, "music_video")
    assert project["character_reference_id"] is not None
    jobs = page.request.get(f"/api/mv/jobs/?project_id={project['id']}&kind=run").json()["results"]
    assert len(jobs) == 1
    page.request.post(jobs[0]["urls"]["cancel"])
    trouble.check()


def test_a_refused_portrait_is_painted_again_for_a_price_and_a_lost_picture_loads_again_for_free(
    page: Page, trouble: Trouble
) -> None:
    page.goto("/create/")
    page.get_by_label("Character & style").fill(f"An {REFUSED_WORD} man")
    page.get_by_role("button", name="Generate portraits").click()
    expect(page.locator('mv-portrait-option[data-state="failed"]')).to_have_count(4, timeout=MADE_WITHIN_MS)
    expect(page.get_by_label("Option 1")).to_be_disabled()
    expect(page.get_by_role("button", name="Paint again")).to_have_count(4)
    accessible(page)
    trouble.expect("ERR_FAILED .*/get_character_reference/")
    lost: list[str] = []

    def lose_one(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.request.url)
            route.abort()

    page.route("**/get_character_reference/*", lose_one)
    page.get_by_label("Character & style").fill(CHARACTER)
    page.get_by_role("button", name="Generate new portraits").click()
    expect(page.locator('mv-portrait-option[data-state="ready"]')).to_have_count(3, timeout=MADE_WITHIN_MS)
    jobs = len(page.request.get("/api/mv/jobs/?kind=portraits&page_size=200").json()["results"])
    page.get_by_role("button", name="Load again · free").click()
    expect(page.locator('mv-portrait-option[data-state="ready"]')).to_have_count(4)
    assert len(page.request.get("/api/mv/jobs/?kind=portraits&page_size=200").json()["results"]) == jobs


def test_one_portrait_that_fails_leaves_the_others_to_be_chosen(
    page: Page, processes: Studio, trouble: Trouble
) -> None:
    """A folder stands where the file of the second one belongs."""
    page.goto("/create/")
    page.get_by_label("Character & style").fill(CHARACTER)
    with standing_still(processes, "-n provider@"):
        with page.expect_response("**/generate_character_reference") as asked:
            page.get_by_role("button", name="Generate portraits").click()
        lost = asked.value.json()["images"][1]["id"]
        for ending in ("png", "jpg", "jpeg"):
            (processes.data_dir / "media" / "mv" / "characters" / f"{lost}.{ending}" / "in-the-way").mkdir(parents=True)
    options = page.locator("mv-portrait-option")
    expect(options.nth(1)).to_have_attribute("data-state", "failed", timeout=MADE_WITHIN_MS)
    expect(page.locator('mv-portrait-option[data-state="ready"]')).to_have_count(3, timeout=MADE_WITHIN_MS)
    expect(options.nth(1).get_by_role("button", name="Paint again")).to_be_visible()
    expect(page.get_by_label("Option 2")).to_be_disabled()
    there = options.locator("img").evaluate_all("(all) => all.map((each) => each.naturalWidth > 0)")
    assert there == [True, False, True, True]
    options.nth(2).locator(".portrait").click()
    expect(page.get_by_label("Option 3")).to_be_checked()
    expect(page.locator("mv-portrait-grid")).to_contain_text("Option 3 is chosen")
    trouble.check()


def test_a_portrait_may_come_from_a_file_or_the_library(page: Page, trouble: Trouble) -> None:
    page.goto("/create/")
    own = page.locator("[data-name=portrait]")
    own.locator("input[type=file]").set_input_files(
        {"name": "Grete Own.png", "mimeType": "image/png", "buffer": picture((90, 120, 200))}
    )
    expect(own).to_contain_text("“Grete Own” is chosen.")
    expect(own.get_by_alt_text("The chosen portrait")).to_be_visible()
    page.route("**/api/mv/characters/*", lambda route: route.fulfill(status=503, json={"title": "Not now"}))
    with page.expect_response("**/api/mv/characters/*"):
        page.reload()
    expect(own.get_by_alt_text("The chosen portrait")).to_be_visible()
    page.unroute("**/api/mv/characters/*")
    page.reload()
    expect(own).to_contain_text("“Grete Own” is chosen.")
    own.get_by_role("button", name="Without it").click()
    own.get_by_role("button", name="From the library").click()
    own.get_by_label("Search the pictures").fill("Nobody at all")
    expect(own).to_contain_text("No picture matches.")
    own.get_by_label("Search the pictures").fill("Grete")
    expect(own.get_by_role("button", name="Grete Own").first).to_be_visible()
    accessible(page)
    own.get_by_role("button", name="Grete Own").first.click()
    expect(own).to_contain_text("“Grete Own” is chosen.")
    page.get_by_label("Idea").fill(IDEA)
    page.get_by_role("button", name="Quick Job").click()
    assert snapshot(page)["character_reference_id"] is not None
    trouble.expect("status of 503")


def test_without_ai_generation_a_description_is_enough(page: Page, trouble: Trouble) -> None:
    page.goto("/create/")
    page.get_by_label("Use AI generation").uncheck()
    expect(page.get_by_role("button", name="Generate portraits")).to_be_hidden()
    page.get_by_label("Idea").fill(IDEA)
    start(page).get_by_role("button", name="Generate Videos").click()
    expect(start(page).locator(".problem")).to_contain_text("Describe the character.")
    expect(page.get_by_label("Character & style")).to_be_focused()
    trouble.check()


def test_two_presses_make_one_project_and_one_run(page: Page, trouble: Trouble) -> None:
    page.goto("/create/")
    page.get_by_label("Use AI generation").uncheck()
    page.get_by_label("Idea").fill(IDEA)
    page.get_by_label("Character & style").fill(CHARACTER)
    made: list[str] = []
    page.on("request", lambda request: made.append(request.url) if request.method == "POST" else None)
    start(page).get_by_role("button", name="Generate Videos").dblclick()
    project = snapshot(page)
    assert len([url for url in made if url.endswith("/api/mv/projects/")]) == 1
    jobs = page.request.get(f"/api/mv/jobs/?project_id={project['id']}&kind=run").json()["results"]
    assert len(jobs) == 1
    page.request.post(jobs[0]["urls"]["cancel"])
    trouble.check()


def test_a_product_video_needs_its_picture_which_is_in_every_clip(page: Page, trouble: Trouble) -> None:
    page.goto("/create/")
    page.get_by_label("Character & style").fill(CHARACTER)
    page.get_by_label("Product video").check()
    expect(page.get_by_label("Character & style")).to_be_hidden()
    expect(page.get_by_role("button", name="Generate portraits")).to_be_hidden()
    page.get_by_label("Idea").fill("A lamp stands up on a desk at night")
    start(page).get_by_role("button", name="Generate Videos").click()
    expect(start(page).locator(".problem")).to_contain_text("Choose a product picture.")
    product = page.locator("[data-name=product]")
    product.locator("input[type=file]").set_input_files(
        {"name": "Lamp.png", "mimeType": "image/png", "buffer": picture((220, 190, 60))}
    )
    expect(product).to_contain_text("“Lamp” is chosen.")
    accessible(page)
    page.locator("summary", has_text="Configuration").click()
    page.get_by_label("Number of scenes").fill("1")
    start(page).get_by_role("button", name="Generate Videos").click()
    project = snapshot(page)
    assert (project["mode"], project["character_reference_id"]) == ("product", None)
    assert project["character_description"] == ""  # what is hidden by now is in no scene
    clip = page.locator('mv-scene-card[data-state="ready"]')
    expect(clip).to_have_count(1, timeout=MADE_WITHIN_MS)
    video = page.request.get(f"/api/mv/projects/{project['id']}").json()["scenes"][0]["takes"][0]["video_id"]
    told = page.request.get(f"/api/mv/get_video/{video}/info").json()["metadata"]
    assert told["character_reference_id"] == project["product_image_id"]
    trouble.check()


def test_flavors_that_cannot_be_had_are_default_and_the_page_says_so(page: Page, trouble: Trouble) -> None:
    trouble.expect("ERR_FAILED")
    held = hold(page, "**/get_config_flavors")
    page.goto("/create/")
    page.locator("summary", has_text="Configuration").click()
    expect(page.locator("mv-flavor-select")).to_contain_text("Loading the flavors…")
    expect(page.get_by_label("Flavor")).to_have_attribute("aria-busy", "true")
    come(page, held).abort()
    expect(page.locator("mv-flavor-select")).to_contain_text("The flavors cannot be had right now; default is used.")
    expect(page.get_by_label("Flavor")).to_have_value("default")
    page.unroute("**/get_config_flavors")
    page.reload()
    page.locator("summary", has_text="Configuration").click()
    expect(page.get_by_label("Flavor").locator("option")).to_have_text(["default", "example", "mv1"])
    page.get_by_label("Flavor").select_option("mv1")
    page.get_by_label("Number of scenes").fill("3")
    page.get_by_role("button", name="Quick Job").click()
    project = snapshot(page)
    assert (project["config_flavor"], project["number_of_scenes"]) == ("mv1", 3)


def test_scenes_last_as_long_as_the_flavor_says(page: Page, trouble: Trouble) -> None:
    """In this studio the clips of `default` last 4 s."""
    page.goto("/create/")
    page.locator("summary", has_text="Configuration").click()
    length = page.locator("p[data-part=length]")
    expect(length).to_have_text("Every scene lasts 4 seconds.")
    page.get_by_label("Number of scenes").fill("20")
    expect(length).to_have_text(re.compile("^20 . 4 seconds: 1:20[.]0[.]$"))
    page.get_by_label("Flavor").select_option("mv1")
    expect(length).to_have_text(re.compile("^20 . 8 seconds: 2:40[.]0[.]$"))
    page.get_by_label("Number of scenes").fill("")
    expect(length).to_have_text("Every scene lasts 8 seconds.")
    trouble.check()


def test_a_phone_has_everything_in_one_column(page: Page, trouble: Trouble) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/create/")
    page.locator("summary", has_text="Configuration").click()
    accessible(page)
    page.get_by_role("button", name="From the library").first.click()
    accessible(page)
    small = page.evaluate(
        """[...document.querySelectorAll("button, a, summary, select")]
          .filter((node) => node.checkVisibility() && node.getBoundingClientRect().height < 24)
          .map((node) => node.outerHTML.slice(0, 80))"""
    )
    assert small == []
    trouble.check()
