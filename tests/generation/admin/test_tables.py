"""Tables as files: every row that was chosen is in them, however many there are."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from assets.models import Video
from generation.models import Job
from mvsite.accounts import admin_audit
from mvsite.accounts.models import AuditEntry, User
from tests.support.admin import JOBS, VIDEOS, act
from tests.support.many import fill

pytestmark = pytest.mark.django_db
MANY = 2_100


@pytest.mark.parametrize(("place", "kind"), [(VIDEOS, Video), (JOBS, Job)])
def test_a_table_of_the_whole_list_has_all_rows_and_is_told(
    staff: Client, owner: User, place: str, kind: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(owner, videos=MANY, events=MANY)
    monkeypatch.setattr(admin_audit, "MOST_ROWS", 2)
    told = AuditEntry.objects.filter(action="admin.looked", detail__did="as_table")
    newest = kind.objects.latest("created_at")
    answer = act(staff, place, "as_table", newest, select_across="1", index="0")
    assert (answer.streaming, answer["Content-Type"]) == (True, "text/csv; charset=utf-8")
    header, *rows = csv.reader(io.StringIO(answer.getvalue().decode()))
    ids = [row[header.index("id")] for row in rows]
    assert (len(ids), len(set(ids)), ids[0]) == (MANY, MANY, str(newest.pk))
    assert [entry.detail.get("more", False) for entry in told.order_by("at")] == [False, False, True]
