"""Several people at one web server without workers: who may only look, money left, stuck work, pages that refuse."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.browser import Trouble, accessible
from tests.support.processes import ran, running_studio
from tests.support.studio_page import card, open_studio, read

pytestmark = [pytest.mark.network_loopback, pytest.mark.long]
PASSWORD = "correct horse battery staple"
SETTINGS = {
    "MV_AUTH": "required",
    "MV_BUDGET_USER_USD": "12.50",
    "SECRET_KEY": "a key for tests that is long enough for the check, and no secret",
    "ALLOWED_HOSTS": "127.0.0.1",
}
PROJECT = "5f0e8f5b-6f0f-4c2e-9f0c-0d5d5b0d4c11"
FILL = f"""
from datetime import timedelta
from generation import jobs
from generation.choices import JobKind
from generation.models import Job, Project
from generation.services.members import member_set
from generation.services.scenes import scene_edit
from generation.services.storyboard import scene_add, scene_trash
from mvsite.accounts.models import User
ada, ben, cid, eve = (User.objects.create_user(name, password={PASSWORD!r}, is_staff=name == "eve")
                      for name in ("ada", "ben", "cid", "eve"))
project = Project.objects.create(pk="{PROJECT}", owner=ada, title="Harbour", idea="A storm. The keeper runs.",
                                 character_description="A tall man in a red coat")
for text in ("A boat crosses the harbour. The lamp on the mast swings.", "A gull.", "Fog."):
    scene = scene_add(project=project, description=text)
scene_trash(scene=scene)
scene_edit(scene=project.scenes.get(index=1), description="A gull on a mast.")
scene_edit(scene=project.scenes.get(index=1), description="A gull.")
member_set(project=project, username="ben", role="view", by=ada)
member_set(project=project, username="cid", role="edit", by=ada)
late, failed = (jobs.enqueue(kind=JobKind.CLIP, owner=ada, params={{"prompt": "a storm"}}, project=project,
                             scene=project.scenes.get(index=index), provider="sample") for index in (0, 1))
Job.objects.filter(pk=late.pk).update(next_at=late.next_at - timedelta(minutes=2))
Job.objects.filter(pk=failed.pk).update(failures=1, next_at=failed.next_at + timedelta(minutes=50))
"""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a web server and no worker, with four people, one project, a clip that nobody takes and one that failed."""
    folder = tmp_path_factory.mktemp("studio")
    with running_studio(folder, "--only", "web", **SETTINGS) as running:
        filled = ran(folder, "manage.py", "shell", "-c", FILL, **SETTINGS)
        assert filled.returncode == 0, filled.stderr
        yield running.url


def sign_in(page: Page, name: str) -> Page:
    page.goto("/sign-in/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    return page


def may_share(page: Page) -> bool:
    """Say whether the button would be seen if there were a film."""
    button = page.locator("mv-final-card [data-part=share]")
    seen: bool = button.evaluate("(node) => { node.hidden = false; return node.checkVisibility(); }")
    return seen


def test_who_may_only_look_is_offered_nothing_that_would_be_refused(page: Page, trouble: Trouble) -> None:
    open_studio(sign_in(page, "ben"), PROJECT)
    expect(page.locator("main")).to_contain_text("This is a project of ada. You may look at it, not change it.")
    expect(card(page, 2)).to_contain_text("A gull.")
    page.locator("summary", has_text="Configuration").click()
    expect(page.get_by_label("Flavor")).to_be_disabled()
    expect(page.get_by_label("Cut", exact=True)).to_be_disabled()
    if not page.get_by_label("Idea").is_visible():
        page.locator("summary", has_text="Input Data").click()
    expect(page.get_by_label("Idea")).to_have_attribute("readonly", "")
    expect(page.get_by_text("No song yet")).to_be_visible()
    offered = page.locator("main :is(button, input, select, summary):not([readonly]):enabled:visible")
    expect(
        offered.filter(has_text=re.compile("Generate|clip|Edit|Stop|order|Share|Stitch|Save|portrait|Earlier"))
    ).to_have_count(0)
    expect(page.get_by_label("Upload a song")).to_be_hidden()
    expect(page.get_by_text("Removed scenes")).to_be_hidden()
    accessible(page)
    second = card(page, 2)
    second.locator("h3").focus()
    for key in ("e", "r", "Control+Enter"):
        page.keyboard.press(key)
    expect(second.get_by_label("Scene text")).to_be_hidden()
    clip, _ = read(page, f"/api/mv/jobs/?project={PROJECT}&ordering=queued_at")["results"]
    page.goto(f"/result/job_{clip['id']}/")
    expect(page.locator('[data-part="badge"]')).to_have_text("Queued")
    expect(page.locator("mv-job-progress")).to_contain_text("No worker takes it.")
    expect(page.get_by_role("button", name="Cancel")).to_be_hidden()
    page.goto("/")
    expect(page.locator("li.project")).to_contain_text("by ada")
    expect(page.get_by_role("button", name=re.compile("to the trash"))).to_have_count(0)
    trouble.check()


def test_who_may_edit_is_offered_all_but_what_is_the_owners(page: Page, trouble: Trouble) -> None:
    open_studio(sign_in(page, "cid"), PROJECT)
    expect(card(page, 2).get_by_role("button", name="Earlier texts")).to_be_visible()
    page.get_by_text("Removed scenes (1)").click()
    expect(page.locator("mv-removed-scenes")).to_contain_text("Fog.")
    card(page, 2).get_by_role("button", name="Edit").click()
    card(page, 2).get_by_label("Scene text").fill("A gull on a rail.")
    card(page, 2).get_by_role("button", name="Save").click()
    expect(card(page, 2).locator(".scene-text")).to_have_text("A gull on a rail.")
    expect(page.locator("main")).not_to_contain_text("You may look at it")
    assert not may_share(page)
    trouble.check()


def test_what_is_left_of_a_budget_and_why_work_stands_still_is_said(page: Page, trouble: Trouble) -> None:
    open_studio(sign_in(page, "ada"), PROJECT)
    assert may_share(page)
    expect(page.locator("mv-summary-bar")).to_contain_text("budget left $12.50")
    expect(card(page, 1)).to_contain_text("No worker takes it. Is the studio's worker running? ./studio doctor says.")
    expect(card(page, 2)).to_contain_text(re.compile(r"That did not work; tried again in [45]\d:\d\d"))
    accessible(page)
    page.goto("/")
    page.get_by_role("button", name="Move Harbour to the trash").wait_for()
    trouble.check()


def test_words_of_the_scene_take_turns_while_it_waits(page: Page) -> None:
    page.clock.install(time=0)
    open_studio(sign_in(page, "ada"), PROJECT)
    page.clock.pause_at(126)  # the middle of a turn of twelve seconds: how long the machine takes counts for nothing
    snippet = card(page, 1).locator(".scene-status .snippet")
    page.clock.run_for(1_000)
    expect(snippet).to_have_text("on “A boat crosses the harbour.”")
    page.clock.run_for(12_000)
    expect(snippet).to_have_text("on “The lamp on the mast swings.”")
    page.clock.run_for(12_000)
    expect(snippet).to_have_text("on “A boat crosses the harbour.”")


def test_pages_that_refuse_say_what_to_do(page: Page, context: BrowserContext, trouble: Trouble) -> None:
    trouble.expect("status of 403")
    sign_in(page, "eve")
    answer = page.goto("/admin/generation/job/")
    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text("This is not for you to see or change")
    accessible(page)
    context.clear_cookies()
    page.goto("/sign-in/")
    context.clear_cookies()
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This page was open too long")
    accessible(page)
