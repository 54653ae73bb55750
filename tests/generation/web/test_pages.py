"""The pages as a browser gets them: what is there, for whom, under which policy."""

import json
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from generation import jobs
from generation.choices import JobKind
from generation.models import Job, Project
from generation.services.projects import project_create
from generation.services.storyboard import scene_add
from generation.web.shelf import beginning
from mvsite.accounts.models import User


@pytest.fixture
def browser(owner: User) -> Client:
    """Return a browser on the studio's own machine."""
    return Client(HTTP_HOST="127.0.0.1")


@pytest.fixture
def project(owner: User) -> Project:
    """Return a project with two scenes."""
    made = project_create(owner=owner, idea="A lighthouse <b>keeper</b> dances", character_description="Red hair")
    for words in ("Wide shot of the sea", "Close-up of the keeper"):
        scene_add(project=made, description=words)
    return made


def embedded(html: str, name: str = "snapshot") -> Any:
    """Read the JSON that a page carries for its modules."""
    found = re.search(rf'<script id="{name}" type="application/json">(.*?)</script>', html, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


@pytest.mark.parametrize("path", ["/", "/create/", "/create", "/quick-gen-page", "/quick-gen-page/"])
def test_a_page_answers_when_there_is_nothing_yet(browser: Client, path: str) -> None:
    answer = browser.get(path)

    assert answer.status_code == 200
    assert 'href="/create/"' in answer.content.decode()


def test_a_studio_without_a_project_leads_to_create(browser: Client) -> None:
    html = browser.get("/quick-gen-page").content.decode()

    assert "There is no project yet" in html
    assert '<a class="button primary large" href="/create/">' in html


def test_every_page_says_that_nothing_needs_a_key(browser: Client) -> None:
    assert "no keys, no network, no cost" in browser.get("/create/").content.decode()


def test_the_policy_forbids_everything_that_is_not_ours(browser: Client) -> None:
    policy = f"{browser.get('/create/')['Content-Security-Policy']};"

    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "trusted-types 'none'" in policy


def test_projects_are_listed_with_escaped_words(browser: Client, project: Project) -> None:
    html = browser.get("/").content.decode()

    assert f"/studio/{project.pk}/" in html
    assert "A lighthouse &lt;b&gt;keeper&lt;/b&gt; dances" in html
    assert "2 scenes" in html


def test_the_list_takes_as_many_queries_for_ten_projects_as_for_one(
    browser: Client, owner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(10):
        project_create(owner=owner, idea=f"Idea {number}")
    browser.get("/")

    with django_assert_num_queries(3):  # the owner, how many, the page of them
        browser.get("/")


def test_a_studio_carries_its_snapshot(browser: Client, project: Project) -> None:
    snapshot = embedded(browser.get(f"/studio/{project.pk}/").content.decode())

    assert snapshot["project"]["id"] == str(project.pk)
    assert [scene["description"] for scene in snapshot["project"]["scenes"]] == [
        "Wide shot of the sea",
        "Close-up of the keeper",
    ]
    assert snapshot["project"]["cursor"] > 0
    assert snapshot["jobs"] == []


def test_quick_gen_page_opens_the_newest_project_or_the_one_named(
    browser: Client, owner: User, project: Project
) -> None:
    newest = project_create(owner=owner, idea="Newer")

    assert browser.get("/quick-gen-page")["Location"] == f"/studio/{newest.pk}/"
    assert browser.get(f"/quick-gen-page?project={project.pk}")["Location"] == f"/studio/{project.pk}/"
    assert browser.get("/quick-gen-page?project=nonsense").status_code == 404


def test_a_project_of_somebody_else_is_not_there(browser: Client) -> None:
    stranger = User.objects.create(username="stranger")
    theirs = project_create(owner=stranger, idea="Mine alone")

    assert browser.get(f"/studio/{theirs.pk}/").status_code == 404
    assert "Mine alone" not in browser.get("/").content.decode()


@pytest.mark.parametrize(
    "path", [f"/studio/{uuid.UUID(int=0)}/", f"/result/job_{uuid.UUID(int=0)}/", "/nothing", "/studio/x/"]
)
def test_an_unknown_address_is_a_page_that_leads_on(browser: Client, path: str) -> None:
    answer = browser.get(path)

    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.content.decode()


def test_a_job_shows_what_went_in(browser: Client, owner: User, project: Project) -> None:
    job = jobs.enqueue(
        kind=JobKind.SCENES, owner=owner, project=project, params={"idea": "The sea", "number_of_scenes": 3}
    )

    html = browser.get(f"/result/job_{job.pk}/").content.decode()

    assert embedded(html)["job"]["state"] == "queued"
    assert "<dd>The sea</dd>" in html
    assert Job.objects.count() == 1


@pytest.mark.parametrize(("cookie", "mark"), [("dark", 'data-theme="dark"'), ("light", 'data-theme="light"')])
def test_the_choice_of_light_or_dark_is_drawn_by_the_server(browser: Client, cookie: str, mark: str) -> None:
    browser.cookies["mv_theme"] = cookie
    assert mark in browser.get("/").content.decode()


def test_an_invented_theme_is_ignored(browser: Client) -> None:
    browser.cookies["mv_theme"] = "x"
    assert "data-theme" not in browser.get("/").content.decode()


def test_a_studio_with_log_in_sends_strangers_to_it(browser: Client, settings: Settings) -> None:
    settings.MV_AUTH = "required"
    settings.ALLOWED_HOSTS = ["127.0.0.1"]

    assert browser.get("/create/")["Location"].startswith(settings.LOGIN_URL)


def test_pages_are_read_only(browser: Client) -> None:
    assert browser.post("/create/").status_code == 405


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", ""),
        ("  A calm\n sea ", "A calm sea"),
        (
            "A lighthouse keeper dances through one stormy night and wakes",
            "A lighthouse keeper dances through one stormy night and…",
        ),
        ("x" * 80, "x" * 59 + "…"),
    ],
)
def test_a_project_without_a_title_is_called_by_the_beginning_of_its_idea(text: str, name: str) -> None:
    assert beginning(text) == name
