"""The studio page when words cannot be written, when a writing waits for a person, and when a whole run ends badly."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import UNWRITABLE_WORD
from tests.support.browser import Trouble, accessible
from tests.support.processes import Studio, ran
from tests.support.studio_page import (
    MADE_WITHIN_MS,
    a_project,
    badge,
    card,
    change,
    make,
    open_studio,
    read,
    standing_still,
    stop_all,
)

pytestmark = [pytest.mark.network_loopback, pytest.mark.long]
UNDECIDED = "Something may have been bought and nobody can tell"
END = """
from uuid import UUID
from generation import jobs
from mvsite.common.errors import UserError
jobs.claim(UUID("{job}")).{how}(UserError("{code}"))
"""


def end(studio: Studio, job: str, how: str, code: str) -> None:
    """End a job as a worker that holds it does; the studio's own must stand still."""
    done = ran(studio.data_dir, "manage.py", "shell", "-c", END.format(job=job, how=how, code=code))
    assert done.returncode == 0, done.stderr


def stopped(studio: Studio) -> Any:
    return standing_still(studio, "-n provider@")


@contextmanager
def held(page: Page, studio: Studio, path: str) -> Iterator[str]:
    """Start work while nobody takes it; give its id."""
    with stopped(studio):
        yield make(page, path)["id"]


def told(page: Page) -> Locator:
    """Give what the page says of the whole project."""
    return page.locator("[data-part=trouble_place]")


def words(page: Page, number: int) -> Locator:
    return card(page, number).locator("mv-scene-text")


def test_a_text_that_could_not_be_written_is_told_until_there_are_newer_words(page: Page, trouble: Trouble) -> None:
    project = a_project(page, "First words.", "Second words.", idea=f"An {UNWRITABLE_WORD} pier")
    open_studio(page, project)
    second = words(page, 2)
    second.get_by_role("button", name="Regenerate scene text").click()
    problem = second.locator("[data-part=trouble]")
    expect(problem).to_contain_text("The text of scene 2 failed: Refused by", timeout=MADE_WITHIN_MS)
    expect(problem).to_contain_text("It cost nothing. The text before it is still there.")
    expect(page.locator("#announcements")).to_have_text("The text of scene 2 failed.")
    expect(second.locator(".scene-text")).to_have_text("Second words.")
    expect(badge(page, 2)).to_have_text("No clip yet")
    expect(words(page, 1).locator("[data-part=trouble]")).to_be_hidden()
    accessible(page)
    page.reload()
    expect(problem).to_contain_text("The text of scene 2 failed: Refused by")
    (job,) = read(page, f"/api/mv/jobs/?project={project}&kind=scenes")["results"]
    expect(second.get_by_role("link", name="Details")).to_have_attribute("href", f"/result/job_{job['id']}/")
    second.get_by_role("button", name="Change the words").click()
    expect(second.get_by_label("Scene text")).to_be_focused()
    second.get_by_role("button", name="Cancel").click()
    change(page, f"/api/mv/projects/{project}", idea="A pier")
    second.get_by_role("button", name="Retry").click()
    expect(second.locator(".scene-text")).not_to_have_text("Second words.", timeout=MADE_WITHIN_MS)
    expect(problem).to_be_hidden()
    expect(page.locator("#toasts")).to_contain_text("The text of scene 2 is written anew.")
    trouble.check()


def test_words_of_ones_own_end_what_is_told_of_a_failed_text(page: Page) -> None:
    project = a_project(page, "First words.", idea=f"An {UNWRITABLE_WORD} pier")
    (scene,) = read(page, f"/api/mv/projects/{project}")["scenes"]
    make(page, f"/api/mv/scenes/{scene['id']}/regenerate")
    open_studio(page, project)
    problem = words(page, 1).locator("[data-part=trouble]")
    expect(problem).to_contain_text("The text of scene 1 failed", timeout=MADE_WITHIN_MS)
    change(page, f"/api/mv/scenes/{scene['id']}", description="Words of one's own.")
    expect(problem).to_be_hidden()
    expect(words(page, 1).get_by_role("link", name="Details")).to_be_hidden()


def test_the_writing_of_a_text_can_be_stopped(page: Page, processes: Studio, trouble: Trouble) -> None:
    project = a_project(page, "First words.")
    open_studio(page, project)
    first = words(page, 1)
    stop = first.get_by_role("button", name="Stop")
    expect(stop).to_be_hidden()
    with stopped(processes):
        first.get_by_role("button", name="Regenerate scene text").click()
        stop.click()
        expect(stop).to_be_hidden()
    expect(first.get_by_role("button", name="Regenerate scene text")).to_be_enabled()
    (job,) = read(page, f"/api/mv/jobs/?project={project}")["results"]
    assert job["state"] == "canceled"
    expect(first.locator(".scene-text")).to_have_text("First words.")
    expect(first.locator("[data-part=trouble]")).to_be_hidden()
    trouble.check()


