"""The library: four shelves; searched, filtered, marked, renamed, tagged, thrown away and taken back."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Trouble, accessible
from tests.support.clips import marker_clip
from tests.support.pictures import picture

pytestmark = pytest.mark.network_loopback


def put(page: Page, path: str, name: str, mime: str, body: bytes) -> Any:
    answer = page.request.post(path, multipart={"file": {"name": name, "mimeType": mime, "buffer": body}})
    assert answer.ok, answer.text()
    return answer.json()


@pytest.fixture
def mark() -> str:
    """Give a word that this test's things are called by: the studio is shared with other tests."""
    return f"m{uuid4().hex[:8]}"


@pytest.fixture
def portraits(page: Page, mark: str) -> None:
    """Keep three portraits."""
    for name, colour in (("Anna", (200, 80, 60)), ("Berta", (60, 160, 90)), ("Clara", (70, 90, 190))):
        put(page, "/api/mv/characters/upload", f"{mark} {name}.png", "image/png", picture(colour))


def titles(page: Page) -> Any:
    return expect(page.locator("mv-library-card h2"))


@pytest.mark.long
@pytest.mark.usefixtures("portraits")
def test_a_shelf_is_searched_filtered_and_shared_by_its_address(page: Page, mark: str, trouble: Trouble) -> None:
    page.goto("/library/")
    expect(page.get_by_role("link", name="Portraits")).to_have_attribute("aria-current", "page")
    page.get_by_label("Search", exact=True).fill(mark)
    titles(page).to_have_text([f"{mark} Clara", f"{mark} Berta", f"{mark} Anna"])
    expect(page.locator("mv-library-bulk")).to_contain_text("3 shown")
    page.get_by_label("Order").select_option("By title")
    titles(page).to_have_text([f"{mark} Anna", f"{mark} Berta", f"{mark} Clara"])
    page.get_by_role("button", name=f"Favourite: {mark} Berta").click()
    expect(page.get_by_role("button", name=f"Favourite: {mark} Berta")).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Favourites only").check()
    titles(page).to_have_text([f"{mark} Berta"])
    page.reload()
    titles(page).to_have_text([f"{mark} Berta"])
    expect(page.get_by_label("Search", exact=True)).to_have_value(mark)
    page.get_by_label("Search", exact=True).fill("nothing is called this")
    expect(page.get_by_text("Nothing matches")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Show everything").click()
    expect(page.locator("mv-library-card").first).to_be_visible()
    trouble.check()


@pytest.mark.long
@pytest.mark.usefixtures("portraits")
def test_one_is_renamed_tagged_thrown_away_and_taken_back(page: Page, mark: str, trouble: Trouble) -> None:
    page.goto(f"/library/?search={mark}")
    page.get_by_role("button", name=f"Rename or tag {mark} Anna").click()
    page.get_by_label("Title", exact=True).fill(f"{mark} Zoe")
    page.get_by_label("Tags").fill("storm, sea")
    accessible(page)
    page.keyboard.press("Enter")
    expect(page.locator("mv-library-card").last).to_contain_text(f"{mark} Zoe")
    expect(page.locator("mv-library-card").last.locator(".tag")).to_have_text(["storm", "sea"])
    page.get_by_label("Tag", exact=True).fill("storm")
    titles(page).to_have_text([f"{mark} Zoe"])
    page.get_by_label("Tag", exact=True).fill("")
    titles(page).to_have_count(3)
    page.get_by_role("button", name=f"Move {mark} Zoe to the trash").click()
    titles(page).to_have_count(2)
    page.get_by_role("button", name="Undo").click()
    titles(page).to_have_count(3)
    page.get_by_role("button", name=f"Move {mark} Zoe to the trash").click()
    titles(page).to_have_count(2)
    page.get_by_label("Trash", exact=True).check()
    titles(page).to_have_text([f"{mark} Zoe"])
    accessible(page)
    page.get_by_role("button", name=f"Restore {mark} Zoe").click()
    titles(page).to_have_count(0)
    page.get_by_label("Trash", exact=True).uncheck()
    titles(page).to_have_count(3)
    trouble.check()


@pytest.mark.long
@pytest.mark.usefixtures("portraits")
def test_many_are_changed_at_once(page: Page, mark: str, trouble: Trouble) -> None:
    page.goto(f"/library/?search={mark}")
    titles(page).to_have_count(3)
    page.get_by_label(f"Select {mark} Anna").check()
    page.get_by_label(f"Select {mark} Berta").check()
    bar = page.locator("mv-library-bulk")
    expect(bar).to_contain_text("2 of 3 selected")
    accessible(page)
    bar.get_by_label("Tag to add").fill("night")
    page.keyboard.press("Enter")
    expect(page.locator(".tag")).to_have_text(["night", "night"])
    page.get_by_label("Select all").check()
    bar.get_by_role("button", name="Favourite", exact=True).click()
    expect(page.locator('[data-part="favourite"][aria-pressed="true"]')).to_have_count(3)
    page.get_by_label("Select all").check()
    bar.get_by_role("button", name="Move to the trash").click()
    titles(page).to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("3 things are in the trash.")
    page.get_by_role("button", name="Undo").click()
    titles(page).to_have_count(3)
    trouble.check()


@pytest.mark.usefixtures("portraits")
def test_the_trash_is_emptied_once_the_dialog_has_said_yes(page: Page, mark: str, trouble: Trouble) -> None:
    page.goto(f"/library/?search={mark}")
    expect(page.get_by_role("button", name="Empty the trash")).to_be_hidden()
    for left, name in ((2, "Anna"), (1, "Berta")):
        page.get_by_role("button", name=f"Move {mark} {name} to the trash").click()
        titles(page).to_have_count(left)
    page.get_by_label("Trash", exact=True).check()
    titles(page).to_have_count(2)
    page.get_by_role("button", name="Empty the trash").click()
    accessible(page)
    page.get_by_role("button", name="Cancel").click()
    titles(page).to_have_count(2)
    page.get_by_role("button", name="Empty the trash").click()
    with page.expect_response(lambda answer: answer.url.endswith("/api/mv/trash")) as told:
        page.get_by_role("button", name="Delete for good").click()
    assert told.value.json()["deleted"] >= 2
    titles(page).to_have_count(0)
    expect(page.locator(".toast").last).to_contain_text("things were deleted")
    page.get_by_label("Trash", exact=True).uncheck()
    titles(page).to_have_text([f"{mark} Clara"])
    trouble.check()


def test_films_and_songs_are_uploaded_played_and_used(page: Page, song: Path, tmp_path: Path, trouble: Trouble) -> None:
    clip = marker_clip(tmp_path / f"{mark} clip.mp4", colour=(194, 63, 5))
    page.goto("/library/?shelf=clips")
    page.get_by_label("Upload").set_input_files(clip)
    expect(page.locator("mv-library-card").first).to_contain_text(f"{mark} clip")
    expect(page.locator("mv-library-card").first).to_contain_text("Uploaded · 0:08.0")
    video = page.locator("mv-library-card video").first
    expect(video).to_have_attribute("preload", "none")
    video.evaluate("async (video) => { video.muted = true; await video.play(); }")
    page.get_by_role("link", name="Songs").click()
    page.wait_for_url("**/library/?shelf=songs")  # the shelf before has a field for uploads, too
    page.get_by_label("Upload").set_input_files(song)
    card = page.locator("mv-library-card").first
    expect(card).to_contain_text("Harbour Song")
    accessible(page)
    assert card.locator("audio").evaluate("async (audio) => { await audio.play(); return audio.duration; }") > 19
    with page.expect_download() as fetched:
        card.get_by_role("link", name="Download Harbour Song").click()
    assert fetched.value.suggested_filename == "Harbour Song.wav"
    expect(card.get_by_role("link", name="New video with Harbour Song")).to_have_attribute(
        "href", f"/create/?song={page.request.get('/api/audio/').json()['results'][0]['id']}"
    )
    page.get_by_role("link", name="Finished videos").click()
    expect(page.get_by_text("Upload", exact=True)).to_be_hidden()
    trouble.check()


def test_a_file_that_cannot_be_read_is_refused_in_words(page: Page, trouble: Trouble) -> None:
    trouble.expect("status of 422")
    page.goto("/library/")
    page.get_by_label("Upload").set_input_files(
        {"name": "broken.png", "mimeType": "image/png", "buffer": b"no picture"}
    )
    expect(page.locator("mv-library > .problem")).to_contain_text("kind of file")


@pytest.mark.long
def test_long_shelves_come_in_pages(page: Page, mark: str, trouble: Trouble) -> None:
    """A page has 24: the next is asked for by its button, and the cursor goes on where it was."""
    body = picture((20, 20, 20))
    for number in range(27):
        put(page, "/api/mv/characters/upload", f"{mark} {number}.png", "image/png", body)
    page.goto(f"/library/?search={mark}")
    titles(page).to_have_count(24)
    page.get_by_role("button", name="Show more").click()
    titles(page).to_have_count(27)
    expect(page.get_by_role("button", name="Show more")).to_be_hidden()
    expect(page.locator('[data-part="pick"]').nth(24)).to_be_focused()
    trouble.check()
