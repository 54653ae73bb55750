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
from tests.support.admin import JOBS, PROJECTS, STUCK, VIDEOS, act, failed, sheet
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
    for action, kind in (("trash", "admin.changed"), ("as_table", "admin.looked")):
        before = len(noted())
        act(staff, VIDEOS, action, *videos)
        assert set(noted()[before:]) == {(kind, "video", str(row.pk), row.owner_id) for row in videos}
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


def test_an_action_names_what_the_narrowed_list_leaves_of_the_ticked_rows(staff: Client) -> None:
    ada = stranger()
    shown, hidden = a_video(ada, kind="upload"), a_video(ada, kind="clip")
    act(staff, f"{VIDEOS}?kind__exact=upload", "favour", shown, hidden)
    hidden.refresh_from_db()
    assert not hidden.favourite
    assert noted() == [("admin.changed", "video", str(shown.pk), ada.pk)]
    for action in ("trash", "as_table"):
        assert act(staff, f"{VIDEOS}?kind__exact=upload", action, hidden).status_code in {200, 302}
    hidden.refresh_from_db()
    assert hidden.trashed_at is None
    assert len(noted()) == 1, "nothing was done"


def test_of_a_list_that_is_edited_the_changed_rows_are_told(staff: Client) -> None:
    ada = stranger()
    changed, same = a_video(ada), a_video(ada, rating=4)
    sheet(4, changed, same, client=staff)
    changed.refresh_from_db()
    assert changed.rating == 4
    assert noted() == [("admin.changed", "video", str(changed.pk), ada.pk)]


@pytest.mark.parametrize("action", ["trash", "as_table"])
def test_of_a_list_that_is_saved_with_an_action_chosen_the_changed_rows_are_told(staff: Client, action: str) -> None:
    ada = stranger()
    changed, ticked = a_video(ada), a_video(ada)
    sheet(5, changed, client=staff, action=action, _selected_action=str(ticked.pk), index="0")
    ticked.refresh_from_db()
    assert ticked.trashed_at is None
    assert noted() == [("admin.changed", "video", str(changed.pk), ada.pk)]
    assert AuditEntry.objects.get().detail["did"] == ""


def test_of_two_actions_the_one_that_was_done_is_told(staff: Client) -> None:
    video = a_video(stranger())
    words = {"action": ["trash", "favour"], "index": "1", "_selected_action": str(video.pk), "select_across": "False"}
    staff.post(VIDEOS, words)
    video.refresh_from_db()
    assert (video.favourite, video.trashed_at) == (True, None)
    assert [row.detail["did"] for row in AuditEntry.objects.all()] == ["favour"]


@pytest.mark.parametrize(
    ("index", "actions", "did"),
    [
        ("x", ["trash", ""], "trash"),
        ("x", ["trash", "favour"], "trash"),
        ("", ["favour", "trash"], "favour"),
        ("7", ["trash", "favour"], "favour"),
        ("-1", ["trash", "favour"], "favour"),
        ("9" * 5000, ["trash", "favour"], "trash"),
        ("9" * 50, ["trash", "favour"], "favour"),
        ("x", ["", "trash"], ""),
    ],
)
def test_of_actions_with_an_odd_number_the_one_that_was_done_is_told(
    staff: Client, index: str, actions: list[str], did: str
) -> None:
    video = a_video(stranger())
    staff.post(VIDEOS, {"action": actions, "index": index, "_selected_action": str(video.pk)})
    video.refresh_from_db()
    done = {"trash": video.trashed_at is not None, "favour": video.favourite}
    assert [name for name, is_done in done.items() if is_done] == [did] * bool(did)
    assert [row.detail["did"] for row in AuditEntry.objects.all()] == [did] * bool(did)


