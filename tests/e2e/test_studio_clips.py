"""The studio page with a song and real clips: takes, lip-sync, the strip, the full video and what becomes of it."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from tests.support.browser import Trouble
from tests.support.pictures import picture
from tests.support.processes import Studio
from tests.support.songs import beat_song
from tests.support.studio_page import (
    MADE_WITHIN_MS,
    a_project,
    card,
    change,
    film,
    finished,
    make,
    open_studio,
    read,
    standing_still,
)
from tests.support.studio_takes import choose_by_the_list, compare_and_go_back

pytestmark = [pytest.mark.network_loopback, pytest.mark.long]
SONGS = """performance.getEntriesByType("resource").filter(({ name }) => name.includes("/api/audio/get/")).length"""

# Play; once the second scene is in step with the song, pause. Gives the scenes that were marked, one after the other.
OVER_THE_CUT = """async (strip) => {
  const [place, play] = [strip.querySelector("[data-part=place]"), strip.querySelector("[data-part=play]")];
  const frame = () => new Promise(requestAnimationFrame);
  const seen = [];
  const playing = () => strip.querySelector("a[data-playing]")?.textContent;
  const look = () => playing() && playing() !== seen.at(-1) && seen.push(playing());
  new MutationObserver(look).observe(strip, { attributeFilter: ["data-playing"], subtree: true });
  play.click();
  while (playing() !== "2") await frame();
  const [video, ...others] = strip.querySelectorAll(".strip-monitor:not([hidden]) video:not([hidden])");
  if (!video || others.length) throw new Error("not one clip is on the screen");
  await new Promise((shown) => video.requestVideoFrameCallback(shown));
  while (Math.abs(4 + video.currentTime - Number(place.value)) >= 0.5) {
    if (playing() !== "2") throw new Error("never in step");
    await frame();
  }
  play.click();
  return seen;
}"""


@pytest.fixture(scope="module")
def song_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("song") / "song.wav"
    beat_song(path, bpm=97.3, seconds=20)
    return path


@pytest.fixture(scope="module")
def made(studio: str, chromium: Browser, song_file: Path) -> str:
    """A finished project of two scenes under a song, made by one click in the studio."""
    context = chromium.new_context(base_url=studio, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    upload: FilePayload = {"name": "song.wav", "mimeType": "audio/wav", "buffer": song_file.read_bytes()}
    song = page.request.post("/api/audio/upload", multipart={"file": upload}).json()["audio_id"]
    project = a_project(
        page, "Wide shot of the pier at dusk.", "Close-up of the lamp.", audio_id=song, title="The Pier"
    )
    open_studio(page, project)
    page.get_by_role("button", name="Generate 2 clips").click()
    finished(page)
    context.close()
    return project


def test_the_full_video_made_itself_and_tells_its_facts(page: Page, made: str, trouble: Trouble) -> None:
    open_studio(page, made)
    expect(page).to_have_title(re.compile(r"^\(2/2\) The Pier"))
    expect(page.locator("mv-summary-bar")).to_contain_text("2 scenes: 0 loading / 2 succeeded / 0 failed")
    expect(film(page)).to_contain_text(re.compile("0:08.0 · 2 clips · 1280.720 · with the song"))
    expect(film(page).get_by_role("link", name="Download")).to_have_attribute("download", "the-pier.mp4")
    answer = page.request.get(film(page).get_by_role("link", name="Everything as a ZIP").get_attribute("href") or "")
    names = zipfile.ZipFile(io.BytesIO(answer.body())).namelist()
    assert any(name.endswith("scenes.json") for name in names), names
    assert len([name for name in names if name.endswith(".mp4")]) == 3
    page.goto("/library/?shelf=videos")
    video = read(page, f"/api/mv/projects/{made}")["final_video_id"]
    kept = page.locator("mv-library-card", has=page.locator(f'video[src*="{video}"]'))
    expect(kept).to_contain_text("Finished video · 0:08.0")
    trouble.check()


def test_nothing_loads_or_plays_by_itself_and_a_second_play_pauses_the_first(
    page: Page, made: str, trouble: Trouble
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_studio(page, made)
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if re.search(r"(get_video|audio/get)/[^/?]+$", url)], "media were fetched unasked"
    videos = page.locator("mv-scene-card video")
    assert (
        videos.evaluate_all("(all) => all.map((each) => [each.controls, each.muted, each.autoplay])")
        == [[True, False, False]] * 2
    )
    videos.nth(0).evaluate("(video) => video.play()")
    both = "async (all) => { await all[1].play(); return all.map((each) => each.paused); }"
    assert videos.evaluate_all(both) == [True, False]
    videos.nth(1).evaluate("(video) => video.pause()")
    expect(card(page, 2).get_by_role("link", name="Download")).to_have_attribute("download", "scene-02-take-1.mp4")
    trouble.check()


def test_the_strip_shows_song_and_scenes_and_its_playhead_runs_with_a_clip(
    page: Page, made: str, trouble: Trouble
) -> None:
    open_studio(page, made)
    strip = page.locator("mv-song-strip")
    expect(strip.get_by_role("link", name="Scene 2, 0:04.0 to 0:08.0: ready")).to_be_visible()
    drawn = """async (canvas) => {
      const seen = () => new Set(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data).size;
      while (seen() < 4) await new Promise((again) => setTimeout(again, 50));
      return seen();
    }"""
    assert strip.locator("canvas").evaluate(drawn) >= 4  # curve and beats, each in its colour
    page.mouse.wheel(0, 600)
    expect(page.locator("mv-summary-bar")).to_be_in_viewport()
    heard = f"""async () => {{
      const songs = () => {SONGS};
      for (let tries = 0; !songs() && tries < 400; tries++) await new Promise((again) => setTimeout(again, 50));
      return songs();
    }}"""
    play = "(video) => { video.muted = video.loop = true; return video.play(); }"  # until it is told to pause
    card(page, 2).locator("video").evaluate(play)
    place = strip.get_by_label("Place in the film")
    expect(strip.locator("a[data-playing]")).to_have_text("2")
    expect(place).to_have_attribute("aria-valuetext", re.compile(r"0:0[4-7]\."))
    assert page.evaluate(heard) > 0, "the song does not play along"
    card(page, 2).locator("video").evaluate("(video) => video.pause()")
    expect(strip.locator("a[data-playing]")).to_have_count(0)
    strip.get_by_label("song with clips").uncheck()
    page.reload()
    expect(strip.get_by_label("song with clips")).not_to_be_checked()
    card(page, 2).locator("video").evaluate(play)
    expect(place).to_have_attribute("aria-valuetext", re.compile(r"0:0[5-7]\."))
    assert page.evaluate(SONGS) == 0, "the song plays along though nobody wants it"
    trouble.check()


def test_the_film_plays_as_it_would_be_cut_now(page: Page, made: str, trouble: Trouble) -> None:
    open_studio(page, made)
    strip = page.locator("mv-song-strip")
    strip.get_by_label("Place in the film").fill("3.4")
    assert strip.evaluate(OVER_THE_CUT) == ["1", "2"]  # without a click
    expect(strip.locator(".strip-monitor")).to_be_hidden()
    expect(strip.get_by_role("button", name="Play the film as it would be cut now")).to_be_visible()
    trouble.check()


def test_a_lip_sync_is_a_take_of_its_own_and_cuts_the_film_anew(
    page: Page, made: str, processes: Studio, trouble: Trouble
) -> None:
    before = read(page, f"/api/mv/projects/{made}")["final_video_id"]
    open_studio(page, made)
    first = card(page, 1)
    first.get_by_label("lip-sync").check()
    with standing_still(processes, "-n provider@"):
        first.get_by_role("button", name="Regenerate with lipsync").click()
        expect(first).to_contain_text("Lipsyncing…")
        expect(first.get_by_role("checkbox")).to_be_disabled()
    expect(first.get_by_label("Take")).to_contain_text("Take 2 of 2 · 0:04.0 · lip-synced", timeout=MADE_WITHIN_MS)
    expect(page.locator("#announcements")).to_have_text(re.compile("The lip-sync of scene 1 is ready|full video"))
    expect(first.get_by_label("Take")).to_contain_text("Take 1 of 2 · 0:04.0 · original")
    old = f"/api/mv/get_video/{before}"
    expect(film(page).locator("video")).not_to_have_attribute("src", old, timeout=MADE_WITHIN_MS)
    finished(page)
    expect(film(page)).to_contain_text("0:08.0")
    now = read(page, f"/api/mv/projects/{made}")
    assert now["final_video_id"] != before
    assert not now["final_stale"]
    jobs = read(page, f"/api/mv/jobs/?project={made}&kind=lipsync")["results"]
    assert (jobs[0]["result"]["start_time"], jobs[0]["result"]["end_time"]) == (0, 4)
    choose_by_the_list(page, made)
    compare_and_go_back(page)
    trouble.check()


def test_what_a_take_was_made_from_has_changed(page: Page, made: str, trouble: Trouble) -> None:
    open_studio(page, made)
    page.locator("mv-scene-card").nth(1).get_by_role("button", name="Edit").click()
    card(page, 2).get_by_label("Scene text").fill("Close-up of the bell.")
    card(page, 2).get_by_role("button", name="Save").click()
    expect(card(page, 2)).to_contain_text("Made from an older text")
    page.get_by_role("button", name="Undo").click()
    expect(card(page, 2).locator(".scene-text")).to_have_text("Close-up of the lamp.")
    trouble.check()


def test_another_portrait_or_song_makes_takes_stale_until_it_is_taken_back(
    page: Page, made: str, song_file: Path, trouble: Trouble
) -> None:
    open_studio(page, made)
    was = read(page, f"/api/mv/projects/{made}")
    sung = [number for number in (1, 2) if "lip-synced" in card(page, number).get_by_label("Take").inner_text()]
    face = put(page, "/api/mv/characters/upload", "Face.png", "image/png", picture((90, 120, 200)))["id"]
    change(page, f"/api/mv/projects/{made}", character_reference_id=face)
    expect(card(page, 2)).to_contain_text("Made with another portrait")
    expect(film(page).locator(".badge").first).to_have_text("Ready")  # the film is of the same takes
    inputs = page.locator("mv-inputs-card")
    inputs.locator("summary").first.click()
    expect(inputs.get_by_alt_text("The chosen picture")).to_be_visible()
    shown = inputs.get_by_alt_text("The chosen picture").bounding_box()
    assert shown is not None
    assert max(shown["width"], shown["height"]) <= 200
    expect(inputs.locator("mv-song-field")).to_contain_text("song 0:20.0")
    expect(inputs.locator("mv-song-field audio")).to_be_visible()
    expect(inputs).to_contain_text(was["audio_id"])
    change(page, f"/api/mv/projects/{made}", character_reference_id=was["character_reference_id"])
    expect(card(page, 2)).not_to_contain_text("Made with another portrait")
    other = put(page, "/api/audio/upload", "other.wav", "audio/wav", song_file.read_bytes())["audio_id"]
    change(page, f"/api/mv/projects/{made}", audio_id=other)
    expect(film(page)).to_contain_text("Out of date")
    assert sung, "a lip-sync was made before"
    expect(card(page, sung[0])).to_contain_text("Sung to another song")
    change(page, f"/api/mv/projects/{made}", audio_id=was["audio_id"])
    expect(film(page).locator(".badge").first).to_have_text("Ready")
    trouble.check()


def put(page: Page, path: str, name: str, mime: str, body: bytes) -> Any:
    """Upload a file as another program would; give the answer."""
    answer = page.request.post(path, multipart={"file": {"name": name, "mimeType": mime, "buffer": body}})
    assert answer.ok, answer.text()
    return answer.json()


def test_the_video_is_shared_by_a_link_that_can_be_revoked(
    page: Page, context: BrowserContext, made: str, trouble: Trouble
) -> None:
    open_studio(page, made)
    film(page).get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share this video")
    dialog.get_by_label("The link lasts").select_option("24")
    dialog.get_by_role("button", name="Make a link").click()
    link = dialog.get_by_label("Link", exact=True).input_value()
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")  # as on plain HTTP
    dialog.get_by_role("button", name="Copy").click()
    expect(dialog).to_contain_text("The text is selected: press Ctrl+C.")
    assert page.evaluate("getSelection().toString()") == link
    other = context.new_page()
    assert (other.goto(link) or pytest.fail("no answer")).ok
    dialog.get_by_role("button", name="Revoke").click()
    expect(dialog.get_by_label("Link", exact=True)).to_have_count(0)
    trouble.expect("status of 404 .*/share/")
    assert (other.goto(link) or pytest.fail("no answer")).status >= 400
    trouble.check()


def test_a_person_elsewhere_is_told_when_it_is_done(page: Page, context: BrowserContext, made: str) -> None:
    """The work ends while the page is hidden; the system's notification is written down instead of shown."""
    context.grant_permissions(["notifications"])
    page.add_init_script(
        """
        window.told = [];
        window.Notification = class extends EventTarget {
          static permission = "granted";
          static requestPermission = async () => "granted";
          constructor(title, { body }) { super(); window.told.push([title, body]); }
        };
        """
    )
    open_studio(page, made)
    page.get_by_text("Configuration").click()
    page.get_by_label("Notify me when the work has ended").check()
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true })")
    job: Any = make(page, f"/api/mv/projects/{made}/run")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert job["kind"] == "run"
    told = page.evaluate(
        """async () => {
          for (let tries = 0; !window.told.length && tries < 1200; tries++) {
            await new Promise((go) => setTimeout(go, 100));
          }
          return window.told;
        }"""
    )
    assert told == [[page.title(), "The work on your video has ended."]]
