"""What Prometheus reads at `/metrics`: numbers from the rows, and who may read them."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from generation import money
from generation.choices import CallOutcome, JobState
from generation.jobs import workers
from generation.models import Job, ProviderCall, Worker
from mvsite.accounts.models import User
from tests.support.rows import a_job

pytestmark = pytest.mark.django_db
LINE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")


def numbers(**headers: str) -> dict[str, float]:
    """Read every number by its name and labels, as Prometheus does."""
    answer = Client(HTTP_HOST="127.0.0.1").get("/metrics", headers=headers)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=")
    found = {}
    for line in answer.content.decode().splitlines():
        if not line.startswith("#"):
            read = LINE.fullmatch(line)
            assert read is not None, line
            found[f"{read[1]}{{{read[2]}}}" if read[2] else read[1]] = float(read[3])
    return found


def ended(owner: User, state: JobState, code: str = "") -> Job:
    job = a_job(owner)
    error = {"code": code, "title": "", "detail": ""} if code else None
    Job.objects.filter(pk=job.pk).update(state=state, finished_at=timezone.now(), error=error)
    return job


def test_queues_and_jobs_are_counted_from_the_rows(owner: User) -> None:
    first, second = a_job(owner), a_job(owner)
    Job.objects.filter(pk=first.pk).update(next_at=timezone.now() - timedelta(seconds=90))
    Job.objects.filter(pk=second.pk).update(
        state=JobState.WAITING, next_at=timezone.now() + timedelta(seconds=60), queue="provider"
    )
    found = numbers()
    assert found['mv_queue_depth{queue="provider"}'] == 1
    assert found['mv_queue_depth{queue="render"}'] == 0
    assert 90 <= found['mv_queue_oldest_seconds{queue="provider"}'] < 120
    assert found['mv_jobs{kind="clip",queue="provider",state="queued"}'] == 1
    assert found['mv_jobs{kind="clip",queue="provider",state="waiting"}'] == 1


def test_failures_are_counted_by_their_code(owner: User) -> None:
    ended(owner, JobState.SUCCEEDED)
    for _ in range(2):
        ended(owner, JobState.FAILED, "provider:call:slow")
    old = ended(owner, JobState.FAILED, "provider:call:slow")
    Job.objects.filter(pk=old.pk).update(finished_at=timezone.now() - timedelta(hours=2))
    found = numbers()
    assert found['mv_jobs_failed_1h{code="provider:call:slow",kind="clip"}'] == 2
    assert found['mv_jobs_ended_1h{kind="clip",state="failed"}'] == 2
    assert found['mv_jobs_ended_1h{kind="clip",state="succeeded"}'] == 1


def test_spend_and_latency_come_from_the_ledger(owner: User) -> None:
    for seconds, usd in ((2, "0.5"), (4, "1.25")):
        job = a_job(owner)
        call = money.intent(job, provider="replicate", model="google/veo-3.1", request_hash="0" * 64)
        money.answer(call, CallOutcome.ACCEPTED, provider_id=f"p-{seconds}")
        money.settle(job, call, cost=Decimal(usd))
        sent = timezone.now() - timedelta(seconds=seconds)
        ProviderCall.objects.filter(pk=call.pk).update(
            sent_at=sent, answered_at=sent + timedelta(seconds=seconds), settled_at=sent + timedelta(seconds=seconds)
        )
    found = numbers()
    assert found['mv_spent_usd{provider="replicate",window="1h"}'] == 1.75
    assert found['mv_provider_calls_1h{outcome="accepted",provider="replicate"}'] == 2
    assert 2 <= found['mv_provider_answer_seconds{provider="replicate",quantile="0.5"}'] <= 4
    assert found['mv_provider_result_seconds{provider="replicate",quantile="0.95"}'] <= 4
    assert found["mv_held_usd"] == 0


def test_workers_are_counted_while_they_are_heard_of(db: None) -> None:
    workers.beat(name="provider@here", queues=["provider", "default"])
    assert numbers()['mv_workers{queue="provider"}'] == 1
    Worker.objects.update(seen_at=timezone.now() - timedelta(minutes=1))
    assert numbers()['mv_workers{queue="provider"}'] == 0


def test_no_number_of_queries_grows_with_the_rows(
    owner: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(20):
        ended(owner, JobState.FAILED, "provider:call:slow")
        a_job(owner)
    with django_assert_max_num_queries(14):
        numbers()


@pytest.mark.parametrize(
    ("headers", "address"), [({}, "192.0.2.7"), ({"X-Forwarded-For": "127.0.0.1"}, "127.0.0.1"), ({}, "nonsense")]
)
def test_others_see_nothing(db: None, headers: dict[str, str], address: str) -> None:
    client = Client(HTTP_HOST="127.0.0.1", REMOTE_ADDR=address)
    assert client.get("/metrics", headers=headers).status_code == 404


def test_this_machine_sees_them_through_a_socket_of_both_families(db: None) -> None:
    assert Client(HTTP_HOST="127.0.0.1", REMOTE_ADDR="::ffff:127.0.0.1").get("/metrics").status_code == 200


def test_the_token_opens_it_from_elsewhere_and_nothing_else_does(settings: Settings) -> None:
    settings.MV_METRICS_TOKEN = "a-token-for-prometheus"
    client = Client(HTTP_HOST="127.0.0.1", REMOTE_ADDR="192.0.2.7")
    assert client.get("/metrics", headers={"Authorization": "Bearer a-token-for-prometheus"}).status_code == 200
    assert client.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 404
    assert Client(HTTP_HOST="127.0.0.1").get("/metrics").status_code == 404
