"""The Create page with a song: seen, cut and made whole again; and what the library leads here with."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from tests.support.browser import Trouble, accessible, come, hold
from tests.support.create_page import MADE_WITHIN_MS, snapshot, start
from tests.support.downloads import sound
from tests.support.pictures import picture
from tests.support.youtube_site import Site, Video

__all__ = ["sound"]

pytestmark = [pytest.mark.network_loopback, pytest.mark.long]


def test_a_song_is_seen_cut_and_made_whole_again(page: Page, song: Path, trouble: Trouble) -> None:
    page.goto("/create/")
    page.locator("summary", has_text="Configuration").click()
    trim = page.get_by_role("button", name="Trim Audio from Start")
    expect(trim).to_be_disabled()
    page.get_by_label("Upload a song").set_input_files(song)
    field = page.locator("mv-song-field")
    expect(field).to_contain_text("Harbour Song 0:20.0")
    painted = (
        "(canvas) => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((each) => each)"
    )
    canvas = field.locator("canvas")
    expect(field.get_by_text("Listening to the song")).to_be_hidden()
    page.wait_for_function(painted, arg=canvas.element_handle())  # a little after it was heard
    field.get_by_label("End of the part").fill("18")
    field.get_by_label("Start of the part").fill("3")
    expect(field).to_contain_text("0:03.0 to 0:18.0 (0:15.0)")
    expect(page.get_by_label("Audio start position")).to_have_value("3")
    page.get_by_label("Audio start position").fill("5")
    expect(field).to_contain_text("0:05.0 to 0:18.0 (0:13.0)")
    accessible(page)
    whole = field.locator("audio").get_attribute("src")
    held = hold(page, "**/api/audio/trim")
    trim.click()
    expect(page.locator("mv-song-trim")).to_contain_text("Cutting the song…")
    expect(trim).to_have_attribute("aria-busy", "true")
    come(page, held).continue_()
    expect(page.locator("mv-song-trim")).to_contain_text("Done: the cut is 0:13.0 long", timeout=MADE_WITHIN_MS)
    expect(field).to_contain_text("Harbour Song 0:13.0")
    assert field.locator("audio").get_attribute("src") != whole
    page.reload()
    expect(field).to_contain_text("Harbour Song 0:13.0")
    expect(page.locator("mv-song-trim [data-part=trim]")).to_be_enabled()
    field.get_by_role("button", name="Back to the original").click()
    expect(field).to_contain_text("Harbour Song 0:20.0")
    expect(field.locator("audio")).to_have_attribute("src", str(whole))
    page.get_by_label("Or a YouTube link").fill("https://example.com/watch")
    page.keyboard.press("Enter")
    expect(field.locator(".problem")).to_contain_text(re.compile("YouTube"))
    assert page.url.endswith("/create/"), "Enter in the link field does not send the form"
    page.get_by_label("Or a YouTube link").clear()
    page.get_by_role("button", name="Quick Job").click()
    assert snapshot(page)["audio_id"] in str(whole)
    trouble.expect("status of 400")


def test_the_part_between_the_handles_is_what_the_project_gets(page: Page, song: Path, trouble: Trouble) -> None:
    page.goto("/create/")
    page.get_by_label("Upload a song").set_input_files(song)
    field = page.locator("mv-song-field")
    expect(field).to_contain_text("Harbour Song 0:20.0")
    field.get_by_label("End of the part").fill("18")
    field.get_by_label("Start of the part").fill("3")
    page.reload()
    expect(field).to_contain_text("0:03.0 to 0:18.0 (0:15.0)")
    expect(page.locator("mv-song-trim [data-part=start]")).to_have_value("3")
    page.route("**/api/audio/trim", lambda route: route.fulfill(status=503, json={"title": "Not now"}))
    page.get_by_role("button", name="Quick Job").click()
    expect(start(page).locator(".problem")).to_contain_text("It could not be cut; the song's card says why.")
    expect(field.locator(".problem")).to_contain_text("Not now")
    page.unroute("**/api/audio/trim")
    page.get_by_role("button", name="Quick Job").click()
    cut = snapshot(page)["audio_id"]
    assert page.request.get(f"/api/audio/get/{cut}/info").json()["duration"] == pytest.approx(15, abs=0.1)
    trouble.expect("status of 503")


def test_a_song_is_fetched_by_its_youtube_link(page: Page, youtube: Site, sound: bytes, trouble: Trouble) -> None:
    youtube.videos["abcdefghijk"] = Video(sound, title="Harbour Lights")
    page.goto("/create/")
    field, link = page.locator("mv-song-field"), page.get_by_label("Or a YouTube link")
    link.fill("https://youtu.be/abcdefghijk")
    held = hold(page, "**/api/audio/download")
    page.get_by_role("button", name="Fetch").click()
    expect(page.get_by_role("button", name="Fetch")).to_be_disabled()
    expect(field).to_contain_text(re.compile("fetching", re.IGNORECASE))
    with page.expect_response("**/api/audio/download") as asked:
        come(page, held).continue_()
    page.unroute("**/api/audio/download")
    expect(field).to_contain_text(re.compile(r"Harbour Lights 0:04\.[01]"), timeout=MADE_WITHIN_MS)
    job = asked.value.json()
    expect(field.locator("audio")).to_have_attribute("src", f"/api/audio/get/{job['audio_id']}")
    expect(link).to_have_value("")
    link.fill("https://www.youtube.com/watch?v=nothinghere")
    page.keyboard.press("Enter")
    expect(field.locator(".problem")).to_contain_text("There is no such video", timeout=MADE_WITHIN_MS)
    link.clear()
    page.get_by_role("button", name="Quick Job").click()
    assert snapshot(page)["audio_id"] == job["audio_id"]
    page.goto(f"/result/job_{job['id']}/")
    expect(page.locator('[data-part="result"] audio')).to_be_visible()
    trouble.check()


def described(page: Page) -> list[str]:
    """Open Create and fill in all that a run needs; give the list of what is sent from then on, prices aside."""
    page.goto("/create/")
    page.get_by_label("Use AI generation").uncheck()
    page.get_by_label("Idea").fill("A lantern is lit")
    page.get_by_label("Character & style").fill("A tall man in a red coat")
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST" and not request.url.endswith("/estimate"):
            sent.append(urlsplit(request.url).path)

    page.on("request", note)
    return sent


@pytest.fixture
def _slow_boat(youtube: Site, sound: bytes) -> None:
    youtube.videos["onitswaynow"] = Video(sound, title="Slow Boat")


@pytest.mark.usefixtures("_slow_boat")
@pytest.mark.parametrize("button", ["Generate Videos", "Quick Job"])
@pytest.mark.parametrize("way", ["upload", "download"])
def test_a_song_that_is_on_its_way_comes_along(page: Page, song: Path, way: str, button: str, trouble: Trouble) -> None:
    sent = described(page)
    held = hold(page, f"**/api/audio/{way}")
    if way == "upload":
        page.get_by_label("Upload a song").set_input_files(song)
    else:
        page.get_by_label("Or a YouTube link").fill("https://youtu.be/onitswaynow")
        page.get_by_role("button", name="Fetch").click()
    start(page).get_by_role("button", name=button).click()
    waiting = start(page).get_by_text("Waiting for the song…")
    expect(waiting).to_be_visible()
    expect(page.locator("#announcements")).to_have_text("Waiting for the song…")
    page.get_by_label("Idea").fill("A lantern goes out")
    coming = come(page, held)
    assert sent == [f"/api/audio/{way}"]
    coming.continue_()
    page.wait_for_url("**/studio/*/", timeout=MADE_WITHIN_MS)
    project = snapshot(page)
    assert project["idea"] == "A lantern goes out"  # typed while it waited
    title = page.request.get(f"/api/audio/get/{project['audio_id']}/info").json()["title"]
    assert title == {"upload": "Harbour Song", "download": "Slow Boat"}[way]
    for job in page.request.get(f"/api/mv/jobs/?project_id={project['id']}&kind=run").json()["results"]:
        page.request.post(job["urls"]["cancel"])
    trouble.check()


def test_nothing_is_made_while_its_song_cannot_be_had(page: Page, youtube: Site, trouble: Trouble) -> None:
    sent = described(page)
    held = hold(page, "**/api/audio/download")
    link, begin = page.get_by_label("Or a YouTube link"), start(page).get_by_role("button", name="Generate Videos")
    link.fill("https://youtu.be/neverthere1")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    begin.click()
    waiting = start(page).get_by_text("Waiting for the song…")
    expect(waiting).to_be_visible()
    come(page, held).continue_()
    problem = start(page).locator(".problem")
    expect(problem).to_contain_text("The song did not come; its card says why.", timeout=MADE_WITHIN_MS)
    expect(page.locator("mv-song-field .problem")).to_contain_text("There is no such video")
    expect(waiting).to_be_hidden()
    expect(begin).not_to_have_attribute("aria-busy", "true")
    assert sent == ["/api/audio/download"]
    assert page.url.endswith("/create/")
    trouble.check()


def test_a_link_whose_song_nobody_has_fetched_is_said_and_kept(page: Page, trouble: Trouble) -> None:
    sent = described(page)
    link, problem = page.get_by_label("Or a YouTube link"), start(page).locator(".problem")
    link.fill("https://youtu.be/abcdefghijk")
    for button in ("Generate Videos", "Quick Job"):
        page.get_by_label("Idea").focus()
        start(page).get_by_role("button", name=button).click()
        expect(problem).to_contain_text("Fetch the song of the link, or clear the link.")
        expect(link).to_be_focused()
        expect(link).to_have_attribute("aria-invalid", "true")
    accessible(page)
    page.reload()
    expect(link).to_have_value("https://youtu.be/abcdefghijk")
    page.get_by_label("Idea").clear()
    page.get_by_role("button", name="Quick Job").click()
    expect(problem).to_contain_text("Fetch the song")
    expect(problem).not_to_contain_text("Type an idea")  # Quick Job needs none
    assert sent == []
    link.clear()
    expect(problem).to_be_hidden()
    page.get_by_role("button", name="Quick Job").click()
    assert snapshot(page)["audio_id"] is None
    page.goto("/create/")
    expect(link).to_have_value("")
    trouble.check()


def in_library(page: Page, name: str) -> str:
    """Keep a picture with a name in the library; give its id."""
    made = page.request.post(
        "/api/mv/characters/upload",
        multipart={"file": {"name": f"{name}.png", "mimeType": "image/png", "buffer": picture((90, 120, 200))}},
    )
    return str(made.json()["id"])


def test_the_library_leads_here_with_a_portrait_or_a_song(page: Page, song: Path, trouble: Trouble) -> None:
    made = page.request.post(
        "/api/audio/upload",
        multipart={"file": {"name": "Tide.wav", "mimeType": "audio/wav", "buffer": song.read_bytes()}},
    ).json()
    field, own = page.locator("mv-song-field"), page.locator("[data-name=portrait]")
    page.goto(f"/create/?song={made['audio_id']}")
    expect(field).to_contain_text("Tide 0:20.0")
    expect(page).to_have_url(re.compile("/create/$"))
    expect(page.locator("mv-song-trim [data-part=trim]")).to_be_enabled()
    page.reload()
    expect(field).to_contain_text("Tide 0:20.0")
    field.get_by_role("button", name="Without this song").click()
    page.get_by_label("Use AI generation").uncheck()
    page.get_by_label("Product video").check()
    ann, bea = in_library(page, "Ann of the library"), in_library(page, "Bea of the library")
    page.goto(f"/create/?portrait={ann}")
    expect(own).to_contain_text("“Ann of the library” is chosen.")
    expect(page.get_by_label("Music video")).to_be_checked()
    expect(page.get_by_label("Use AI generation")).to_be_checked()
    expect(field).to_contain_text("No song yet")
    own.get_by_role("button", name="From the library").click()
    own.get_by_role("button", name="Bea of the library").click()
    expect(own).to_contain_text("“Bea of the library” is chosen.")
    page.reload()
    expect(own).to_contain_text("“Bea of the library” is chosen.")
    page.get_by_role("button", name="Quick Job").click()
    assert snapshot(page)["character_reference_id"] == bea
    trouble.check()
