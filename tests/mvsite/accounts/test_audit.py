"""The audit log: what gets into it, and that nothing of it is ever changed."""

from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django.fixtures import Settings

from assets.services.videos import video_upload
from assets.signed import signed_url
from generation.services.shares import share_create, share_token
from mvsite.accounts.audit import audit
from mvsite.accounts.models import AuditEntry, User
from tests.support.clips import marker_clip
from tests.support.people import PASSWORD, accounts, browser, person, program, session
from tests.support.rows import a_video

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def with_accounts(settings: Settings) -> None:
    accounts(settings)


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("at").values_list("action", flat=True))


def test_a_row_is_written_once() -> None:
    row = audit("thing.done")
    row.action = "nothing.done"
    for change in (
        row.save,
        row.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(action="x"),
    ):
        with pytest.raises(TypeError, match="only ever added to"):
            change()
    assert actions() == ["thing.done"]


@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_auditentry SET action = 'x'", "DELETE FROM accounts_auditentry"]
)
def test_the_database_itself_refuses_changes(statement: str) -> None:
    audit("thing.done")
    with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert actions() == ["thing.done"]


def test_not_even_a_superuser_changes_it_in_the_admin() -> None:
    client = browser(person("boss", is_staff=True, is_superuser=True))
    row = audit("thing.done")
    page = f"/admin/accounts/auditentry/{row.pk}"
    assert client.get(f"{page}/change/").status_code == 200
    assert client.post(f"{page}/change/", {"action": "x"}).status_code == 403
    assert client.post(f"{page}/delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/accounts/auditentry/add/").status_code == 403
    assert AuditEntry.objects.get(pk=row.pk).action == "thing.done"


def test_signing_in_and_being_refused_are_written_down() -> None:
    person("ada")
    for password in ("wrong", PASSWORD):
        browser().post("/sign-in/", {"username": "ada", "password": password}, REMOTE_ADDR="192.0.2.9")
    told = [(row.action, row.by_name, row.address) for row in AuditEntry.objects.order_by("at")]
    assert told == [("sign_in.refused", "", "192.0.2.9"), ("sign_in.succeeded", "ada", "192.0.2.9")]
    assert PASSWORD not in str(list(AuditEntry.objects.values()))


def test_using_a_link_is_written_down_without_the_link() -> None:
    ada = person("ada")
    share = share_create(owner=ada, video=a_video(ada))
    token = share_token(share)
    browser().get(f"/share/{token}/")
    browser().get(f"/share/{token}/video/{share.video_id}")
    rows = list(AuditEntry.objects.order_by("at"))
    assert [(row.action, row.owner_id, row.by_id, row.via) for row in rows] == [
        ("share.opened", ada.pk, None, str(share.pk)),
        ("share.played", ada.pk, None, str(share.pk)),
    ]
    assert token.split(".")[1] not in str([row.detail for row in rows])


@pytest.mark.parametrize("method", ["get", "head"])
def test_every_address_that_plays_a_shared_film_is_written_down(method: str) -> None:
    ada = person("ada")
    share = share_create(owner=ada, video=a_video(ada))
    answer = getattr(browser(), method)(f"/share/{share_token(share)}/video/{share.video_id}")
    assert answer["Location"].startswith(f"/media/video/{share.video_id}?")
    row = AuditEntry.objects.get()
    assert (row.action, row.owner_id, row.object_id) == ("share.played", ada.pk, str(share.video_id))


def test_what_a_token_changes_is_written_down_and_looking_once_a_minute() -> None:
    client = program(person("ada"))
    for _ in range(3):
        client.get("/api/mv/projects/")
    client.post("/api/mv/projects/", {"title": "x"}, format="json")
    told: list[Any] = [(row.action, row.by_name, row.detail["method"]) for row in AuditEntry.objects.order_by("at")]
    assert told == [("token.used", "ada", "GET"), ("token.used", "ada", "POST")]


def test_what_staff_open_and_change_in_the_admin_is_written_down() -> None:
    boss, ada = person("boss", is_staff=True, is_superuser=True), person("ada")
    client = browser(boss)
    page = f"/admin/accounts/user/{ada.pk}/change/"
    client.get("/admin/accounts/user/")
    client.get(page)
    client.post(page, {"username": "ada2", "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"})
    rows = list(AuditEntry.objects.order_by("at"))
    assert [(row.action, row.by_name, row.detail["row"]) for row in rows] == [
        ("admin.looked", "boss", str(ada.pk)),
        ("admin.changed", "boss", str(ada.pk)),
    ]


def test_what_staff_add_in_the_admin_is_named() -> None:
    client = browser(person("boss", is_staff=True, is_superuser=True))
    words = {"username": "cid", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/admin/accounts/user/add/", words).status_code == 302
    row = AuditEntry.objects.get()
    cid = User.objects.get(username="cid")
    assert (row.action, row.object_id, row.owner_id) == ("admin.changed", str(cid.pk), cid.pk)


def test_what_is_undone_is_not_told() -> None:
    session(person("ada"))
    with transaction.atomic():
        audit("thing.done")
        transaction.set_rollback(True)
    assert actions() == []


def test_staff_who_watch_a_film_by_its_signed_address_are_told_once_an_hour(tmp_path: Path) -> None:
    ada, boss = person("ada"), person("boss", is_staff=True)
    film = video_upload(owner=ada, path=marker_clip(tmp_path / "film.mp4", seconds=1))
    address = signed_url(film)
    for client in (browser(), browser(ada), browser(person("ben"))):
        assert client.get(address).status_code == 200
    assert actions() == []
    for _ in range(3):
        assert browser(boss).get(address, headers={"Range": "bytes=0-9"}).status_code == 206
    row = AuditEntry.objects.get()
    assert (row.action, row.by_name, row.object_id, row.owner_id) == ("video.watched", "boss", str(film.pk), ada.pk)
    assert address.partition("&s=")[2] not in str(row.detail)
