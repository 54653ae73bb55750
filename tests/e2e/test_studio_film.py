"""What a person sees of work that stands still: a film that can be replaced, and a run told in German."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, Route, expect

from tests.e2e.conftest import REFUSED_WORD
from tests.support.browser import Trouble, accessible
from tests.support.german import speaks_german
from tests.support.processes import Studio
from tests.support.songs import beat_song
from tests.support.studio_page import (
    MADE_WITHIN_MS,
    a_project,
    badge,
    card,
    change,
    film,
    finished,
    make,
    no_rendering,
    open_studio,
    read,
    standing_still,
)

pytestmark = [pytest.mark.network_loopback, pytest.mark.long]
PAUSE_AFTER_3_S = """(strip) => new Promise((done) => {
  const [place, play] = [strip.querySelector("[data-part=place]"), strip.querySelector("[data-part=play]")];
  const look = () => {
    const at = Number(place.value);
    if (at < 3) return requestAnimationFrame(look);
    play.click();
    done(at);
  };
  look();
})"""
WATCH_MONITOR = """(strip) => {
  const monitor = strip.querySelector(".strip-monitor");
  window.seen = [];
  new MutationObserver(() => monitor.hidden === window.seen.at(-1) || window.seen.push(monitor.hidden))
    .observe(monitor, { attributeFilter: ["hidden"] });
}"""


def test_a_film_that_began_by_itself_gives_way_to_the_one_that_is_asked_for(
    page: Page, processes: Studio, song: Path, trouble: Trouble
) -> None:
    project = a_project(page, "The pier.", f"Something {REFUSED_WORD}.")
    scenes = [scene["id"] for scene in read(page, f"/api/mv/projects/{project}")["scenes"]]
    clip = make(page, "/api/mv/generate_video", scene_id=scenes[0])
    upload: FilePayload = {"name": "song.wav", "mimeType": "audio/wav", "buffer": song.read_bytes()}
    audio = page.request.post("/api/audio/upload", multipart={"file": upload}).json()["audio_id"]
    open_studio(page, project)
    expect(badge(page, 1)).to_have_text("Ready", timeout=MADE_WITHIN_MS)
    stitch = film(page).locator('[data-part="stitch"]')
    expect(stitch).to_have_text("Stitch without scene 2")
    with no_rendering(processes):
        card(page, 2).get_by_role("button", name="Make clip").click()  # refused: now every scene was tried
        expect(film(page)).to_contain_text("Stitching 1 video together… It began by itself", timeout=MADE_WITHIN_MS)
        expect(stitch).to_have_text("Re-stitch with current clips")
        stitch.click()
        expect(page.locator("#toasts")).to_contain_text("Nothing has changed since")
        change(page, f"/api/mv/projects/{project}", audio_id=audio)
        stitch.click()
        expect(stitch).to_be_disabled()  # this one was asked for
        expect(film(page)).not_to_contain_text("It began by itself")
        jobs = read(page, f"/api/mv/jobs/?project={project}&kind=stitch&ordering=queued_at")["results"]
        assert [(job["state"], job["automatic"]) for job in jobs] == [("canceled", True), ("queued", False)]
    finished(page)
    expect(film(page)).to_contain_text("with the song")
    expect(stitch).to_be_enabled()
    assert read(page, f"/api/mv/projects/{project}")["final_video_id"] == jobs[1]["result"]["video_id"]
    made = read(page, f"/api/mv/jobs/{clip['id']}")["result"]
    a_failure_leaves_the_old_film(page, processes.data_dir / "media" / made["video_path"])
    trouble.check()


def a_failure_leaves_the_old_film(page: Page, file: Path) -> None:
    """The clip's file is lost: the new cut fails, the film before it stays; a retry works once the file is back."""
    lost = file.rename(file.with_suffix(".lost"))
    before = film(page).locator("video").get_attribute("src")
    stitch = film(page).get_by_role("button", name="Re-stitch with current clips")
    stitch.click()
    expect(film(page).locator(".problem")).to_contain_text("The full video failed", timeout=MADE_WITHIN_MS)
    expect(film(page).locator(".problem")).to_contain_text("The video before it is still here.")
    expect(film(page).locator("video")).to_have_attribute("src", before or "")
    lost.rename(file)
    stitch.click()
    expect(film(page).locator("video")).not_to_have_attribute("src", before or "", timeout=MADE_WITHIN_MS)
    finished(page)
    expect(film(page).locator(".problem")).to_be_hidden()


