"""A studio that serves from a bucket, in a real browser: films and pictures come from there, play, seek and load."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from assets.media.ffmpeg import run_ffmpeg
from tests.support.browser import Trouble
from tests.support.processes import running_studio
from tests.support.s3_server import S3Server, s3_server
from tests.support.studio_page import read

pytestmark = [pytest.mark.network_loopback, pytest.mark.long]
MADE_WITHIN_MS = 120_000
PLAYED = """
async (video) => {
  const event = (name) => new Promise((yes, no) => {
    video.addEventListener(name, yes, { once: true });
    video.addEventListener("error", () => no(new Error(video.error.message)), { once: true });
  });
  video.muted = true;
  if (video.readyState < 2) { const ready = event("loadeddata"); video.preload = "auto"; video.load(); await ready; }
  const seen = [];
  for (const moment of [video.duration - 1, 0.5, video.duration / 2]) {
    const sought = event("seeked");
    video.currentTime = moment;
    await sought;
    seen.push(video.currentTime);
  }
  const moved = event("timeupdate");
  await video.play();
  await moved;
  video.pause();
  return { duration: video.duration, width: video.videoWidth, seen };
}
"""


@pytest.fixture(scope="module")
def bucket() -> Iterator[S3Server]:
    with s3_server() as running:
        yield running


@pytest.fixture(scope="module")
def served(bucket: S3Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a studio that serves from the bucket."""
    folder = tmp_path_factory.mktemp("cloud-studio")
    with running_studio(folder, **bucket.variables, SERVE_FROM_CLOUD="true") as running:
        yield running.url


@pytest.fixture
def page(chromium: Browser, served: str, bucket: S3Server, trouble: Trouble) -> Iterator[Page]:
    """Open a page of that studio; what it fetches from the bucket is no stranger."""
    context = chromium.new_context(base_url=served, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    trouble.watch(context, origin=served, also=(f"{bucket.url}/",))
    page = context.new_page()
    yield page
    context.close()


def made(page: Page, path: str, **fields: Any) -> Any:
    answer = page.request.post(path, data=fields, headers={"Prefer": "wait=120"}, timeout=MADE_WITHIN_MS)
    assert answer.ok, answer.text()
    return answer.json()


def a_film(page: Page) -> str:
    """Make a project with a portrait, one scene, its clip and the finished video; return its address."""
    who = {"character_description": "A tall man in a red coat"}
    face = made(page, "/api/mv/generate_character_reference", num_images=1, **who)["images"][0]["id"]
    project = made(page, "/api/mv/projects/", idea="The pier", character_reference_id=face, **who)["id"]
    made(page, "/api/mv/scenes/", project_id=project, description="Wide shot of the pier at dusk.")
    made(page, f"/api/mv/projects/{project}/run")
    return f"/studio/{project}/"


def test_films_and_pictures_come_from_the_bucket_and_play(page: Page, bucket: S3Server) -> None:
    there: list[tuple[str, int]] = []
    page.on("response", lambda answer: there.append((answer.url, answer.status)) if bucket.url in answer.url else None)
    page.goto(a_film(page))
    expect(page.locator("mv-final-card .badge")).to_have_text("Ready", timeout=MADE_WITHIN_MS)
    for card in ("mv-scene-card", "mv-final-card"):
        film: Any = page.locator(f"{card} video").first
        film.scroll_into_view_if_needed()
        shown = film.evaluate(PLAYED)
        assert shown["duration"] == pytest.approx(4, abs=0.1)
        assert shown["width"] == 1280
        assert shown["seen"] == pytest.approx([shown["duration"] - 1, 0.5, shown["duration"] / 2], abs=0.01)
    films = {url.partition("?")[0] for url, status in there if status == 206 and ".mp4" in url}
    assert len(films) == 2, "both the clip and the finished video came in ranges, from the bucket"
    assert all("X-Amz-Signature=" in url for url, _ in there)
    assert {status for _, status in there} <= {200, 206}
    page.locator("mv-inputs-card summary").first.click()  # folded parts load when they are opened
    expect(page.locator("mv-inputs-card img").first).to_have_js_property("complete", value=True)
    expect(page.locator("mv-inputs-card img").first).not_to_have_js_property("naturalWidth", 0)
    pictures = page.locator("img").evaluate_all("(all) => all.filter((one) => one.src).map((one) => one.naturalWidth)")
    assert pictures
    assert all(pictures), "every picture has loaded"
    downloads_under_its_name(page, bucket)


def upload_a_large_film(page: Page, folder: Path) -> str:
    """Upload a film that a browser does not fetch as a whole; return its id."""
    film = folder / f"{folder.name}.mp4"
    noise = ("-f", "lavfi", "-i", "color=gray:size=1280x720:rate=10:duration=30,noise=alls=100:allf=t")
    words = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "10", "-crf", "18")
    run_ffmpeg([*noise, *words, str(film)], timeout=120)
    assert film.stat().st_size > 100_000_000
    page.goto("/library/?shelf=clips")
    page.get_by_label("Upload").set_input_files(film)
    expect(page.locator("mv-library-card").filter(has_text=film.stem)).to_be_visible(timeout=MADE_WITHIN_MS)
    return str(read(page, "/api/mv/videos/")["results"][0]["id"])


@pytest.mark.parametrize("place", ["library", "share"])
def test_a_seek_after_a_long_pause_asks_for_a_new_address(
    page: Page, bucket: S3Server, trouble: Trouble, tmp_path: Path, place: str
) -> None:
    trouble.expect("status of 403")
    film = upload_a_large_film(page, tmp_path)
    addresses: list[str] = []
    page.on("request", lambda asked: addresses.append(asked.url) if bucket.url in asked.url else None)
    page.goto("/library/?shelf=clips" if place == "library" else made(page, "/api/mv/shares/", video_id=film)["url"])
    video: Any = page.locator("video").first
    video.evaluate("async (video) => { video.muted = true; await video.play(); video.pause(); }")
    first = addresses[-1]
    bucket.gate.expire()
    page.clock.set_system_time(time.time() + 15 * 60)

    for moment in (28, 5):
        video.evaluate("(video, moment) => { video.currentTime = moment; }", moment)
        there = f"(video) => !video.seeking && video.readyState > 1 && Math.abs(video.currentTime - {moment}) < 0.1"
        page.wait_for_function(there, arg=video.element_handle(), timeout=25_000)  # alone it gives up after 30 s

    assert addresses[-1] != first


def downloads_under_its_name(page: Page, bucket: S3Server) -> None:
    with page.expect_download() as fetched:
        page.locator("mv-final-card a[href*='download=true']").click()
    assert fetched.value.suggested_filename.endswith(".mp4")
    assert bucket.url in fetched.value.url
    assert fetched.value.failure() is None
