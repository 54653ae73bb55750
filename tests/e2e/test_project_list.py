"""The list of projects as it is seen from another part of the world, and its messages on a phone."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import Trouble, accessible
from tests.support.studio_page import a_project

pytestmark = [pytest.mark.network_loopback, pytest.mark.long]
MANY = 9


def test_a_project_was_made_by_the_clock_of_who_looks(chromium: Browser, studio: str) -> None:
    context = chromium.new_context(base_url=studio, locale="en-US", timezone_id="America/Los_Angeles")
    page = context.new_page()
    a_project(page, idea="A raft in the west")
    assert " UTC</time>" in page.request.get("/?search=raft").text()
    page.goto("/?search=raft", wait_until="networkidle")
    made = page.locator("li.project time").first
    there = datetime.fromisoformat(made.get_attribute("datetime") or "").astimezone(ZoneInfo("America/Los_Angeles"))
    expect(made).to_have_text(f"{there:%b} {there.day}, {there.year}, {there.hour % 12 or 12}:{there:%M} {there:%p}")
    context.close()


def test_the_newest_message_is_in_sight_and_leaves_room_on_a_phone(page: Page, trouble: Trouble) -> None:
    for number in range(MANY):
        a_project(page, idea=f"Canoe {number}")
    page.set_viewport_size({"width": 390, "height": 700})
    page.goto("/?search=Canoe")
    messages = page.locator(".toast")
    for number in range(MANY):
        page.get_by_role("button", name=f"Move Canoe {number} to the trash").press("Enter")
        expect(messages).to_have_count(number + 1)
        expect(messages.last).to_be_in_viewport(ratio=1)
    assert page.locator("#toasts").evaluate("(box) => box.getBoundingClientRect().height") < 700 / 3
    accessible(page)
    messages.first.get_by_role("button", name="Undo").focus()  # no way back is dropped
    expect(messages.first.get_by_role("button", name="Undo")).to_be_in_viewport(ratio=1)
    trouble.check()
