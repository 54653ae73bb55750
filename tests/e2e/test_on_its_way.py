"""What is on its way when somebody starts: pictures are waited for, and nothing is made without one that is lost."""

import json
from collections.abc import Iterator
from itertools import product
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.support.browser import Trouble
from tests.support.create_page import snapshot, start
from tests.support.pictures import picture
from tests.support.studio_page import a_project, open_studio, read

pytestmark = [pytest.mark.network_loopback, pytest.mark.long]
UPLOAD = "**/api/mv/characters/upload"
WAITING = "Waiting for the picture…"
LOST = "The picture did not come; its card says why."


def in_library(page: Page) -> str:
    """Keep a picture in the library; give its id."""
    made = page.request.post(
        "/api/mv/characters/upload",
        multipart={"file": {"name": "Old.png", "mimeType": "image/png", "buffer": picture((90, 120, 200))}},
    )
    return str(made.json()["id"])


def give(page: Page, which: str, name: str = "New") -> None:
    """Upload a picture with a name in the field of a portrait or a product."""
    field = page.locator(f"[data-name={which}] input[type=file]")
    field.set_input_files({"name": f"{name}.png", "mimeType": "image/png", "buffer": picture((220, 190, 60))})


def named(page: Page, picture_id: str) -> str:
    """Give the name of a picture."""
    return str(read(page, f"/api/mv/characters/{picture_id}")["title"])


@pytest.fixture
def held(page: Page) -> list[Route]:
    """Collect the uploads of pictures, which wait until the test lets them go on."""
    held: list[Route] = []
    page.route(UPLOAD, lambda route: held.append(route))  # noqa: PLW0108  Playwright marks the function
    return held


