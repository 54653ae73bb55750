"""Ids and times that no row can have, in addresses and forms of the admin: not found, never a failure of ours."""

from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client

from mvsite.accounts.models import AuditEntry, User
from tests.support.admin import JOBS, PROJECTS, VIDEOS
from tests.support.rows import a_job, a_project, a_video

pytestmark = pytest.mark.django_db
GROUPS, PEOPLE, ENTRIES = "/admin/auth/group/", "/admin/accounts/user/", "/admin/accounts/auditentry/"
HUGE = "9" * 26
TOO_EARLY, TOO_LATE = quote("0001-01-01 00:00:00+14:00"), quote("9999-12-31 23:59:59-14:00")


@pytest.mark.parametrize("page", ["change", "history", "delete", "password"])
@pytest.mark.parametrize("odd", [HUGE, f"-{HUGE}", "9" * 5000, "zz", "1e5"])
def test_a_row_with_an_odd_id_is_not_found(staff: Client, page: str, odd: str) -> None:
    for place in (GROUPS, PEOPLE, VIDEOS):
        assert staff.get(f"{place}{odd}/{page}/").status_code in {302, 403, 404}  # videos are not deleted here


@pytest.mark.parametrize("odd", [HUGE, "zz", "9" * 5000, "\0", ""])
def test_nothing_is_done_to_odd_ids(staff: Client, odd: str) -> None:
    group = Group.objects.create(name="x")
    for place in (GROUPS, VIDEOS, JOBS, PEOPLE):
        for did in ("delete_selected", "trash", "as_table", "cancel"):
            words = {"action": did, "_selected_action": [str(group.pk), odd], "post": "yes"}
            assert staff.post(place, words).status_code == 400
            assert staff.post(place, {**words, "index": "0"}).status_code == 400
    assert Group.objects.filter(pk=group.pk).exists()


LISTS = [(VIDEOS, "created_at"), (JOBS, "created_at"), (PROJECTS, "created_at"), (ENTRIES, "at")]


def is_led_to_the_whole_list(staff: Client, place: str, narrowed: str) -> None:
    answer = staff.get(f"{place}?{narrowed}")
    assert (answer.status_code, answer["Location"]) == (302, f"{place}?e=1")
    assert staff.get(answer["Location"]).status_code == 200
    words = {"action": "as_table", "select_across": "1", "_selected_action": "0" * 32, "index": "0"}
    assert staff.post(f"{place}?{narrowed}", words)["Location"] == f"{place}?e=1"


@pytest.mark.parametrize(("place", "name"), LISTS)
def test_a_list_of_nonsense_is_led_to_the_whole_list(staff: Client, place: str, name: str) -> None:
    is_led_to_the_whole_list(staff, place, f"{name}__gte=nonsense")


@pytest.mark.parametrize(("place", "name"), LISTS)
@pytest.mark.parametrize("narrowed", [f"gte={TOO_EARLY}", f"lt={TOO_LATE}"])
def test_a_time_outside_of_our_calendar_narrows_a_list_where_the_database_knows_it(
    staff: Client, owner: User, place: str, name: str, narrowed: str
) -> None:
    if connection.vendor == "sqlite":
        is_led_to_the_whole_list(staff, place, f"{name}__{narrowed}")
        return
    a_video(owner)
    a_job(owner, project=a_project(owner))
    AuditEntry.objects.create(action="sign_in.refused", address="192.0.2.9", detail={"name": "x"})
    answer: Any = staff.get(f"{place}?{name}__{narrowed}")
    assert answer.status_code == 200
    assert answer.context["cl"].result_count == 1


def test_times_of_every_zone_narrow_a_list(staff: Client) -> None:
    for time in ("2026-01-01 00:00:00+14:00", "0001-01-01 00:00:00-14:00"):
        assert staff.get(f"{VIDEOS}?created_at__gte={quote(time)}").status_code == 200
