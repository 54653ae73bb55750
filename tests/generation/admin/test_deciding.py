"""Staff decide in the admin about orders of which nobody knows whether they were bought: for anybody's job."""

from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from pytest_django.fixtures import Settings

from generation import jobs
from generation.choices import JobState
from generation.models import Job
from mvsite.accounts.models import AuditEntry, User
from tests.support.admin import JOBS, STUCK, act, failed
from tests.support.engine import left_to_a_person
from tests.support.money import books_agree
from tests.support.rows import a_job, stranger

pytestmark = pytest.mark.django_db


def now_of(job: Job) -> tuple[str, Decimal, Decimal]:
    job.refresh_from_db()
    return job.state, job.cost_usd, job.held_usd


@pytest.mark.parametrize(
    ("action", "told", "said", "ends"),
    [
        ("bought", "Is billed", "decided: it was bought", (JobState.FAILED, Decimal(1), Decimal(0))),
        ("not_bought", "May cost", "decided: it was not bought", (JobState.QUEUED, Decimal(0), Decimal(1))),
    ],
)
def test_a_decision_tells_its_price_first_and_is_done_as_the_api_does(
    staff: Client, action: str, told: str, said: str, ends: tuple[str, Decimal, Decimal]
) -> None:
    job, other = left_to_a_person(stranger()), failed(stranger())
    page = act(staff, JOBS, action, job, other).content.decode()
    for words in ("up to <strong>$1.00</strong>", f'<th scope="col">{told}</th>', '<td class="nowrap">$1.00</td>'):
        assert words in page, words
    assert "1 of the chosen do not wait for a decision" in page
    assert page.count('name="_selected_action"') == 1
    assert now_of(job) == (JobState.NEEDS_REVIEW, Decimal(0), Decimal(1))
    act(staff, JOBS, action, job, confirmed="yes", reason="looked it up")
    assert now_of(job) == ends
    assert now_of(other)[0] == JobState.FAILED
    assert LogEntry.objects.get().change_message == f"{said}: looked it up"
    books_agree()


def test_what_was_asked_to_stop_is_not_sent_again_and_costs_nothing(staff: Client, owner: User) -> None:
    parent = a_job(owner)
    job = left_to_a_person(owner, parent)
    jobs.request_cancel(parent)
    assert "up to <strong>$0.00</strong>" in act(staff, JOBS, "not_bought", job).content.decode()
    act(staff, JOBS, "not_bought", job, confirmed="yes")
    assert now_of(job)[0] == JobState.CANCELED


def test_each_job_is_decided_by_itself_and_says_why_it_was_not(staff: Client, settings: Settings) -> None:
    settings.MV_AUTH = "required"
    full, free, decided = (left_to_a_person(stranger()) for _ in range(3))
    a_job(full.owner)
    jobs.resolve(decided, bought=True)
    settings.MV_QUOTA_JOBS = 1
    ids = [str(job.pk) for job in (full, free, decided)]
    words = {"action": "not_bought", "confirmed": "yes", "_selected_action": ids}
    page = staff.post(JOBS, words, follow=True).content.decode()
    assert [now_of(job)[0] for job in (full, free, decided)] == ["needs_review", "queued", "failed"]
    assert "1 decided: it was not bought." in page
    for job, why in ((full, "Too many jobs at once"), (decided, "This job does not wait for a decision")):
        assert f"Clip {job.pk}: {why}" in page


def test_who_only_looks_decides_nothing_and_the_audit_log_tells_who_did(looker: Client, staff: Client) -> None:
    job = left_to_a_person(stranger())
    act(looker, JOBS, "bought", job, confirmed="yes")
    assert now_of(job)[0] == JobState.NEEDS_REVIEW
    assert "state__exact=needs_review" not in looker.get(STUCK).content.decode()
    assert not AuditEntry.objects.filter(action="admin.changed").exists()
    act(staff, JOBS, "bought", job, confirmed="yes")
    entry = AuditEntry.objects.get(action="admin.changed")
    assert (entry.detail["did"], entry.detail["row"]) == ("bought", str(job.pk))


def test_the_page_of_stuck_work_leads_to_those_that_wait(staff: Client) -> None:
    assert "needs_review" not in staff.get(STUCK).content.decode()
    job, other = left_to_a_person(stranger()), failed(stranger())
    assert f'href="{JOBS}?state__exact=needs_review"' in staff.get(STUCK).content.decode()
    page = staff.get(f"{JOBS}?state__exact=needs_review").content.decode()
    assert str(job.pk) in page
    assert str(other.pk) not in page
    for words in ("Decide: it was bought …", "Decide: it was not bought …"):
        assert words in page
