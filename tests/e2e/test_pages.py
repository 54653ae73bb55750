"""Projects, jobs, and what every page has: search, trash, the demonstration, states, keys, languages, budgets."""

import re
from typing import Any

import pytest
from playwright.sync_api import APIResponse, BrowserContext, FilePayload, Page, Route, expect

from tests.support.browser import Trouble, accessible, there
from tests.support.german import english_on, speaks_german
from tests.support.pictures import picture
from tests.support.processes import Studio
from tests.support.studio_page import no_rendering
from tests.support.weight import light

pytestmark = pytest.mark.network_loopback
MADE_WITHIN_MS = 60_000


def make(page: Page, path: str, **fields: Any) -> Any:
    answer = page.request.post(path, data=fields)
    assert answer.ok, answer.text()
    return answer.json()


def clear(page: Page) -> None:
    """Put every project into the trash: the studio is shared with other tests, which make their own."""
    for each in page.request.get("/api/mv/projects/?page_size=200").json()["results"]:
        page.request.delete(f"/api/mv/projects/{each['id']}")


def test_an_empty_studio_teaches_and_makes_the_demonstration_by_one_click(page: Page, trouble: Trouble) -> None:
    clear(page)
    page.goto("/")
    expect(page.get_by_role("link", name="Make the first one")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Make the demonstration project").click()
    page.wait_for_url("**/studio/*/", timeout=MADE_WITHIN_MS)
    project = page.request.get(f"/api/mv/projects/{page.url.rstrip('/').split('/')[-1]}").json()
    assert (project["number_of_scenes"], project["character_reference_id"] is not None) == (3, True)
    (run,) = page.request.get(f"/api/mv/jobs/?project_id={project['id']}&kind=run").json()["results"]
    page.request.post(run["urls"]["cancel"])
    trouble.check()


@pytest.mark.long
def test_projects_are_searched_thrown_away_taken_back_and_restored(page: Page, trouble: Trouble) -> None:
    clear(page)
    for idea in ("A harbour wakes", "A tram at night", "A harbour sleeps"):
        make(page, "/api/mv/projects/", idea=idea, character_description="A tall man in a red coat")
    page.goto("/")
    page.keyboard.press("/")
    expect(page.get_by_label("Search the projects")).to_be_focused()
    page.keyboard.type("harbour")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?search=harbour*")
    cards = page.locator("li.project")
    expect(cards.locator("h2")).to_have_text(["A harbour sleeps", "A harbour wakes"])
    expect(cards.first).to_contain_text("Draft")
    expect(cards.first).to_contain_text("$0.00")
    page.get_by_role("button", name="Move A harbour wakes to the trash").click()
    expect(cards).to_have_count(1)
    accessible(page)
    page.get_by_role("button", name="Undo").click()
    expect(cards).to_have_count(2)
    there(page, "mv-project-list")  # the page was loaded anew
    page.get_by_role("button", name="Move A harbour sleeps to the trash").click()
    expect(cards).to_have_count(1)
    page.goto("/?search=nowhere")
    expect(page.locator("main")).to_contain_text("No project is called that")
    page.goto("/?trashed=true&search=sleeps")
    accessible(page)
    page.get_by_role("button", name="Restore A harbour sleeps").click()
    expect(cards).to_have_count(0)
    page.goto("/?search=sleeps")
    expect(cards.locator("h2").first).to_have_text("A harbour sleeps")
    expect(page.get_by_role("button", name="Empty the trash")).to_have_count(0)
    page.get_by_role("button", name="Move A harbour sleeps to the trash").click()
    expect(cards).to_have_count(0)
    page.goto("/?trashed=true&search=sleeps")
    there(page, "mv-empty-trash")
    page.get_by_role("button", name="Empty the trash").click()
    accessible(page)
    page.get_by_role("button", name="Cancel").click()
    expect(cards).to_have_count(1)
    page.get_by_role("button", name="Empty the trash").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.locator("main")).to_contain_text("No project is called that")  # instead of a bare list
    trouble.check()


