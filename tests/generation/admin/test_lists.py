"""Lists of the admin ask the database no more than they show."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from generation.admin.videos import VideoAdmin
from mvsite.accounts.models import User
from mvsite.common import bounded_pages
from tests.support.admin import VIDEOS
from tests.support.rows import a_video

pytestmark = pytest.mark.django_db


def test_words_nobody_said_are_looked_up_once(staff: Client, owner: User) -> None:
    a_video(owner, title="Storm")
    with CaptureQueriesContext(connection) as asked:
        page = staff.get(f"{VIDEOS}?q=lighthouse")
    assert b"Storm" not in page.content
    lookups = [each["sql"] for each in asked if "lighthouse" in each["sql"] and "SELECT" in each["sql"][:6]]
    assert len(lookups) == 1


def test_pages_of_what_words_find_are_in_order_and_each_row_is_on_one(
    staff: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(VideoAdmin, "list_per_page", 2)
    for title in ("Storm 3", "Storm 1", "Calm", "Storm 2", "Storm 5", "Storm 4"):
        a_video(owner, title=title)

    def pages(most: int) -> list[list[str]]:
        monkeypatch.setattr(bounded_pages, "MOST_COUNTED", most)
        answers: list[Any] = [staff.get(f"{VIDEOS}?q=storm&o=2&p={number}") for number in (1, 2, 3)]
        return [[row.title for row in answer.context["cl"].result_list] for answer in answers]

    assert pages(2_000) == [["Storm 1", "Storm 2"], ["Storm 3", "Storm 4"], ["Storm 5"]]
    assert pages(5) == [["Storm 1", "Storm 2"], ["Storm 3", "Storm 4"], ["Storm 5"]]  # there may be more than those