def test_a_first_film_that_failed_is_tried_again(page: Page, processes: Studio, trouble: Trouble) -> None:
    project = a_project(page, "The pier.", "The lamp.")
    scene = read(page, f"/api/mv/projects/{project}")["scenes"][0]["id"]
    clip = make(page, "/api/mv/generate_video", scene_id=scene)
    open_studio(page, project)
    expect(film(page)).to_contain_text("1 clip can be put together.", timeout=MADE_WITHIN_MS)
    file = processes.data_dir / "media" / read(page, clip["urls"]["self"])["result"]["video_path"]
    lost = file.rename(file.with_suffix(".lost"))
    stitch = film(page).locator('[data-part="stitch"]')
    expect(stitch).to_have_text("Stitch without scene 2")
    stitch.click()
    expect(film(page).locator(".badge").first).to_have_text("Failed", timeout=MADE_WITHIN_MS)
    expect(film(page).locator(".problem")).to_contain_text("The full video failed")
    expect(film(page).locator(".problem")).not_to_contain_text("The video before it")
    expect(film(page).locator("video")).to_be_hidden()
    lost.rename(file)
    expect(stitch).to_have_text("Retry")
    stitch.click()
    finished(page)
    expect(film(page).locator(".problem")).to_be_hidden()
    expect(film(page).locator("video")).to_be_visible()
    trouble.check()


@pytest.mark.alone
def test_a_film_that_is_put_together_is_stopped(page: Page, processes: Studio, trouble: Trouble) -> None:
    trouble.expect("status of 503")
    project = a_project(page, "The pier.")
    make(page, "/api/mv/generate_video", scene_id=read(page, f"/api/mv/projects/{project}")["scenes"][0]["id"])
    open_studio(page, project)
    expect(film(page).locator("video")).to_be_visible(timeout=MADE_WITHIN_MS)  # it began by itself
    halt, stitch = film(page).get_by_role("button", name="Stop"), film(page).locator('[data-part="stitch"]')
    expect(halt).to_be_hidden()
    before = read(page, f"/api/mv/projects/{project}")["final_video_id"]
    with no_rendering(processes):
        stitch.click()
        expect(stitch).to_be_disabled()
        page.route("**/cancel", lambda route: route.fulfill(status=503, json={"title": "Not now"}))
        halt.click()
        expect(film(page).locator(".problem")).to_have_text("Not now")
        for _ in range(2):  # a look at the line draws the card again
            page.wait_for_event("response", lambda answer: "/api/mv/jobs/?" in answer.url)
        expect(film(page).locator(".problem")).to_have_text("Not now")
        page.unroute("**/cancel")
        accessible(page)
        halt.press("Enter")
        expect(film(page).locator(".badge").first).to_have_text("Ready", timeout=2_000)
        expect(film(page).locator(".problem")).to_be_hidden()
        expect(halt).to_be_hidden()
        expect(stitch).to_be_enabled()
    jobs = read(page, f"/api/mv/jobs/?project={project}&kind=stitch&ordering=queued_at")["results"]
    assert jobs[-1]["state"] == "canceled"
    assert read(page, f"/api/mv/projects/{project}")["final_video_id"] == before
    trouble.check()


@pytest.mark.parametrize("seconds_of_song", [0, 2])
def test_the_preview_pauses_where_it_is(page: Page, tmp_path: Path, seconds_of_song: int, trouble: Trouble) -> None:
    words = {}
    if seconds_of_song:
        beat_song(tmp_path / "song.wav", bpm=120, seconds=seconds_of_song)
        upload: FilePayload = {
            "name": "song.wav",
            "mimeType": "audio/wav",
            "buffer": (tmp_path / "song.wav").read_bytes(),
        }
        words["audio_id"] = page.request.post("/api/audio/upload", multipart={"file": upload}).json()["audio_id"]
    project = a_project(page, "The pier.", **words)
    make(page, "/api/mv/generate_video", scene_id=read(page, f"/api/mv/projects/{project}")["scenes"][0]["id"])
    open_studio(page, project)
    expect(badge(page, 1)).to_have_text("Ready", timeout=MADE_WITHIN_MS)
    strip = page.locator("mv-song-strip")
    place = strip.get_by_label("Place in the film")
    place.fill("1")
    strip.get_by_role("button", name="Play the film as it would be cut now").click()
    paused = strip.evaluate(PAUSE_AFTER_3_S)  # beyond the end of a short song
    expect(strip.locator(".strip-monitor")).to_be_hidden()
    assert float(place.input_value()) == pytest.approx(paused, abs=0.05)
    strip.evaluate(WATCH_MONITOR)  # it is there for a second only
    strip.get_by_role("button", name="Play the film as it would be cut now").click()
    page.wait_for_function("() => window.seen.length > 1")  # at the end of the film
    assert page.evaluate("window.seen") == [False, True]
    assert float(place.input_value()) == pytest.approx(4, abs=0.1)
    trouble.check()