@pytest.mark.long
def test_an_emptied_trash_shows_what_is_left_and_says_no_more_than_it_knows(page: Page, trouble: Trouble) -> None:
    clear(page)
    cards, toast = page.locator("li.project"), page.locator(".toast p")

    def thrown(idea: str, *, shared: bool = False) -> str:
        project: str = make(page, "/api/mv/projects/", idea=idea)["id"]
        share: str = make(page, "/api/mv/shares/", project_id=project)["id"] if shared else ""
        page.request.delete(f"/api/mv/projects/{project}")
        return share

    def empty(address: str) -> None:
        page.goto(address)
        there(page, "mv-empty-trash")
        page.get_by_role("button", name="Empty the trash").click()
        page.get_by_role("button", name="Delete for good").click()

    shares = [thrown("A ferry that stays", shared=True)]
    thrown("A ferry that goes")
    empty("/?trashed=true&search=ferry")
    expect(toast).to_have_text(re.compile(r"^\d+ projects? (was|were) deleted\.$"))  # a draft has no clip
    expect(cards.locator("h2")).to_have_text(["A ferry that stays"])
    for _ in range(24):
        thrown("A ferry of many")
    shares.append(thrown("A ferry that stays, too", shared=True))
    empty("/?trashed=true&search=ferry")
    expect(cards.locator("h2")).to_have_text(["A ferry that stays, too", "A ferry that stays"])
    expect(page.get_by_role("navigation", name="Pages")).to_have_count(0)
    for share in shares:
        page.request.delete(f"/api/mv/shares/{share}")
    empty("/?trashed=true&search=ferry")
    expect(page.locator("main")).to_contain_text("No project is called that")
    trouble.check()


@pytest.mark.long
def test_a_trash_that_is_emptied_in_part_says_why_and_how_much(page: Page, trouble: Trouble) -> None:
    for _ in range(25):
        page.request.delete(f"/api/mv/projects/{make(page, '/api/mv/projects/', idea='A barge')['id']}")
    page.goto("/?trashed=true&search=barge")
    answers: list[APIResponse] = []

    def once(route: Route) -> None:
        if answers:
            route.fulfill(status=503, json={"title": "Not now"})
        else:
            answers.append(route.fetch())
            route.fulfill(response=answers[0])

    page.route("**/api/mv/trash/projects", once)
    there(page, "mv-empty-trash")
    page.get_by_role("button", name="Empty the trash").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.locator(".toast p")).to_have_text("20 projects were deleted.")  # a call takes so many
    expect(page.locator("mv-empty-trash .problem")).to_have_text("Not now")
    trouble.expect("status of 503")


def test_a_job_shows_stage_cost_inputs_and_result_and_can_be_stopped(
    page: Page, processes: Studio, trouble: Trouble
) -> None:
    job = make(page, "/api/mv/generate_character_reference", character_description="A tall man in a red coat")
    page.goto(f"/result/job_{job['id']}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Portraits")
    expect(page.get_by_text("A tall man in a red coat", exact=True)).to_be_visible()
    expect(page.locator('[data-part="cost"]')).to_contain_text("$0.00")
    expect(page.locator('[data-part="badge"]')).to_have_text("Done", timeout=MADE_WITHIN_MS)
    expect(page.locator('[data-part="result"] img')).to_have_count(4)
    accessible(page)
    scene = make(page, "/api/mv/scenes/", project_id=make(page, "/api/mv/projects/", idea="x")["id"], description="Sea")
    held: list[tuple[Route, APIResponse]] = []
    page.route("**/cancel", lambda route: held.append((route, route.fetch())))
    with no_rendering(processes):
        clip = make(page, "/api/mv/generate_video", scene_id=scene["id"])
        page.goto(f"/result/job_{clip['id']}/")
        expect(page.locator('[data-part="badge"]')).to_have_text("Running", timeout=MADE_WITHIN_MS)
        page.get_by_role("button", name="Cancel").click()
    expect(page.locator('[data-part="badge"]')).to_have_text("Canceled", timeout=MADE_WITHIN_MS)
    route, answer = held.pop()
    route.fulfill(response=answer)  # long after the feed has told
    page.wait_for_timeout(300)
    expect(page.locator('[data-part="badge"]')).to_have_text("Canceled")
    expect(page.get_by_role("button", name="Retry")).to_be_visible()
    trouble.check()


def test_what_is_not_there_leads_on(page: Page, trouble: Trouble) -> None:
    trouble.expect("status of 404")
    page.goto("/nothing-here")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing at this address")
    accessible(page)
    page.get_by_role("link", name="All projects").click()
    expect(page).to_have_url(page.url.split("/nothing")[0])


