"""What is on its way while somebody goes on: it is waited for, what is lost stops the start, nothing comes twice."""

import json
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.support.browser import Trouble, come, hold
from tests.support.create_page import snapshot, start
from tests.support.pictures import picture
from tests.support.studio_page import a_project, make, open_studio, read

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
    return hold(page, UPLOAD)


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
    coming = come(page, held)
    assert sent == ["POST /api/mv/characters/upload"]
    coming.continue_()
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
    second = come(page, held, many=2)
    with page.expect_response(UPLOAD):
        second.continue_()
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
    come(page, held).fulfill(status=400, json={"title": "The picture breaks off"})
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
    saves = hold(page, f"**/projects/{project}")
    with page.expect_request(lambda request: request.method == "PATCH") as asked:
        come(page, held).continue_()
    expect(page.locator("mv-input-choices").get_by_text(WAITING)).to_be_hidden()
    saving = come(page, saves)
    upload, save = "POST /api/mv/characters/upload", f"PATCH /api/mv/projects/{project}"
    assert sent == [upload, save], "it starts before the choice is saved"
    page.unroute(f"**/projects/{project}")
    with page.expect_response("**/run"):
        saving.continue_()
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
    come(page, held).fulfill(status=400, json={"title": "The picture breaks off"})
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


@pytest.mark.usefixtures("_stopped")
def test_a_picture_that_is_chosen_before_its_module_is_there_comes_along(
    page: Page, held: list[Route], trouble: Trouble
) -> None:
    modules = hold(page, "**/mv-input-choices*.js")
    project = a_project(page, mode="product", character_description="")
    open_studio(page, project)
    give(page, "product")
    page.get_by_role("button", name="Generate Videos").click()
    come(page, modules).continue_()
    expect(page.locator("mv-inputs-card").get_by_text(WAITING)).to_be_visible()
    come(page, held).continue_()
    expect(page.locator("mv-inputs-card .inputs-portrait[src*=get_character_reference]")).to_have_count(1)  # is saved
    assert read(page, f"/api/mv/projects/{project}")["product_image_id"]
    trouble.check()


def test_a_song_that_is_chosen_before_its_module_is_there_is_taken(page: Page, song: Path, trouble: Trouble) -> None:
    modules = hold(page, "**/mv-song-field*.js")
    page.goto("/create/", wait_until="commit")
    page.get_by_label("Upload a song").set_input_files(song)
    come(page, modules).continue_()
    expect(page.locator("mv-song-field")).to_contain_text("Harbour Song 0:20.0")
    trouble.check()


def test_a_list_that_comes_after_another_search_is_dropped(page: Page, held: list[Route], trouble: Trouble) -> None:
    picture_id = in_library(page)
    page.goto("/create/")
    own = page.locator("[data-name=portrait]")
    lists = hold(page, re.compile(r"/characters/\?"))
    own.get_by_role("button", name="From the library").click()
    come(page, lists)
    own.get_by_label("Search the pictures").fill("Nobody at all")
    come(page, lists, many=2).continue_()
    expect(own).to_contain_text("No picture matches.")
    shown = page.request.get(lists[0].request.url)
    assert picture_id in shown.text()
    with page.expect_response(re.compile(r"/characters/\?")) as old:
        lists[0].fulfill(response=shown)
    old.value.finished()
    own.get_by_label("Search the pictures").fill("Nobody at all, again")
    come(page, lists, many=3)
    expect(own).to_contain_text("No picture matches.")
    expect(own.locator(".pick-list button")).to_have_count(0)
    trouble.check()


def test_a_link_that_is_made_while_the_others_are_on_their_way_is_shown_once(page: Page, trouble: Trouble) -> None:
    project = a_project(page)
    make(page, "/api/mv/shares/", project_id=project)
    page.goto("/")
    lists = hold(page, re.compile(r"/shares/\?"))
    page.evaluate(
        "(id) => void import('/static/js/elements/mv-share-dialog.js').then((m) => m.share({ project_id: id }))",
        project,
    )
    dialog = page.get_by_role("dialog", name="Share this video")
    dialog.get_by_role("button", name="Make a link").click()
    links = dialog.get_by_label("Link", exact=True)
    expect(links).to_have_count(1)
    come(page, lists).continue_()
    expect(links).to_have_count(2)
    trouble.check()
