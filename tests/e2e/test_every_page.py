"""What every page has: light or dark as a person chose it, and a page for a failure of our own."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Trouble, accessible
from tests.support.processes import Studio
from tests.support.studio_page import a_project, make

pytestmark = [pytest.mark.network_loopback, pytest.mark.long]
LIGHTNESS = """() => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
  canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
  canvas.fillRect(0, 0, 1, 1);
  return canvas.getImageData(0, 0, 1, 1).data[0];
}"""


def is_dark(page: Page) -> bool:
    """Say whether the ground of the page is dark as it is painted."""
    ground: int = page.evaluate(LIGHTNESS)
    return ground < 100


def test_light_or_dark_is_switched_and_kept(page: Page, trouble: Trouble) -> None:
    page.emulate_media(color_scheme="light")
    page.goto("/")
    assert not is_dark(page)
    root, switch = page.locator("html"), page.get_by_role("button", name="Light or dark")
    for theme, dark in (("dark", True), ("light", False), ("dark", True)):
        switch.click()
        expect(root).to_have_attribute("data-theme", theme)
        assert is_dark(page) is dark
    page.reload()
    assert is_dark(page)
    page.goto("/library/")
    assert is_dark(page)
    answer = page.request.get("/create/").text()
    assert 'data-theme="dark"' in answer, "the server does not draw it: the page would flash"
    page.emulate_media(color_scheme="dark")
    switch.click()
    page.reload()
    assert not is_dark(page), "the system's wish counts more than the person's"
    trouble.check()


@contextmanager
def without_table(studio: Studio, name: str) -> Iterator[None]:
    """Take a table of the studio's database away, as a spoilt disk would; it comes back as it was."""
    with closing(sqlite3.connect(studio.data_dir / "studio.sqlite3", timeout=20)) as database:
        database.execute(f"ALTER TABLE {name} RENAME TO {name}_away")
        try:
            yield
        finally:
            database.execute(f"ALTER TABLE {name}_away RENAME TO {name}")


def test_a_failure_of_our_own_is_a_whole_page_with_the_id_of_the_request(
    page: Page, processes: Studio, trouble: Trouble
) -> None:
    """Links for strangers have a table of their own: without it their page breaks, and nothing else does."""
    trouble.expect("status of 500 .*/share/")
    link = make(page, "/api/mv/shares/", project_id=a_project(page, "First words."))["url"]
    assert (page.goto(link) or pytest.fail("no answer")).ok
    with without_table(processes, "generation_share"):
        answer = page.goto(link) or pytest.fail("no answer")
    assert answer.status == 500
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    expect(page.get_by_role("heading", level=1)).to_have_text("Something broke on our side")
    expect(page.locator("main")).to_contain_text(f"Request {answer.headers['x-request-id']}")
    assert "Traceback" not in page.content()
    way = page.get_by_role("link", name="All projects")
    expect(way).to_have_css("min-height", "36px")  # it has its styles
    accessible(page)
    way.click()
    expect(page).to_have_url(page.url.split("/share")[0])
    trouble.check()
