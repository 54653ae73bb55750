"""Mixed calls on one project, from several threads at once: nothing breaks, and nothing is paid twice."""

import os
import threading
from collections import Counter
from decimal import Decimal
from functools import partial

import pytest
from pytest_django.fixtures import Settings

from assets.models import Video
from generation.choices import FINAL_STATES, JobState
from generation.models import Job, Member, ProviderCall
from generation.models.member import MemberRole
from generation.pipelines import engine
from mvsite.accounts.models import AuditEntry
from tests.providers_server.replicate import Replicate
from tests.support.engine import make_due, work_off
from tests.support.mixed_calls import Caller
from tests.support.money import books_agree
from tests.support.people import accounts, person
from tests.support.rows import a_project
from tests.support.threads import at_once

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True), pytest.mark.network_loopback]
SEED = os.environ.get("CHAOS_SEED", "1")
CALLERS, CALLS = 3, 45


@pytest.fixture(autouse=True)
def no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep no audit log: its rows can never be deleted, and what is committed here has to be, when the test is over."""
    monkeypatch.setattr(AuditEntry, "save", lambda entry, **_: None)
    monkeypatch.setattr(AuditEntry.objects, "bulk_create", lambda entries: entries)


def test_mixed_calls_at_once_break_nothing_and_pay_once(settings: Settings, replicate: Replicate) -> None:
    accounts(settings)
    settings.MV_CONFIRM_ABOVE_USD = Decimal(1000)
    ada, ben = person("ada"), person("ben")
    project = a_project(ada, scenes=4)
    Member.objects.create(project=project, user=ben, role=MemberRole.VIEW)
    replicate.standin.faults.add("run-fails", times=6)
    callers = [Caller(ada, project, f"{SEED} {number}") for number in range(CALLERS)]
    viewer = Caller(ben, project, f"{SEED} viewer", "order", "order again")  # those would be his own
    count = threading.Lock()
    left = [CALLERS]

    def call(caller: Caller) -> None:
        try:
            for _ in range(CALLS):
                caller.act()
        finally:
            with count:
                left[0] -= 1

    def watch() -> None:
        while left[0]:
            viewer.act()

    def work() -> None:
        while left[0]:
            for job in Job.objects.active().order_by("?")[:3]:
                make_due(job)
                engine.advance(job.pk)

    at_once(*[partial(call, caller) for caller in callers], watch, work)
    work_off()

    everybody = [*callers, viewer]
    told = sum((caller.statuses for caller in everybody), Counter())
    assert told["retry", 202], sorted(told.items())
    assert [each for caller in everybody for each in caller.wrong] == []
    assert_viewer_only_looked(viewer)
    assert_each_key_ordered_once(callers)
    assert_paid_once(replicate, callers)
    assert_every_job_ended_well()


def assert_viewer_only_looked(viewer: Caller) -> None:
    changed = [word for word, status in viewer.statuses if status < 400 and word not in {"look", "price"}]
    assert changed == []
    assert ("edit", 403) in viewer.statuses


def assert_each_key_ordered_once(callers: list[Caller]) -> None:
    ordered = {pair for caller in callers for pair in caller.orders}
    assert len(ordered) == len({key for key, _ in ordered}) > 1


def assert_paid_once(replicate: Replicate, callers: list[Caller]) -> None:
    books_agree()
    calls = ProviderCall.objects.exclude(provider_id=None).exclude(provider_id="")
    ledger = {call.provider_id: call.cost_usd for call in calls}
    assert ledger == replicate.standin.witness.charges()
    started = Counter(job for caller in callers for job in caller.retried)
    for job, many in Counter(str(each) for each in calls.values_list("job_id", flat=True)).items():
        assert many <= 1 + started[job], job


def assert_every_job_ended_well() -> None:
    for job in Job.objects.all():
        assert job.state in FINAL_STATES, job
        assert (job.lease_owner, job.waits_for_id) == ("", None), job
        assert job.held_usd == 0, job
        assert (job.error is not None) == (job.state == JobState.FAILED), job.error
        made = Video.objects.filter(pk=job.reserved["video_id"]).exists()
        assert made or job.state != JobState.SUCCEEDED, job
