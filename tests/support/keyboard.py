"""A person without a mouse: Tab until the thing has the focus, then a key."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

MOST_TABS = 150


def reach(page: Page, target: Locator) -> None:
    """Press Tab until `target` has the focus; fail when it never gets it."""
    expect(target).to_be_visible()
    for _ in range(MOST_TABS):
        if target.evaluate("(element) => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} cannot be reached by Tab")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    """Go to it and press a key on it."""
    reach(page, target)
    page.keyboard.press(key)


def write(page: Page, target: Locator, text: str) -> None:
    """Go to a field and type over what is in it."""
    reach(page, target)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def choose_file(page: Page, field: Locator, path: Path) -> None:
    """Go to a field for files, open its dialog with Enter and choose a file there.

    Dialogs are caught by a message to the page, which a key press may overtake: an answer of the page tells it came.
    """
    reach(page, field)
    with page.expect_file_chooser() as chooser:
        page.evaluate("() => true")
        page.keyboard.press("Enter")
    chooser.value.set_files(path)
