"""Input Data of the studio page: what a product video needs, what is missing and what is not, songs and their links."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.browser import Trouble, accessible, there
from tests.support.downloads import sound
from tests.support.pictures import picture
from tests.support.studio_page import MADE_WITHIN_MS, a_project, change, open_studio, read, stop_all
from tests.support.youtube_site import Site, Video

__all__ = ["sound"]

pytestmark = [pytest.mark.network_loopback, pytest.mark.long]
READY = "Nothing is made yet"


def test_a_product_video_gets_its_picture_in_the_studio(page: Page, trouble: Trouble) -> None:
    project = a_project(page, mode="product", character_description="")
    open_studio(page, project)
    hint = page.locator(".notice[data-part=hint]")
    expect(hint).to_contain_text("needs an idea and a product picture")
    expect(page.get_by_label("Character & style")).to_be_hidden()
    expect(page.get_by_text("Another portrait")).to_be_hidden()
    page.get_by_role("button", name="Generate Videos").click()
    file = page.locator("[data-name=product] input[type=file]")
    expect(file).to_be_focused()
    assert read(page, f"/api/mv/jobs/?project={project}")["results"] == []
    accessible(page)
    file.set_input_files({"name": "Lamp.png", "mimeType": "image/png", "buffer": picture((220, 190, 60))})
    expect(page.get_by_alt_text("The chosen picture")).to_be_visible()
    expect(hint).to_contain_text(READY)
    found = read(page, f"/api/mv/projects/{project}")
    assert found["product_image_id"] in str(page.get_by_alt_text("The chosen picture").get_attribute("src"))
    page.reload()
    expect(hint).to_contain_text(READY)
    there(page, "mv-input-choices")
    page.get_by_role("button", name="From the library").click()
    page.locator(".pick-list button", has_text="Lamp").first.click()
    expect(page.locator("#toasts")).to_contain_text("Changed: Product picture.")
    expect(page.get_by_alt_text("The chosen picture")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Generate Videos").click()
    expect(page.locator("mv-summary-bar")).to_contain_text("loading", timeout=MADE_WITHIN_MS)
    stop_all(page, project)
    trouble.check()


def test_a_chosen_portrait_without_a_description_is_enough(page: Page, trouble: Trouble) -> None:
    portrait = page.request.post(
        "/api/mv/characters/upload",
        multipart={"file": {"name": "Ada.png", "mimeType": "image/png", "buffer": picture((20, 90, 60))}},
    ).json()["id"]
    open_studio(page, a_project(page, character_description="", character_reference_id=portrait))
    expect(page.locator(".notice[data-part=hint]")).to_contain_text(READY)
    expect(page.get_by_label("Character & style")).to_be_visible()
    trouble.check()


def test_a_run_begins_once_the_number_of_scenes_is_saved(page: Page, trouble: Trouble) -> None:
    trouble.expect("status of 400")
    project = a_project(page)
    open_studio(page, project)
    page.get_by_text("Configuration").click()
    number = page.get_by_label("Number of scenes")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url.rpartition('/')[2]}"))
    number.fill("61")
    number.press("Control+Enter")  # the field keeps the focus: nothing has saved it
    expect(page.locator("mv-config-card .problem")).to_contain_text("60")
    expect(number).to_be_focused()
    page.get_by_text("Configuration").click()
    expect(number).to_be_hidden()
    page.keyboard.press("Control+Enter")
    expect(number).to_be_focused()  # folded, the card would hide why nothing begins
    assert "POST run" not in asked
    asked.clear()
    number.fill("2")
    number.press("Control+Enter")
    expect(page.locator("mv-summary-bar")).to_contain_text("2 scenes")
    writes = [each for each in asked if each.startswith(("PATCH", "POST run"))]
    assert writes == [f"PATCH {project}", "POST run"]
    assert read(page, f"/api/mv/projects/{project}")["number_of_scenes"] == 2
    stop_all(page, project)
    trouble.check()


def refuse(route: Route) -> None:
    """Answer every change of a project as if its idea were no good."""
    if route.request.method != "PATCH":
        return route.fallback()
    errors = [{"pointer": "#/idea", "detail": "It is not liked."}]
    return route.fulfill(status=400, json={"title": "The request is wrong", "errors": errors})


def test_what_is_refused_stays_and_is_shown(page: Page, trouble: Trouble) -> None:
    trouble.expect("status of 400")
    project = a_project(page)
    open_studio(page, project)
    page.get_by_text("Configuration").click()
    number, flavor = page.get_by_label("Number of scenes"), page.get_by_label("Flavor")
    expect(page.get_by_label("New text arrives as if typed")).to_be_enabled()  # the card's module is there
    number.press("5")
    number.press("Backspace")  # nothing was chosen: what others choose is shown
    flavor.focus()
    change(page, f"/api/mv/projects/{project}", number_of_scenes=4)
    expect(number).to_have_value("4")
    page.route(f"**/projects/{project}", refuse)
    flavor.select_option(index=1)
    chosen = flavor.input_value()
    expect(page.locator("mv-config-card .problem")).to_contain_text("It is not liked.")
    change(page, f"/api/mv/projects/{project}", title="Tide")
    expect(page.locator("h1")).to_have_text("Tide")
    expect(flavor).to_have_value(chosen)
    idea = page.locator("textarea[name=idea]")
    page.get_by_label("Title").fill("Ebb")
    idea.fill("Other words")
    page.get_by_text("Input Data").click()
    expect(idea).to_be_hidden()
    page.get_by_role("button", name="Generate Videos").click()
    expect(idea).to_be_focused()
    expect(page.locator("mv-inputs-card .problem").first).to_contain_text("It is not liked.")
    assert read(page, f"/api/mv/jobs/?project={project}")["results"] == []
    trouble.check()


def test_a_cut_song_still_knows_its_original_after_a_reload(page: Page, song: Path, trouble: Trouble) -> None:
    whole = page.request.post(
        "/api/audio/upload",
        multipart={"file": {"name": "Tide.wav", "mimeType": "audio/wav", "buffer": song.read_bytes()}},
    ).json()["audio_id"]
    project = a_project(page, audio_id=whole)
    open_studio(page, project)
    field = page.locator("mv-song-field")
    field.get_by_label("Start of the part").fill("5")
    with page.expect_response(f"**/projects/{project}", timeout=MADE_WITHIN_MS):  # it is saved
        field.get_by_role("button", name="Keep only this part").click()
    expect(field).to_contain_text("0:15.0")
    expect(field.get_by_role("button", name="Back to the original")).to_be_visible()
    page.reload()
    with page.expect_response(f"**/projects/{project}"):
        field.get_by_role("button", name="Back to the original").click()
    expect(field).to_contain_text("0:20.0")
    assert read(page, f"/api/mv/projects/{project}")["audio_id"] == whole
    trouble.check()


def test_what_is_chosen_has_a_way_back(page: Page, song: Path, trouble: Trouble) -> None:
    whole = page.request.post(
        "/api/audio/upload",
        multipart={"file": {"name": "Tide.wav", "mimeType": "audio/wav", "buffer": song.read_bytes()}},
    ).json()["audio_id"]
    ann, bea = (
        page.request.post(
            "/api/mv/characters/upload",
            multipart={"file": {"name": name, "mimeType": "image/png", "buffer": picture(colour)}},
        ).json()["id"]
        for name, colour in (("Ann of the pier.png", (20, 90, 60)), ("Bea of the pier.png", (90, 20, 60)))
    )
    project = a_project(page, audio_id=whole, character_reference_id=ann)
    open_studio(page, project)
    field, toasts = page.locator("mv-song-field"), page.locator("#toasts")
    undo = toasts.get_by_role("button", name="Undo")
    expect(field).to_contain_text("Tide 0:20.0")
    field.get_by_role("button", name="Without this song").click()
    expect(toasts).to_contain_text("Changed: Song.")
    expect(field).to_contain_text("No song yet")
    undo.click()
    expect(field).to_contain_text("Tide 0:20.0")
    expect(toasts).to_be_empty()
    field.get_by_label("Start of the part").fill("5")
    field.get_by_role("button", name="Keep only this part").click()
    expect(field).to_contain_text("The song is cut to 0:15.0", timeout=MADE_WITHIN_MS)
    undo.click()
    expect(field).to_contain_text("Tide 0:20.0")
    expect(field).not_to_contain_text("is cut to")
    page.get_by_text("Another portrait").click()
    own, shown = page.locator("[data-name=portrait]"), page.get_by_alt_text("The chosen picture")
    own.get_by_role("button", name="From the library").click()
    own.get_by_role("button", name="Bea of the pier").click()
    expect(toasts).to_contain_text("Changed: Portrait.")
    expect(shown).to_have_attribute("src", re.compile(bea))
    accessible(page)
    undo.click()
    expect(shown).to_have_attribute("src", re.compile(ann))
    expect(toasts).to_be_empty()
    now = read(page, f"/api/mv/projects/{project}")
    assert (now["audio_id"], now["character_reference_id"]) == (whole, ann)
    trouble.check()


def test_a_song_that_comes_later_can_be_sought_in_at_once(page: Page, song: Path) -> None:
    project = a_project(page, "First words.")
    open_studio(page, project)
    place = page.locator("[data-part=place]")
    expect(place).to_have_css("pointer-events", "none")
    added = page.request.post(
        "/api/audio/upload",
        multipart={"file": {"name": "Tide.wav", "mimeType": "audio/wav", "buffer": song.read_bytes()}},
    ).json()["audio_id"]
    change(page, f"/api/mv/projects/{project}", audio_id=added)
    expect(place).to_have_css("pointer-events", "auto")
    change(page, f"/api/mv/projects/{project}", audio_id=None)
    expect(place).to_have_css("pointer-events", "none")


def test_portraits_that_were_painted_in_the_studio_are_there_after_a_reload(page: Page) -> None:
    project = a_project(page)
    open_studio(page, project)
    ready = page.locator('mv-portrait-option[data-state="ready"]')
    there(page, "mv-input-choices")
    page.get_by_text("Another portrait").click()
    page.get_by_role("button", name="Generate portraits").click()
    expect(ready).to_have_count(4, timeout=MADE_WITHIN_MS)
    with page.expect_response(f"**/projects/{project}"):
        ready.nth(1).locator("label").click()
    chosen = read(page, f"/api/mv/projects/{project}")["character_reference_id"]
    painted = read(page, "/api/mv/jobs/?kind=portraits&page_size=200")["results"]
    page.reload()
    page.get_by_text("Another portrait").click()
    expect(ready).to_have_count(4)
    expect(page.locator("mv-portrait-grid")).to_contain_text("Option 2 is chosen")
    after = read(page, "/api/mv/jobs/?kind=portraits&page_size=200")["results"]
    assert [job["id"] for job in after] == [job["id"] for job in painted], "a reload paints nothing anew"
    with page.expect_response(f"**/projects/{project}"):
        page.locator("[data-name=portrait] input[type=file]").set_input_files(
            {"name": "Ada.png", "mimeType": "image/png", "buffer": picture((20, 90, 60))}
        )
    expect(page.locator("mv-portrait-grid")).to_contain_text("Choose one of the portraits.")
    own = read(page, f"/api/mv/projects/{project}")["character_reference_id"]
    assert own != chosen
    expect(page.get_by_alt_text("The chosen picture")).to_have_attribute("src", re.compile(own))
    accessible(page)
    page.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_alt_text("The chosen picture")).to_have_attribute("src", re.compile(chosen))
    expect(page.locator("mv-portrait-grid")).to_contain_text("Option 2 is chosen")
    expect(ready.nth(1).locator("input")).to_be_checked()
    page.get_by_role("button", name="From the library").click()
    page.locator(".pick-list button").last.click()
    page.reload()
    page.get_by_text("Another portrait").click()
    expect(ready).to_have_count(4)


def test_a_link_that_is_not_fetched_stays_over_a_reload(
    page: Page, youtube: Site, sound: bytes, trouble: Trouble
) -> None:
    youtube.videos["laterplease"] = Video(sound, title="Slow Boat")
    project = a_project(page, "First words.")
    open_studio(page, project)
    card, link = page.locator("mv-inputs-card"), page.get_by_label("Or a YouTube link")
    page.get_by_text("Input Data").click()
    expect(page.get_by_label("Title")).to_be_editable()
    there(page, "mv-input-choices")
    link.fill("https://youtu.be/laterplease")
    page.get_by_label("Title").fill("Ebb")
    page.reload()
    expect(link).to_be_visible()
    expect(link).to_have_value("https://youtu.be/laterplease")
    expect(page.get_by_label("Title")).to_have_value("Ebb")
    card.get_by_role("button", name="Cancel").click()
    page.reload()
    expect(link).to_be_visible()  # only the words were dropped
    expect(link).to_have_value("https://youtu.be/laterplease")
    expect(page.get_by_label("Title")).to_have_value("")
    expect(card.get_by_role("button", name="Cancel")).to_be_hidden()
    with page.expect_response(f"**/projects/{project}", timeout=MADE_WITHIN_MS):
        link.press("Enter")
    expect(card).to_contain_text("Slow Boat")
    expect(link).to_have_value("")
    page.reload()
    expect(page.locator("mv-summary-bar")).not_to_contain_text("Loading")
    expect(link).to_be_hidden()  # the card is folded: nothing waits in it
    trouble.check()