def test_a_text_that_waits_for_a_person_leads_to_the_decision(page: Page, processes: Studio, trouble: Trouble) -> None:
    project = a_project(page, "First words.")
    (scene,) = read(page, f"/api/mv/projects/{project}")["scenes"]
    open_studio(page, project)
    with held(page, processes, f"/api/mv/scenes/{scene['id']}/regenerate") as job:
        end(processes, job, "hand_to_person", "user:job:needs_review")
    first = words(page, 1)
    problem = first.locator("[data-part=trouble]")
    expect(problem).to_contain_text(f"The text of scene 1 waits for your decision: {UNDECIDED}")
    expect(first.get_by_role("button", name="Regenerate scene text")).to_be_disabled()
    accessible(page)
    page.reload()
    expect(first.get_by_role("button", name="Regenerate scene text")).to_be_disabled()
    first.get_by_role("link", name="Decide").click()
    page.get_by_role("button", name="It was bought: do not send it again").click()
    expect(page.locator('[data-part="badge"]')).to_have_text("Failed")
    page.go_back()
    expect(problem).to_contain_text("The text of scene 1 failed")
    expect(first.get_by_role("button", name="Regenerate scene text")).to_be_enabled()
    trouble.check()


def test_scenes_that_wait_for_a_person_lead_to_the_decision(page: Page, processes: Studio, trouble: Trouble) -> None:
    project = a_project(page, number_of_scenes=1)
    open_studio(page, project)
    with stopped(processes):
        job = make(page, "/api/mv/create_scenes", project_id=project, idea="x", character_description="y")["id"]
        end(processes, job, "hand_to_person", "user:job:needs_review")
        page.get_by_role("button", name="Generate Videos").click()  # the run waits for the same scenes
    expect(told(page)).to_contain_text(f"The scenes wait for your decision: {UNDECIDED}")
    expect(page.locator("mv-summary-bar")).to_contain_text("No scenes yet")
    expect(page.locator(".notice", has_text="Nothing is made yet")).to_be_hidden()
    accessible(page)
    page.reload()
    told(page).get_by_role("link", name="Decide").click()
    page.get_by_role("button", name="Nothing was bought: send it again").click()
    expect(page.locator('[data-part="badge"]')).to_have_text("Done", timeout=MADE_WITHIN_MS)
    page.go_back()
    expect(card(page, 1).locator(".scene-text")).to_contain_text(re.compile(r"\w{3}"), timeout=MADE_WITHIN_MS)
    expect(told(page)).to_be_hidden()
    stop_all(page, project)
    trouble.check()


def test_a_run_that_failed_is_told_until_the_next_one(page: Page, processes: Studio, trouble: Trouble) -> None:
    project = a_project(page, "First words.", "Second words.")
    open_studio(page, project)
    with held(page, processes, f"/api/mv/projects/{project}/run") as run:
        expect(page.get_by_role("button", name="Stop").first).to_be_visible()
        end(processes, run, "fail", "user:cost:over_budget")
    expect(told(page)).to_contain_text("Not everything could be made:")
    expect(told(page)).to_contain_text("budget")
    expect(badge(page, 1)).to_have_text("No clip yet")
    accessible(page)
    page.reload()
    expect(told(page)).to_contain_text("Not everything could be made:")
    expect(told(page).get_by_role("link", name="Details")).to_have_attribute("href", f"/result/job_{run}/")
    with stopped(processes):
        page.get_by_role("button", name="Generate 2 clips").click()
        expect(told(page)).to_be_hidden()
        page.get_by_role("button", name="Stop").first.click()
    expect(told(page)).to_be_hidden()
    trouble.check()


def test_a_run_that_failed_is_not_told_any_more_when_a_person_goes_on(page: Page, processes: Studio) -> None:
    project = a_project(page, "First words.", "Second words.")
    with held(page, processes, f"/api/mv/projects/{project}/run") as run:
        end(processes, run, "fail", "user:cost:over_budget")
        open_studio(page, project)
        expect(told(page)).to_contain_text("Not everything could be made:")
        card(page, 1).get_by_role("button", name="Make clip").click()
        expect(told(page)).to_be_hidden()
    stop_all(page, project)


def test_scenes_that_could_not_be_written_are_told_once(page: Page) -> None:
    project = a_project(page, idea=f"An {UNWRITABLE_WORD} pier")
    open_studio(page, project)
    page.get_by_role("button", name="Generate Videos").click()
    expect(told(page)).to_contain_text("The scenes could not be written: Refused by", timeout=MADE_WITHIN_MS)
    expect(told(page)).to_contain_text("It cost nothing.")
    expect(page.get_by_role("button", name="Generate Videos")).to_be_visible()  # the run has ended, too
    expect(page.locator("mv-studio-page .problem:visible")).to_have_count(1)