@pytest.fixture
def sent(page: Page) -> list[str]:
    """Collect what is changed, as method and path; prices aside."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method in {"POST", "PATCH"} and not request.url.endswith("/estimate"):
            sent.append(f"{request.method} {urlsplit(request.url).path}")

    page.on("request", note)
    return sent


@pytest.fixture
def _stopped(page: Page) -> Iterator[None]:
    yield
    for job in read(page, "/api/mv/jobs/?kind=run&state=queued&state=running&state=waiting")["results"]:
        page.request.post(job["urls"]["cancel"])


def described(page: Page, which: str) -> Locator:
    """Open Create and type all that a run needs but the picture; give what is said beside the buttons."""
    page.goto("/create/")
    if which == "product":
        page.get_by_label("Product video").check()
    page.get_by_label("Idea").fill("A lantern is lit")
    return start(page).locator("[data-part=waits]")


@pytest.mark.usefixtures("_stopped")
@pytest.mark.parametrize("asked", list(product(["portrait", "product"], ["Generate Videos", "Quick Job"])))
def test_create_waits_for_a_picture(
    page: Page, held: list[Route], sent: list[str], asked: tuple[str, str], trouble: Trouble
) -> None:
    which, button = asked
    waiting = described(page, which)
    give(page, which)
    start(page).get_by_role("button", name=button).click()
    expect(waiting).to_have_text(WAITING)
    expect(page.locator("#announcements")).to_have_text(WAITING)
    expect(start(page).locator(".problem")).to_be_hidden()
    page.get_by_label("Idea").fill("A lantern goes out")
    assert sent == ["POST /api/mv/characters/upload"]
    held[0].continue_()
    project = snapshot(page)
    assert named(page, project[{"portrait": "character_reference_id", "product": "product_image_id"}[which]]) == "New"
    assert project["idea"] == "A lantern goes out"
    trouble.check()


@pytest.mark.usefixtures("_stopped")
def test_create_takes_the_picture_that_replaces_a_chosen_one(page: Page, held: list[Route], trouble: Trouble) -> None:
    old = in_library(page)
    page.goto(f"/create/?portrait={old}")
    expect(page.locator("[data-name=portrait]")).to_contain_text("is chosen.")
    page.get_by_label("Idea").fill("A lantern is lit")
    give(page, "portrait", "First")
    give(page, "portrait", "Second")  # another file, before the first has come
    start(page).get_by_role("button", name="Generate Videos").click()
    expect(start(page).get_by_text(WAITING)).to_be_visible()
    with page.expect_response(UPLOAD):
        held[1].continue_()
    held[0].continue_()  # what comes last was not chosen last
    assert named(page, snapshot(page)["character_reference_id"]) == "Second"
    trouble.check()


def test_create_makes_nothing_while_the_picture_is_lost(
    page: Page, held: list[Route], sent: list[str], trouble: Trouble
) -> None:
    trouble.expect("status of 400")
    waiting = described(page, "product")
    give(page, "product")
    quick = start(page).get_by_role("button", name="Quick Job")
    quick.click()
    expect(waiting).to_be_visible()
    held[0].fulfill(status=400, json={"title": "The picture breaks off"})
    expect(start(page).locator(".problem")).to_have_text(LOST)
    expect(page.locator("[data-name=product] .problem")).to_have_text("The picture breaks off")
    expect(waiting).to_be_hidden()
    expect(quick).not_to_have_attribute("aria-busy", "true")
    assert sent == ["POST /api/mv/characters/upload"]
    assert page.url.endswith("/create/")
    trouble.check()


def test_create_waits_for_no_picture_that_it_does_not_take(page: Page, held: list[Route], trouble: Trouble) -> None:
    described(page, "product")
    give(page, "product")
    page.get_by_label("Music video").check()
    start(page).get_by_role("button", name="Quick Job").click()
    project = snapshot(page)
    assert (project["mode"], project["product_image_id"]) == ("music_video", None)
    assert len(held) == 1
    trouble.check()


@pytest.mark.usefixtures("_stopped")
def test_the_studio_starts_with_the_portrait_that_replaces_the_old_one(
    page: Page, held: list[Route], sent: list[str], trouble: Trouble
) -> None:
    project = a_project(page, character_reference_id=in_library(page))
    open_studio(page, project)
    page.get_by_text("Another portrait").click()
    give(page, "portrait")
    run = page.get_by_role("button", name="Generate Videos")
    run.click()
    expect(page.locator("mv-input-choices").get_by_text(WAITING)).to_be_visible()
    expect(page.locator("#announcements")).to_have_text(WAITING)
    expect(run).to_have_attribute("aria-busy", "true")
    saves: list[Route] = []
    page.route(f"**/projects/{project}", lambda route: saves.append(route))  # noqa: PLW0108  Playwright marks the function
    with page.expect_request(lambda request: request.method == "PATCH") as asked:
        held[0].continue_()
    expect(page.locator("mv-input-choices").get_by_text(WAITING)).to_be_hidden()
    upload, save = "POST /api/mv/characters/upload", f"PATCH /api/mv/projects/{project}"
    assert sent == [upload, save], "it starts before the choice is saved"
    page.unroute(f"**/projects/{project}")
    with page.expect_response("**/run"):
        saves[0].continue_()
    assert sent == [upload, save, f"POST /api/mv/projects/{project}/run"]
    chosen = json.loads(asked.value.post_data or "")["character_reference_id"]
    assert read(page, f"/api/mv/projects/{project}")["character_reference_id"] == chosen
    trouble.check()


def test_the_studio_starts_nothing_while_a_picture_is_lost_or_not_saved(
    page: Page, held: list[Route], sent: list[str], trouble: Trouble
) -> None:
    trouble.expect("status of 400")
    project = a_project(page, mode="product", character_description="")
    open_studio(page, project)
    run, card = page.get_by_role("button", name="Generate Videos"), page.locator("mv-inputs-card")
    give(page, "product")
    run.click()
    expect(card.get_by_text(WAITING)).to_be_visible()
    page.get_by_text("Input Data").click()
    held[0].fulfill(status=400, json={"title": "The picture breaks off"})
    expect(page.locator("mv-studio-page > .problem")).to_have_text(LOST)
    expect(card.locator("[data-name=product] .problem")).to_have_text("The picture breaks off")
    expect(run).to_be_enabled()
    page.unroute(UPLOAD)
    page.route(f"**/projects/{project}", lambda route: route.fulfill(status=400, json={"title": "It is not liked"}))
    give(page, "product")
    run.click()
    expect(card.locator("form .problem")).to_have_text("It is not liked")
    expect(run).to_be_enabled()
    assert not [each for each in sent if each.endswith("/run")]
    trouble.check()


def test_a_picture_that_is_chosen_before_its_module_is_there_comes_along(
    page: Page, held: list[Route], trouble: Trouble
) -> None:
    modules: list[Route] = []
    page.route("**/mv-input-choices*.js", lambda route: modules.append(route))  # noqa: PLW0108  as above
    project = a_project(page, mode="product", character_description="")
    open_studio(page, project)
    give(page, "product")
    page.get_by_role("button", name="Generate Videos").click()
    modules[0].continue_()
    expect(page.locator("mv-inputs-card").get_by_text(WAITING)).to_be_visible()
    held[0].continue_()
    expect(page.locator("mv-inputs-card .inputs-portrait[src*=get_character_reference]")).to_have_count(1)  # is saved
    assert read(page, f"/api/mv/projects/{project}")["product_image_id"]
    trouble.check()
