"""Links that show something to people without an account: made, listed, counted and revoked over the API."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from generation.models import Share
from mvsite.accounts.models import User
from mvsite.common.models import IdempotencyKey
from tests.support.rows import a_project, a_video, stranger

pytestmark = pytest.mark.django_db
SHARES = "/api/mv/shares/"


def opened(url: str) -> Any:
    return Client(HTTP_HOST="127.0.0.1").get(url.removeprefix("http://127.0.0.1"))


def test_a_link_is_made_listed_counted_and_revoked(api: APIClient, owner: User) -> None:
    project = a_project(owner, title="Storm")
    before = timezone.now()
    made = api.post(SHARES, {"project_id": str(project.pk), "expires_in_hours": 2}, format="json")
    assert made.status_code == 201
    link = made.json()
    assert (link["project_id"], link["video_id"], link["opened"], link["is_open"]) == (str(project.pk), None, 0, True)
    row = Share.objects.get(pk=link["id"])
    assert before + timedelta(hours=2) <= row.expires_at <= timezone.now() + timedelta(hours=2)

    assert b"Storm" in opened(link["url"]).content
    assert opened(link["url"]).status_code == 200
    listed = api.get(SHARES).json()["results"]
    assert [(each["id"], each["opened"], each["url"]) for each in listed] == [(link["id"], 2, link["url"])]
    assert api.get(f"{SHARES}{link['id']}/").json()["last_opened_at"] is not None

    assert api.delete(f"{SHARES}{link['id']}/").status_code == 204
    assert opened(link["url"]).status_code == 404
    ended = api.get(f"{SHARES}{link['id']}/").json()
    assert (ended["is_open"], ended["opened"]) == (False, 2)
    assert api.delete(f"{SHARES}{link['id']}/").status_code == 204


def test_a_link_lasts_a_week_when_nothing_is_said(api: APIClient, owner: User) -> None:
    link = api.post(SHARES, {"video_id": str(a_video(owner).pk)}, format="json").json()
    left = Share.objects.get(pk=link["id"]).expires_at - timezone.now()
    assert timedelta(hours=167.9) < left <= timedelta(hours=168)


@pytest.mark.parametrize(
    "body",
    [{}, {"video_id": str(uuid.UUID(int=1)), "project_id": str(uuid.UUID(int=1))}, {"project_id": "x"}]
    + [{"video_id": str(uuid.UUID(int=1)), "expires_in_hours": hours} for hours in (0, -1, 8761, "soon", 1e300)],
)
def test_a_link_needs_one_thing_and_a_decent_time(api: APIClient, body: dict[str, Any]) -> None:
    answer = api.post(SHARES, body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "user:request:invalid")
    assert Share.objects.count() == 0


@pytest.mark.parametrize("make", [a_project, a_video])
def test_things_of_others_and_in_the_trash_cannot_be_shared(api: APIClient, owner: User, make: Any) -> None:
    word = "project_id" if make is a_project else "video_id"
    thrown = make(owner)
    thrown.trashed_at = timezone.now()
    thrown.save()
    for row in (make(stranger()), thrown):
        assert api.post(SHARES, {word: str(row.pk)}, format="json").status_code == 404
    assert Share.objects.count() == 0


def test_links_of_others_are_unknown(api: APIClient) -> None:
    other = stranger()
    theirs = Share.objects.create(owner=other, video=a_video(other), expires_at=timezone.now() + timedelta(days=1))
    assert api.get(SHARES).json()["results"] == []
    assert api.get(f"{SHARES}{theirs.pk}/").status_code == 404
    assert api.delete(f"{SHARES}{theirs.pk}/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.revoked_at is None


def test_links_are_found_by_what_they_show_and_whether_they_work(api: APIClient, owner: User) -> None:
    video, project = a_video(owner), a_project(owner)
    links = [
        api.post(SHARES, body, format="json").json()["id"]
        for body in ({"video_id": str(video.pk)}, {"project_id": str(project.pk)}, {"project_id": str(project.pk)})
    ]
    api.delete(f"{SHARES}{links[2]}/")

    def ids(query: str) -> set[str]:
        return {row["id"] for row in api.get(f"{SHARES}?{query}").json()["results"]}

    assert ids(f"video_id={video.pk}") == {links[0]}
    assert ids(f"project_id={project.pk}&is_open=true") == {links[1]}
    assert ids("is_open=false") == {links[2]}


def test_a_public_address_is_in_the_link(api: APIClient, owner: User, settings: Settings) -> None:
    settings.MV_PUBLIC_URL = "https://studio.example"
    link = api.post(SHARES, {"video_id": str(a_video(owner).pk)}, format="json").json()
    assert link["url"].startswith("https://studio.example/share/")


def test_a_repeated_key_tells_the_link_as_it_is_and_keeps_no_secret(api: APIClient, owner: User) -> None:
    body, key = {"project_id": str(a_project(owner).pk)}, {"Idempotency-Key": "once"}

    def posted() -> Any:
        return api.post(SHARES, body, format="json", headers=key)

    first, again = posted(), posted()
    assert (first.status_code, again.status_code, again["Idempotent-Replayed"]) == (201, 201, "true")
    assert again.json() == first.json()
    kept = str(list(IdempotencyKey.objects.values()))
    assert first.json()["url"].rsplit(".", 1)[1].strip("/") not in kept
    assert "/share/" not in kept
    api.delete(f"{SHARES}{first.json()['id']}/")
    ended = posted()
    assert (ended.status_code, ended.json()["is_open"], ended["Idempotent-Replayed"]) == (201, False, "true")
    assert Share.objects.count() == 1
    Share.objects.all().delete()
    assert posted().status_code == 404
