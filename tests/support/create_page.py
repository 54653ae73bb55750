"""The Create page in a browser: what its tests find on it, and where it has led to."""

from typing import Any

from playwright.sync_api import Locator, Page

MADE_WITHIN_MS = 60_000


def snapshot(page: Page) -> Any:
    """Read the project whose studio page is open."""
    page.wait_for_url("**/studio/*/")
    answer = page.request.get(f"/api/mv/projects/{page.url.rstrip('/').split('/')[-1]}")
    return answer.json()


def start(page: Page) -> Locator:
    """Give the card with the buttons that start."""
    return page.locator("section.start")
