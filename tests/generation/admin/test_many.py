"""Actions on many jobs: their price is looked up at once, and a whole list is more than a form may carry."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from generation import jobs
from generation.choices import JobKind, JobState
from generation.models import Job
from mvsite.accounts import admin_audit
from mvsite.accounts.models import AuditEntry, User
from tests.support.admin import JOBS, act, failed
from tests.support.engine import left_to_a_person
from tests.support.rows import a_job

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("action", "make"), [("retry", failed), ("bought", left_to_a_person)])
def test_the_price_of_many_is_looked_up_as_often_as_that_of_a_few(
    staff: Client, owner: User, action: str, make: Callable[[User], Job]
) -> None:
    def asked(count: int) -> list[str]:
        rows = [make(owner) for _ in range(count)]
        with CaptureQueriesContext(connection) as asked:
            page = act(staff, JOBS, action, *rows).content.decode()
        assert page.count("<tr><td><a") == count
        return [each["sql"][:90] for each in asked]

    few = asked(3)
    assert len(asked(30)) == len(few)


def test_prices_of_many_are_those_of_each(owner: User) -> None:
    batch = jobs.enqueue(kind=JobKind.PORTRAITS, owner=owner, params={}, estimated_cost_usd=Decimal(1))
    failed(owner, kind=JobKind.PORTRAITS, parent=batch, estimated_cost_usd=Decimal("0.25"), reserved_ids=[])
    clip = failed(owner, estimated_cost_usd=Decimal("1.6"))
    assert jobs.retry_costs([batch, clip]) == {batch.pk: Decimal("0.25"), clip.pk: Decimal("1.6")}


def hidden(page: str) -> dict[str, str]:
    """Return what the question's form sends, but its token."""
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"}


def whole(staff: Client, action: str, first: Job, narrowed: str) -> str:
    return str(act(staff, f"{JOBS}{narrowed}", action, first, select_across="1", index="0").content.decode())


def many_failed(owner: User, count: int) -> list[Job]:
    first = failed(owner, estimated_cost_usd=Decimal("0.5"))
    told = {name: getattr(first, name) for name in ("owner", "kind", "state", "queue", "error", "finished_at")}
    told |= {"deadline_at": first.deadline_at, "estimated_cost_usd": Decimal("0.5")}
    return [first, *Job.objects.bulk_create(Job(**told) for _ in range(count - 1))]


def test_a_whole_list_of_more_than_a_form_carries_is_started_again(
    staff: Client, owner: User, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 20
    monkeypatch.setattr(admin_audit, "MOST_ROWS", 10)
    rows, other = many_failed(owner, 30), a_job(owner)
    page = whole(staff, "retry", rows[0], "?state__exact=failed")
    assert "(30 for up to $15.00)" in page
    assert 'action="/admin/generation/job/?state__exact=failed"' in page
    before = Job.objects.get(pk=other.pk).updated_at
    answer = staff.post(f"{JOBS}?state__exact=failed", hidden(page), follow=True)
    assert "30 started again." in answer.content.decode()
    assert not Job.objects.filter(state=JobState.FAILED).exists()
    assert Job.objects.get(pk=other.pk).updated_at == before
    assert LogEntry.objects.count() == 30
    assert AuditEntry.objects.filter(action="admin.changed", detail__did="retry").count() == 11


@pytest.mark.parametrize(
    "told", [{"told_jobs": "1"}, {"told_usd": "0.5"}, {"told_usd": "NaN"}, {"told_usd": "x"}, {"told_jobs": ""}]
)
def test_a_list_that_has_become_more_is_asked_about_again(staff: Client, owner: User, told: dict[str, str]) -> None:
    rows = many_failed(owner, 2)
    sent = hidden(whole(staff, "retry", rows[0], "?state__exact=failed"))
    answer = staff.post(f"{JOBS}?state__exact=failed", {**sent, **told}).content.decode()
    assert "Nothing is done yet" in answer
    assert Job.objects.filter(state=JobState.FAILED).count() == 2
    assert not AuditEntry.objects.filter(action="admin.changed").exists()
    staff.post(f"{JOBS}?state__exact=failed", hidden(answer))
    assert not Job.objects.filter(state=JobState.FAILED).exists()


def test_what_is_ticked_is_asked_about_again_when_it_costs_more(staff: Client, owner: User) -> None:
    job = failed(owner, estimated_cost_usd=Decimal("0.5"))
    sent = hidden(act(staff, JOBS, "retry", job).content.decode())
    Job.objects.filter(pk=job.pk).update(estimated_cost_usd=Decimal(1))
    assert "Nothing is done yet" in staff.post(JOBS, sent).content.decode()
    job.refresh_from_db()
    assert job.state == JobState.FAILED


def test_a_whole_list_is_decided_about_and_what_does_not_wait_stays(staff: Client, owner: User) -> None:
    waiting, other = [left_to_a_person(owner) for _ in range(2)], failed(owner)
    answer = staff.post(JOBS, hidden(whole(staff, "bought", waiting[0], "")), follow=True).content.decode()
    assert "2 decided: it was bought." in answer
    assert str(other.pk) not in re.findall(r'class="warning">[^<]*', answer)
    assert not Job.objects.filter(state=JobState.NEEDS_REVIEW).exists()


def test_of_what_is_refused_the_first_are_named(staff: Client, owner: User) -> None:
    page = act(staff, JOBS, "cancel", *many_failed(owner, 22)).content
    assert page == b""
    told = [str(each) for each in staff.get(JOBS).context["messages"]]
    assert len(told) == 22
    assert "And 2 more were refused." in told