def test_a_form_with_mistakes_and_a_question_are_looks(staff: Client) -> None:
    ada = stranger()
    job, people = failed(ada), f"/admin/accounts/user/{ada.pk}"
    assert staff.post(f"{people}/password/", {"password1": "x", "password2": "y"}).status_code == 200
    assert staff.post("/admin/accounts/user/add/", {"username": ""}).status_code == 200
    assert act(staff, JOBS, "retry", job).status_code == 200
    assert noted() == [
        ("admin.looked", "user", str(ada.pk), ada.pk),
        ("admin.looked", "job", str(job.pk), ada.pk),
    ]
    assert act(staff, JOBS, "retry", job, confirmed="yes").status_code == 302
    assert noted()[2:] == [("admin.changed", "job", str(job.pk), ada.pk)]


def test_a_change_in_a_popup_is_told(staff: Client) -> None:
    video = a_video(stranger())
    words = {"title": "New", "tags": "[]", "rating": "3", "_popup": "1"}
    assert staff.post(f"{VIDEOS}{video.pk}/change/", {**words, "rating": "x"}).status_code == 200
    assert staff.post(f"{VIDEOS}{video.pk}/change/", words).status_code == 200
    video.refresh_from_db()
    assert video.title == "New"
    assert [row[0] for row in noted()] == ["admin.looked", "admin.changed"]


def test_what_the_admin_does_not_do_is_no_change(staff: Client) -> None:
    video = a_video(stranger())
    for words in ({"action": "trash", "index": "0"}, {"action": "", "index": "0"}, {"action": "zz"}):
        ticked = [] if words["action"] == "trash" else [str(video.pk)]
        assert staff.post(VIDEOS, {**words, "_selected_action": ticked}).status_code == 302
    sheet(video.rating, video, client=staff)
    act(staff, f"{VIDEOS}?created_at__gte=nonsense", "trash", video, select_across="1", index="0")
    assert noted() == []
    gone = str(uuid.uuid4())
    assert staff.post(f"{VIDEOS}{gone}/change/", {"title": "New"}).status_code == 302
    row = AuditEntry.objects.get()
    assert (row.action, row.detail["row"]) == ("admin.looked", gone)


def test_what_is_changed_on_the_list_that_nonsense_led_to_is_told(staff: Client) -> None:
    video = a_video(stranger())
    assert staff.get(f"{VIDEOS}?created_at__gte=nonsense")["Location"] == f"{VIDEOS}?e=1"
    assert act(staff, f"{VIDEOS}?e=1", "favour", video)["Location"] == f"{VIDEOS}?e=1"
    words = {"title": "New", "tags": "[]", "rating": "3"}
    saved = staff.post(f"{VIDEOS}{video.pk}/change/?_changelist_filters=e%3D1", words)
    assert saved["Location"] == f"{VIDEOS}?e=1"
    assert noted() == [("admin.changed", "video", str(video.pk), video.owner_id)] * 2
    assert act(staff, f"{VIDEOS}?created_at__gte=nonsense", "trash", video)["Location"] == f"{VIDEOS}?e=1"
    assert noted()[2:] == [], "nothing was done, and nothing shown"


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


@pytest.mark.parametrize("words", [{"x": "y"}, {"_save": "y"}, {"action": "zz"}, {"action": "", "_save": "y"}])
def test_a_search_that_is_posted_is_told_once_as_a_search(staff: Client, words: dict[str, str]) -> None:
    project = a_project(stranger(), idea="A zebra")
    for _ in range(2):
        page = staff.post(f"{PROJECTS}?q=zebra", words)
        assert (page.status_code, str(project.pk) in page.content.decode()) == (200, True)
    row = AuditEntry.objects.get()
    assert (row.action, row.detail["query"], row.detail["path"]) == ("admin.searched", "zebra", PROJECTS)


def test_what_leads_away_from_a_searched_list_is_no_search(staff: Client) -> None:
    video = a_video(stranger(), title="The zebra")
    assert act(staff, f"{VIDEOS}?q=zebra", "zz", video).status_code == 302
    assert noted() == []
    assert act(staff, f"{VIDEOS}?q=zebra", "favour", video).status_code == 302
    assert [row[0] for row in noted()] == ["admin.changed"]
    words = {"title": "New", "tags": "[]", "rating": "3", "_popup": "1"}
    assert staff.post(f"{VIDEOS}{video.pk}/change/?q=zebra", words).status_code == 200
    assert [row[0] for row in noted()[1:]] == ["admin.changed"]


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
