"""Replicate's webhooks: only its own are heard, they make a job look at once, and everything works without them."""

import json
import re
import time
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from generation.choices import CallOutcome, JobState
from generation.models import Job
from generation.pipelines import engine
from generation.providers.replicate import webhooks
from generation.services.clips import clip_request
from mvsite.accounts.models import User
from tests.providers_server.replicate import Replicate
from tests.providers_server.webhooks import signature
from tests.support.engine import drive, make_due
from tests.support.processes import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.network_loopback]
PUBLIC = "http://127.0.0.1:8000"


@pytest.fixture(autouse=True)
def slow_looks(settings: Settings, replicate: Replicate) -> None:
    """Let the studio have a public address, and look by itself once an hour."""
    settings.MV_PUBLIC_URL = PUBLIC
    settings.MV_POLL_SECONDS = 3600.0
    webhooks._known.clear()


def waiting(owner: User, prompt: str = "waves") -> Job:
    """Give a clip that was ordered and is parked until the next look, an hour later."""
    job = drive(clip_request(owner=owner, parameters={"prompt": prompt}), steps=2)
    assert job.state == JobState.WAITING
    assert not due(job)
    return job


def due(job: Job) -> bool:
    return Job.objects.get(pk=job.pk).next_at <= timezone.now()


def address_of(job: Job) -> str:
    return str(webhooks.address(str(job.calls.get().pk))).removeprefix(PUBLIC)


def ring(path: str, body: bytes = b'{"id": "x"}', *, age: int = 0, forged: bool = False, **headers: str) -> Any:
    """Ring as Replicate does."""
    moment = int(time.time()) - age
    signed = {
        "HTTP_WEBHOOK_ID": "msg_1",
        "HTTP_WEBHOOK_TIMESTAMP": str(moment),
        "HTTP_WEBHOOK_SIGNATURE": signature("msg_1", moment, body, forged=forged),
    }
    client = Client(HTTP_HOST="127.0.0.1", enforce_csrf_checks=True)
    return client.post(path, body, content_type="application/json", **{**signed, **headers})  # type: ignore[arg-type]


def test_a_create_says_where_to_ring_for_its_end(owner: User, replicate: Replicate, settings: Settings) -> None:
    job = waiting(owner)
    (order,) = replicate.standin.orders
    assert order.events == ["completed"]
    call = job.calls.get()
    assert re.fullmatch(rf"{PUBLIC}/api/mv/webhooks/replicate/{call.pk}/[0-9a-f]{{64}}", order.webhook)
    settings.MV_PUBLIC_URL = ""
    waiting(owner)
    assert [each.webhook for each in replicate.standin.orders] == [order.webhook, ""]


def test_a_ring_makes_the_job_look_at_once_and_its_body_is_not_believed(owner: User) -> None:
    job = waiting(owner)
    lie = json.dumps({"id": "another", "status": "failed", "output": "https://evil.example/x.mp4"}).encode()
    assert ring(address_of(job), lie).status_code == 200
    assert due(job)
    engine.advance(job.pk)
    assert drive(job).state == JobState.SUCCEEDED


def test_two_rings_and_a_late_one_do_no_harm(owner: User, replicate: Replicate) -> None:
    job = waiting(owner)
    assert [ring(address_of(job)).json() for _ in range(2)] == [{"rung": True}] * 2
    job = drive(job)
    assert job.state == JobState.SUCCEEDED
    assert ring(address_of(job)).json() == {"rung": False}
    assert Job.objects.get(pk=job.pk).state == JobState.SUCCEEDED
    assert len(replicate.creates) == 1


@pytest.mark.parametrize(
    ("seal", "words"),
    [
        ("0" * 64, {}),
        ("short", {}),
        ("\u00e9" * 64, {}),
        (None, {"forged": True}),
        (None, {"age": 301}),
        (None, {"age": -330}),  # 300 s are allowed, and one may pass on the way
        (None, {"HTTP_WEBHOOK_SIGNATURE": "v1"}),
        (None, {"HTTP_WEBHOOK_SIGNATURE": ""}),
        (None, {"HTTP_WEBHOOK_SIGNATURE": "v1,????"}),
        (None, {"HTTP_WEBHOOK_TIMESTAMP": "yesterday"}),
        (None, {"HTTP_WEBHOOK_ID": ""}),
        (None, {"body": b""}),
        (None, {"body": b"\xff\xfe"}),
    ],
)
def test_what_is_not_replicates_own_is_refused_and_not_told_why(
    owner: User, seal: str | None, words: dict[str, Any]
) -> None:
    job = waiting(owner)
    path = address_of(job)
    answer = ring(f"{path[:-64]}{seal}" if seal else path, **words)
    body = answer.json()
    assert (answer.status_code, body["code"], body["detail"]) == (403, "user:auth:forbidden", "Not allowed")
    assert not due(job)


