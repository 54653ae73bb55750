"""Headers of every answer: what a page may ask the browser for, and what no cache may keep."""

import pytest
from django.test import Client

from generation.models import Project
from generation.services.shares import share_create, share_token
from mvsite.accounts.models import User
from tests.support.admin import signed_in

pytestmark = pytest.mark.django_db
PRIVATE = "private, no-store"


@pytest.fixture
def visitor(owner: User) -> Client:
    return Client(HTTP_HOST="127.0.0.1")


@pytest.fixture
def project(owner: User) -> Project:
    return Project.objects.create(owner=owner, idea="A pier")


@pytest.mark.parametrize("path", ["mv/projects/", "mv/jobs/", "mv/videos/", "mv/usage", "account", "mv/flavors/"])
def test_no_cache_keeps_what_the_api_tells(visitor: Client, path: str) -> None:
    answer = visitor.get(f"/api/{path}")
    assert (answer.status_code, answer["Cache-Control"]) == (200, PRIVATE)


def test_no_cache_keeps_what_was_made_or_refused(visitor: Client, project: Project) -> None:
    made = visitor.post("/api/mv/projects/", {"idea": "A boat"}, content_type="application/json")
    assert (made.status_code, made["Cache-Control"]) == (201, PRIVATE)
    for path, status in (("/api/mv/projects/nothing", 400), ("/api/nothing", 404)):
        refused = visitor.get(path)
        assert (refused.status_code, refused["Cache-Control"]) == (status, PRIVATE)
    far = Client(HTTP_HOST="127.0.0.1", REMOTE_ADDR="192.0.2.7").get(f"/api/mv/projects/{project.pk}")
    assert (far.status_code, far["Cache-Control"]) == (403, PRIVATE)


def test_what_says_itself_how_it_may_be_kept_stays_so(visitor: Client, project: Project) -> None:
    path = f"/api/mv/projects/{project.pk}/events?after=0"
    first = visitor.get(path)
    again = visitor.get(path, headers={"If-None-Match": first["ETag"]})
    assert [(answer.status_code, answer["Cache-Control"]) for answer in (first, again)] == [
        (200, "private, no-cache"),
        (304, "private, no-cache"),
    ]
    assert visitor.get("/api/mv/providers")["Cache-Control"] == "private, max-age=5"
    assert visitor.get("/texts/de.js")["Cache-Control"] == "public, max-age=3600"


def test_a_page_has_no_camera_and_may_play_and_copy(visitor: Client, owner: User, project: Project) -> None:
    share = share_create(owner=owner, project=project)
    shared = f"/share/{share_token(share)}/"
    for path in ("/create/", shared, "/share/gone/", "/sign-in/", "/health/live", "/api/mv/projects/", "/nothing"):
        policy = visitor.get(path)["Permissions-Policy"].split(", ")
        for denied in ("camera", "microphone", "geolocation", "payment", "usb", "display-capture"):
            assert f"{denied}=()" in policy, path
        for allowed in ("fullscreen", "autoplay", "clipboard-write", "picture-in-picture"):
            assert f"{allowed}=(self)" in policy, path
    assert visitor.get(shared)["Cache-Control"] == PRIVATE


def test_the_admin_has_both(owner: User) -> None:
    answer = signed_in(owner).get("/admin/generation/job/")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert "camera=()" in answer["Permissions-Policy"]
