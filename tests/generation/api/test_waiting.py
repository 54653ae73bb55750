"""`Prefer: wait`: the result of the table when the work ends in time, its problem when it fails, else the 202."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from generation.api import waiting
from generation.choices import JobState
from generation.jobs.ending import end
from generation.models import Job
from mvsite.accounts.models import User
from mvsite.common.errors import AppError, MediaError, ProviderError, StudioError

pytestmark = pytest.mark.django_db(transaction=True)
BODY = {"idea": "A storm", "character_description": "A singer"}
RESULT = {"generation_id": "x", "scenes": []}


class Meanwhile:
    """Does something to the first job as soon as it is there, in a thread with a connection of its own."""

    def __init__(self, act: Callable[[Job], None]) -> None:
        self._act = act
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._thread.join(10)

    def _run(self) -> None:
        try:
            until = time.monotonic() + 10
            while time.monotonic() < until:
                job = Job.objects.first()
                if job is not None:
                    with transaction.atomic():
                        self._act(job)
                    return
                threading.Event().wait(0.02)
        finally:
            connections.close_all()


def succeed(job: Job) -> None:
    end(job, JobState.SUCCEEDED, result=RESULT)


def ask(api: APIClient, **headers: str) -> Any:
    return api.post("/api/mv/create_scenes", BODY, format="json", headers=headers)


@pytest.mark.parametrize("prefer", ["wait=20", "respond-async, WAIT=20", 'wait="20"; x=y', "wait=999999"])
def test_work_that_ends_in_time_is_answered_with_its_result(api: APIClient, prefer: str) -> None:
    with Meanwhile(succeed):
        answer = ask(api, Prefer=prefer)
    assert (answer.status_code, answer.json()) == (200, RESULT)
    assert answer["Preference-Applied"] == "wait"
    assert answer["Location"] == f"/api/mv/jobs/{Job.objects.get().pk}"


def test_setting_makes_everybody_wait_but_those_who_would_not(api: APIClient, settings: Settings) -> None:
    settings.MV_DEFAULT_WAIT_SECONDS = 20
    assert ask(api, Prefer="respond-async").status_code == 202
    Job.objects.all().delete()
    with Meanwhile(succeed):
        assert ask(api).status_code == 200


@pytest.mark.parametrize("prefer", ["wait=1", "wait=0", "wait=-1", "wait=soon", "return=minimal", ""])
def test_work_that_takes_longer_is_answered_with_its_job(api: APIClient, prefer: str) -> None:
    answer = ask(api, Prefer=prefer)
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    assert "Preference-Applied" not in answer


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ProviderError("provider:call:refused"), 422),
        (ProviderError("provider:call:credit"), 402),
        (ProviderError("provider:call:busy"), 429),
        (ProviderError("provider:call:failed"), 502),
        (ProviderError("provider:call:slow"), 504),
        (MediaError("media:file:unreadable"), 422),
        (AppError("app:render:failed"), 500),
    ],
)
def test_failed_job_answers_with_its_problem(api: APIClient, error: StudioError, status: int) -> None:
    with Meanwhile(lambda job: end(job, JobState.FAILED, error={**error.as_dict(), "paid": False})):
        answer = ask(api, Prefer="wait=20")
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert (answer.json()["code"], answer.json()["paid"]) == (error.code, False)
    assert answer.json()["job"] == f"/api/mv/jobs/{Job.objects.get().pk}"


@pytest.mark.parametrize(
    ("state", "code"), [("canceled", "user:job:canceled"), ("needs_review", "user:job:needs_review")]
)
def test_canceled_and_undecided_jobs_are_409(api: APIClient, state: str, code: str) -> None:
    def stop(job: Job) -> None:
        if state == "canceled":
            end(job, JobState.CANCELED)
        else:
            Job.objects.filter(pk=job.pk).update(state=state)

    with Meanwhile(stop):
        answer = ask(api, Prefer="wait=20")
    assert (answer.status_code, answer.json()["code"]) == (409, code)


def test_one_more_than_may_wait_gets_its_202_at_once(api: APIClient, settings: Settings) -> None:
    settings.MV_MAX_WAITING = 0
    started = time.monotonic()
    assert ask(api, Prefer="wait=20").status_code == 202
    assert time.monotonic() - started < 10


def test_place_of_a_client_that_waited_is_free_again(api: APIClient, settings: Settings) -> None:
    settings.MV_MAX_WAITING = 1
    for _ in range(2):
        Job.objects.all().delete()
        with Meanwhile(succeed):
            assert ask(api, Prefer="wait=20").status_code == 200


def test_waiting_holds_no_connection(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr("generation.api.waiting.time.sleep", lambda seconds: seen.append(connection.connection is None))
    monkeypatch.setattr(waiting, "_RAREST_LOOK", 0.01)
    assert ask(APIClient(HTTP_HOST="127.0.0.1"), Prefer="wait=1").status_code == 202
    assert seen
    assert all(seen)


def test_a_database_that_goes_away_while_somebody_waits_lets_them_have_the_job(
    api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> bool:
        raise OperationalError("terminating connection due to administrator command")

    monkeypatch.setattr(waiting, "_watch", away)
    answer = ask(api, Prefer="wait=20")
    assert (answer.status_code, answer.data["id"]) == (202, str(Job.objects.get().pk))


def test_replay_waits_for_the_job_of_the_first_request(api: APIClient) -> None:
    assert ask(api, **{"Idempotency-Key": "k"}).status_code == 202
    with Meanwhile(succeed):
        answer = ask(api, Prefer="wait=20", **{"Idempotency-Key": "k"})
    assert (answer.status_code, answer["Idempotent-Replayed"], Job.objects.count()) == (200, "true", 1)


def test_same_key_at_the_same_moment_starts_one_job(owner: User) -> None:
    answers: list[Any] = []

    def send() -> None:
        try:
            answers.append(ask(APIClient(HTTP_HOST="127.0.0.1"), **{"Idempotency-Key": "k"}))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [answer.status_code for answer in answers] == [202] * 8
    assert {answer.json()["id"] for answer in answers} == {str(Job.objects.get().pk)}
    assert sum(answer.has_header("Idempotent-Replayed") for answer in answers) == 7
