"""What staff do in the admin is in the audit log: which row it was about, whose that is, and what was searched."""

import uuid
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.test import Client

from flavors.services import flavors_sync
from generation.choices import JobState
from generation.models import Job
from mvsite.accounts import admin_audit
from mvsite.accounts.models import AuditEntry, User
from tests.support import needs
from tests.support.admin import JOBS, PROJECTS, STUCK, VIDEOS, act, sheet
from tests.support.people import person
from tests.support.processes import ran
from tests.support.rows import a_job, a_project, a_video, stranger

pytestmark = pytest.mark.django_db


def noted() -> list[tuple[Any, ...]]:
    rows = AuditEntry.objects.order_by("at")
    return [(row.action, row.object_kind, row.object_id, row.owner_id) for row in rows]


def test_pages_of_one_row_name_it_and_its_owner(staff: Client) -> None:
    ada = stranger()
    project, video, job = a_project(ada, scenes=1), a_video(ada), a_job(ada)
    people = f"/admin/accounts/user/{ada.pk}/"
    for page in (f"{PROJECTS}{project.pk}/change/", f"{VIDEOS}{video.pk}/history/", f"{JOBS}{job.pk}/change/", people):
        assert staff.get(page, follow=True).status_code == 200
    staff.post(f"{VIDEOS}{video.pk}/change/", {"title": "New", "tags": '["x"]', "rating": "3"})
    video.refresh_from_db()
    assert video.title == "New"
    assert noted() == [
        ("admin.looked", "project", str(project.pk), ada.pk),
        ("admin.looked", "video", str(video.pk), ada.pk),
        ("admin.looked", "job", str(job.pk), ada.pk),
        ("admin.looked", "user", str(ada.pk), ada.pk),
        ("admin.changed", "video", str(video.pk), ada.pk),
    ]


def test_a_row_that_is_deleted_is_named(staff: Client) -> None:
    ada = person("ada")
    assert staff.post(f"/admin/accounts/user/{ada.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=ada.pk).exists()
    assert noted() == [("admin.changed", "user", str(ada.pk), ada.pk)]


def test_what_would_be_sent_is_a_look_at_the_project(staff: Client) -> None:
    flavors_sync()
    ada = stranger()
    project = a_project(ada, scenes=1)
    for query in (f"?project={project.pk}", "?idea=x", f"?project={uuid.uuid4()}"):
        assert staff.get(f"{PROJECTS}sent/{query}").status_code == 200
    assert noted() == [("admin.looked", "project", str(project.pk), ada.pk)]


def test_an_action_is_told_for_each_row_whose_owners_differ(staff: Client) -> None:
    ada, ben = person("ada"), person("ben")
    videos = [a_video(ada), a_video(ben)]
    told = {("admin.changed", "video", str(row.pk), row.owner_id) for row in videos}
    for action in ("trash", "as_table"):
        before = len(noted())
        act(staff, VIDEOS, action, *videos)
        assert set(noted()[before:]) == told
        assert len(noted()) == before + 2
    assert {row.detail["did"] for row in AuditEntry.objects.all()} == {"trash", "as_table"}


def test_an_action_on_the_whole_list_names_its_rows_up_to_a_bound(staff: Client, monkeypatch: Any) -> None:
    ada, ben = person("ada"), person("ben")
    mine, hers = [a_video(ada, kind="upload") for _ in range(3)], a_video(ben, kind="clip")
    words = {"select_across": "1", "index": "0"}
    act(staff, f"{VIDEOS}?kind__exact=upload", "favour", mine[0], **words)
    assert {row[2] for row in noted()} == {str(row.pk) for row in mine}
    assert str(hers.pk) not in str(noted())
    monkeypatch.setattr(admin_audit, "MOST_ROWS", 2)
    before = len(noted())
    act(staff, VIDEOS, "favour", mine[0], **words)
    *first, last = noted()[before:]
    assert (len(first), last[2]) == (2, "")
    assert AuditEntry.objects.order_by("-at")[0].detail["more"] is True


def test_of_a_list_that_is_edited_the_changed_rows_are_told(staff: Client) -> None:
    ada = stranger()
    changed, same = a_video(ada), a_video(ada, rating=4)
    sheet(4, changed, same, client=staff)
    changed.refresh_from_db()
    assert changed.rating == 4
    assert noted() == [("admin.changed", "video", str(changed.pk), ada.pk)]


def test_work_that_is_rung_again_is_told(staff: Client) -> None:
    ada = stranger()
    job = a_job(ada)
    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED)
    staff.post(STUCK, {"job": str(job.pk)})
    assert noted() == [("admin.changed", "job", str(job.pk), ada.pk)]


def test_a_search_is_told_once_with_its_words(staff: Client) -> None:
    for query in ("q=secret+idea", "q=secret+idea&p=1", "q=another", "", "q="):
        assert staff.get(f"{PROJECTS}?{query}").status_code in {200, 302}
    rows = AuditEntry.objects.order_by("at")
    assert [(row.action, row.detail["query"], row.detail["path"]) for row in rows] == [
        ("admin.searched", "secret idea", PROJECTS),
        ("admin.searched", "another", PROJECTS),
    ]


@pytest.mark.parametrize(
    "path",
    [
        f"{VIDEOS}?owner_name=%00",
        f"{JOBS}?provider=%00",
        f"{JOBS}?state__exact=%00",
        f"{PROJECTS}sent/?flavor=%00",
        f"{PROJECTS}sent/?idea=a%00b",
    ],
)
def test_what_no_database_can_look_up_is_refused(staff: Client, path: str) -> None:
    assert staff.get(path).status_code == 400


@pytest.mark.parametrize("job", ["x", "\0", str(uuid.UUID(int=1))[:-1]])
def test_malformed_ids_are_no_fault_of_ours(staff: Client, job: str) -> None:
    staff.raise_request_exception = False
    assert staff.post(STUCK, {"job": job}).status_code == 400
    assert staff.post(VIDEOS, {"action": "favour", "_selected_action": job}).status_code == 400
    assert staff.get(f"{VIDEOS}{job.strip(chr(0)) or 'x'}/change/").status_code == 302
    assert noted()[1:] == []


@pytest.mark.network_loopback
def test_postgresql_refuses_to_empty_the_audit_log(data_dir: Path) -> None:
    server, name = needs.postgresql(), f"audit_{uuid.uuid4().hex[:8]}"
    url = f"{server.rpartition('/')[0]}/{name}"
    with psycopg.connect(server, autocommit=True) as line:
        line.execute(f"create database {name}")
        try:
            ran(data_dir, "manage.py", "migrate", "accounts", "-v0", DATABASE_URL=url).check_returncode()
            with psycopg.connect(url, autocommit=True) as studio:
                studio.execute("truncate accounts_auditentry cascade")
                studio.execute(
                    "insert into accounts_auditentry (id, at, action, by_name, via, object_kind, object_id, address,"
                    " request_id, detail) values (gen_random_uuid(), now(), 'thing.done', '', '', '', '', '', '', '{}')"
                )
                with pytest.raises(psycopg.errors.RaiseException, match="only ever added to"):
                    studio.execute("truncate accounts_auditentry cascade")
        finally:
            line.execute(f"drop database {name} with (force)")