@pytest.mark.alone
def test_a_clip_in_the_queue_tells_its_place_and_is_stopped_at_once(
    page: Page, context: BrowserContext, processes: Studio, trouble: Trouble
) -> None:
    project = a_project(page, "The pier.", "The lamp.")
    open_studio(page, project)
    of_project = f"/api/mv/jobs/?project={project}&ordering=queued_at"
    with standing_still(processes, "-n provider@"):
        for number in (1, 2):
            card(page, number).get_by_role("button", name="Make clip").click()
            expect(badge(page, number)).to_have_text("Generating")
        first, last = read(page, of_project)["results"]
        words = f"Waiting for a free worker · {last['waiting_for']['ahead']} before it"
        expect(card(page, 2).locator(".scene-status mv-job-progress")).to_contain_text(
            words
        )  # five seconds between two looks
        by_itself = context.new_page()
        by_itself.goto(f"/result/job_{last['id']}/")
        expect(by_itself.locator("mv-job-progress")).to_contain_text(words)
        stop(page, 1)
        expect(by_itself.locator("mv-job-progress")).not_to_contain_text(words)
        stop(page, 2)
    page.reload()
    expect(badge(page, 2)).to_have_text("No clip yet")
    jobs = read(page, of_project)["results"]
    assert first["waiting_for"]["ahead"] < last["waiting_for"]["ahead"]
    assert [(job["state"], job["started_at"]) for job in jobs] == [("canceled", None)] * 2
    trouble.check()


def stop(page: Page, number: int) -> None:
    """Stop the clip of a scene that has not begun: two seconds later it has none."""
    card(page, number).get_by_role("button", name="Stop").click()
    expect(badge(page, number)).to_have_text("No clip yet", timeout=2_000)


def test_the_page_of_a_run_tells_bills_of_its_parts_as_they_come(
    page: Page, processes: Studio, trouble: Trouble
) -> None:
    bills = ["0.0000"]

    def told(route: Route) -> None:
        route.fulfill(json={**route.fetch().json(), "cost_usd": bills[0]})

    with no_rendering(processes):
        run = make(page, f"/api/mv/projects/{a_project(page, 'The pier.')}/run")
        page.route(f"**{run['urls']['self']}", told)
        page.goto(f"/result/job_{run['id']}/")
        expect(page.locator("mv-job-progress")).to_contain_text("Shooting clips", timeout=MADE_WITHIN_MS)
        expect(page.locator('[data-part="cost"]')).to_contain_text("$0.00 (")
        bills[0] = "3.2000"
        expect(page.locator('[data-part="cost"]')).to_contain_text("$3.20 (")  # five seconds between two looks
        make(page, run["urls"]["cancel"])
    page.unroute_all(behavior="wait")  # a look may be on its way
    trouble.check()


def test_stages_and_failures_are_told_in_the_language_of_the_page(
    chromium: Browser, processes: Studio, trouble: Trouble
) -> None:
    context = chromium.new_context(base_url=processes.url, locale="de-DE")
    trouble.watch(context, origin=processes.url)
    page = context.new_page()
    project = a_project(page, "The pier.", f"Something {REFUSED_WORD}.")
    with no_rendering(processes):
        run = make(page, f"/api/mv/projects/{project}/run")
        page.goto(f"/result/job_{run['id']}/")
        expect(page.locator("mv-job-progress")).to_contain_text("Clips werden gedreht", timeout=MADE_WITHIN_MS)
        speaks_german(page)
        page.goto(f"/studio/{project}/")
        problem = card(page, 2).locator(".scene-status > .problem")
        expect(problem.locator("strong")).to_have_text(
            "Szene 2 ist gescheitert: Vom Sicherheitsfilter des Anbieters abgelehnt", timeout=MADE_WITHIN_MS
        )
        expect(problem).to_contain_text(f"Der Beispielanbieter soll „clip:{REFUSED_WORD}“ ablehnen. Es kostete nichts.")
        expect(problem).to_contain_text("Ändere die Worte und versuche es noch einmal.")
        page.locator("summary", has_text="Eingaben").click()
        page.locator("summary", has_text="Konfiguration").click()
        expect(page.locator("mv-song-field")).to_contain_text("Noch kein Song")
        speaks_german(page)
        make(page, run["urls"]["cancel"])
    trouble.check()
    context.close()