def test_another_calls_seal_opens_nothing(owner: User) -> None:
    first, second = waiting(owner, "waves"), waiting(owner, "hills")
    path = f"/api/mv/webhooks/replicate/{second.calls.get().pk}/{address_of(first)[-64:]}"
    assert ring(path).status_code == 403
    assert not due(second)


def test_without_a_key_nobody_is_asked_and_all_is_refused(owner: User, settings: Settings) -> None:
    path = address_of(waiting(owner))
    settings.REPLICATE_API_TOKEN = ""
    assert ring(path).status_code == 403


def test_an_unknown_call_is_heard_and_nothing_happens(owner: User) -> None:
    path = str(webhooks.address(str(uuid.uuid4()))).removeprefix(PUBLIC)
    assert ring(path).json() == {"rung": False}


def test_a_body_has_a_bound(owner: User, settings: Settings) -> None:
    job = waiting(owner)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = ring(address_of(job), b" " * 1001)
    assert (answer.status_code, answer.json()["code"]) == (413, "user:request:too_large")


def test_the_secret_is_asked_for_once_and_again_when_it_may_have_changed(
    owner: User, replicate: Replicate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked() -> int:
        return sum(path == "/v1/webhooks/default/secret" for _, path, _ in replicate.requests)

    path = address_of(waiting(owner))
    for forged in (False, False, True):
        ring(path, forged=forged)
    assert asked() == 1
    monkeypatch.setattr(webhooks, "_ASK_AGAIN_AFTER", 0.0)
    assert ring(path, forged=True).status_code == 403
    assert asked() == 2


def test_a_seal_of_an_older_key_still_opens(owner: User, settings: Settings) -> None:
    path = address_of(waiting(owner))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [settings.SECRET_KEY]
    assert ring(path).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert ring(path).status_code == 403


@pytest.mark.parametrize("word", ["", " hook-twice"])
def test_the_end_of_a_clip_is_heard_long_before_the_next_look(
    owner: User, replicate: Replicate, settings: Settings, live_server: LiveServer, word: str
) -> None:
    settings.MV_PUBLIC_URL = live_server.url
    job = waiting(owner, f"waves{word}")
    order = replicate.standin.orders.get(str(job.calls.get().provider_id))
    assert order is not None
    replicate.standin.look(order)  # it is done there now, an hour before we would look
    wait_for(lambda: due(job), seconds=10, saying="the webhook rang")
    for _ in range(3):
        engine.advance(job.pk)
    assert Job.objects.get(pk=job.pk).state == JobState.SUCCEEDED


@pytest.mark.parametrize("word", ["hook-lost", "hook-forged", "hook-old"])
def test_a_clip_ends_without_a_webhook_too(
    owner: User, replicate: Replicate, settings: Settings, live_server: LiveServer, word: str
) -> None:
    settings.MV_PUBLIC_URL = live_server.url
    job = waiting(owner, f"waves {word}")
    order = replicate.standin.orders.get(str(job.calls.get().provider_id))
    assert order is not None
    replicate.standin.look(order)
    if word != "hook-lost":
        wait_for(lambda: told(replicate) == [403], seconds=10, saying="the webhook was refused")
    assert not due(job)
    assert drive(job).state == JobState.SUCCEEDED


def told(replicate: Replicate) -> list[int]:
    lines = (replicate.standin.folder / "witness.jsonl").read_text().splitlines()
    return [line["status"] for line in map(json.loads, lines) if line.get("event") == "completed"][:1]


def test_a_create_whose_answer_was_lost_is_looked_up_when_its_webhook_comes(
    owner: User, replicate: Replicate, settings: Settings
) -> None:
    settings.MV_RECONCILE_GRACE_SECONDS = 3600.0
    job = clip_request(owner=owner, parameters={"prompt": "waves create-lost"})
    engine.advance(job.pk)
    assert job.calls.get().outcome == CallOutcome.UNKNOWN
    assert not due(job)
    assert ring(address_of(job)).status_code == 200
    engine.advance(job.pk)
    call = job.calls.get()
    assert (call.outcome, call.provider_id) == (CallOutcome.RECONCILED, replicate.creates[0]["id"])
    make_due(job)
    assert drive(job).state == JobState.SUCCEEDED
    assert len(replicate.creates) == 1
