"""Lists of the admin ask the database no more than they show."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from generation.admin.videos import VideoAdmin
from generation.providers import registry
from mvsite.accounts.models import User
from mvsite.common import bounded_pages
from tests.support.admin import JOBS, VIDEOS, failed
from tests.support.rows import a_job, a_video

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


@pytest.mark.parametrize("makes_mocks", [False, True])
def test_jobs_are_narrowed_by_each_provider_also_that_of_mock_mode(
    staff: Client, owner: User, settings: Settings, *, makes_mocks: bool
) -> None:
    settings.MOCK_VID_GENS = makes_mocks
    made = {name: a_job(owner, provider=name) for name in ("replicate", "gemini", "sample", registry.MOCK)}
    offered = str(staff.get(JOBS).content)
    for name, job in made.items():
        assert f"?provider={name}" in offered
        answer: Any = staff.get(f"{JOBS}?provider={name}")
        assert [row.pk for row in answer.context["cl"].result_list] == [job.pk]
    assert set(made) == set(registry.every_provider())


def test_the_list_of_jobs_tells_an_error_by_its_code_and_its_page_the_whole(staff: Client, owner: User) -> None:
    job = failed(owner)
    listed, whole = staff.get(JOBS).content.decode(), staff.get(f"{JOBS}{job.pk}/change/").content.decode()
    assert "<code>provider:call:failed</code>" in listed
    assert "It broke." not in listed
    assert "<code>provider:call:failed</code> It broke." in whole


def test_lists_write_money_as_the_studio_does(staff: Client, owner: User) -> None:
    job = failed(owner, estimated_cost_usd=Decimal("0.4"))
    a_video(owner, title="Storm", metadata={"cost_usd": "0.0"})
    told = staff.get(JOBS).content.decode() + staff.get(f"{JOBS}{job.pk}/change/").content.decode()
    assert "$0.40" in told
    assert "0.400000" not in told
    assert "$0.00" in staff.get(VIDEOS).content.decode()
    budgets = staff.get("/admin/generation/budget/").content.decode()
    assert "$0.00" in budgets
    assert "0.000000" not in budgets
