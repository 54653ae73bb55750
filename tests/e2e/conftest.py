"""A studio with all its processes on a data folder of its own, and a browser that notices whatever goes wrong in it."""

import math
import struct
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.support import needs
from tests.support.browser import Trouble
from tests.support.processes import Studio, running_studio
from tests.support.youtube_site import Site, youtube_site

REFUSED_WORD = "unspeakable"
UNWRITABLE_WORD = "unwritable"
ANSWERED_WITHIN_MS = (
    20_000  # by a studio that works, beside other tests; what shall be quick says so where it is expected
)

expect.set_options(timeout=ANSWERED_WITHIN_MS)


@pytest.fixture(scope="session")
def youtube() -> Iterator[Site]:
    """Serve what the studio takes for YouTube; a test adds the videos it asks for."""
    with youtube_site() as site:
        yield site


@pytest.fixture(scope="session")
def processes(tmp_path_factory: pytest.TempPathFactory, youtube: Site) -> Iterator[Studio]:
    """Start the whole studio; a clip or picture with the word in it is refused, and so are scenes with theirs."""
    refused = f"clip:{REFUSED_WORD},image:{REFUSED_WORD},scenes:{UNWRITABLE_WORD}"
    folder = tmp_path_factory.mktemp("studio")
    with running_studio(folder, MV_SAMPLE_REFUSE=refused, MV_YOUTUBE_BASE_URL=youtube.url) as running:
        yield running


@pytest.fixture(scope="session")
def studio(processes: Studio) -> str:
    """Give the studio's origin, `http://127.0.0.1:PORT`."""
    return processes.url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium, without a window."""
    path = needs.chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser, studio: str, trouble: Trouble) -> Iterator[BrowserContext]:
    """Open a browser profile of its own, pointed at the studio, whose pages are watched."""
    context = chromium.new_context(base_url=studio, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(ANSWERED_WITHIN_MS)
    trouble.watch(context, origin=studio)
    yield context
    context.close()


@pytest.fixture
def trouble() -> Iterator[Trouble]:
    """Give the list of complaints of this test's pages; when they are closed it must hold nothing unexpected."""
    found = Trouble()
    yield found
    found.check()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """Open a page that is watched."""
    return context.new_page()


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """Write a song of 20 s: a tone that swells twice a second."""
    path = tmp_path / "Harbour Song.wav"
    rate = 22_050
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        for second in range(20):
            times = [second + step / rate for step in range(rate)]
            level = [9000 * abs(math.sin(math.pi * 2 * t)) * math.sin(2 * math.pi * 220 * t) for t in times]
            out.writeframes(struct.pack(f"<{rate}h", *map(int, level)))
    return path