@pytest.mark.long
def test_a_studio_that_is_away_is_said_on_a_page_without_a_feed(
    page: Page, context: BrowserContext, trouble: Trouble
) -> None:
    trouble.expect("ERR_INTERNET_DISCONNECTED")
    page.goto("/library/")
    expect(page.get_by_label("Search", exact=True)).to_be_visible()
    context.set_offline(True)
    page.get_by_label("Search", exact=True).fill("sea")
    expect(page.locator("mv-connection")).to_contain_text("The studio does not answer")
    accessible(page)
    context.set_offline(False)
    expect(page.locator("mv-connection")).to_be_hidden()
    expect(page.locator("mv-library > .problem")).to_be_hidden()


@pytest.mark.long
def test_keys_are_listed_found_and_switched_off(page: Page, trouble: Trouble) -> None:
    page.goto("/create/")
    page.get_by_label("Idea").fill("?")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Generate the videos")
    accessible(page)
    dialog.get_by_label("Single keys do something").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    page.keyboard.press("Control+k")
    page.keyboard.type("library")
    page.keyboard.press("Enter")
    page.wait_for_url("**/library/**")
    trouble.check()


@pytest.mark.long
def test_every_page_speaks_german_and_remembers_it(page: Page, trouble: Trouble) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/create/")
    expect(page.get_by_label("Flavor")).not_to_have_attribute("aria-busy", "true")
    assert "Generate portraits" in english_on(page), "English is not told from German"
    page.get_by_label("Language").select_option("Deutsch")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_role("button", name="Porträts erzeugen")).to_be_visible()
    expect(page.locator("mv-estimate")).to_contain_text("Kostenlos: die Szenen und 6 Clips.")
    accessible(page)
    page.keyboard.press("Control+Enter")
    speaks_german(page)
    page.get_by_role("button", name="Aus der Bibliothek").first.click()
    rows = page.request.get("/api/mv/characters/?page_size=200").json()["results"]
    speaks_german(page, titles={row["title"] for row in rows if row["title"]})
    page.goto("/library/?search=gibtesnicht")
    expect(page.locator("main")).to_contain_text("Nichts passt.")
    accessible(page)
    page.goto("/nichts")
    expect(page.get_by_role("heading", level=1)).to_have_text("Unter dieser Adresse ist nichts")
    speaks_german(page)
    lists_speak_german(page)
    page.get_by_label("Sprache").select_option("English")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing at this address")
    trouble.expect("status of 404")


def lists_speak_german(page: Page) -> None:
    """Projects and shelves, empty and with one thing each, with all that opens over them."""
    clear(page)
    for path in ("/quick-gen-page", "/", "/?search=nirgends", "/?trashed=true"):
        page.goto(path)
        speaks_german(page)
    make(page, "/api/mv/projects/", idea="Ein Hafen", character_description="Grete")
    page.goto("/")
    page.get_by_role("button", name="Ein Hafen in den Papierkorb").click()
    expect(page.locator("#toasts")).to_contain_text("Ein Hafen")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()
    speaks_german(page)
    grete = picture((90, 120, 200))
    upload: FilePayload = {"name": "Grete.png", "mimeType": "image/png", "buffer": grete}
    page.request.post("/api/mv/characters/upload", multipart={"file": upload})
    for shelf in ("characters", "clips", "videos", "songs"):
        page.goto(f"/library/?shelf={shelf}&search=gibtesnicht")
        expect(page.locator("main")).to_contain_text("Nichts passt.")
        speaks_german(page)
    page.goto("/library/?search=Grete")
    page.locator("mv-library-card [data-part=pick]").first.check()
    speaks_german(page)
    page.locator("mv-library-card [data-part=edit]").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    speaks_german(page)
    page.keyboard.press("Escape")
    page.locator("mv-library-card [data-part=trash]").first.click()
    page.get_by_label("Papierkorb", exact=True).check()
    expect(page.locator("#toasts")).to_contain_text("Grete")
    page.locator("mv-empty-trash [data-part=ask]").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    speaks_german(page)
    page.goto("/nichts")


@pytest.mark.parametrize("path", ["/", "/create/", "/library/"])
def test_a_page_keeps_to_its_budget(page: Page, path: str, trouble: Trouble) -> None:
    page.goto(path, wait_until="networkidle")
    light(page)
    trouble.check()
