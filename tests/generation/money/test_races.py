"""Many requests at the same moment against one budget: exactly those that fit are taken."""

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection
from django.db.models import F
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from generation import jobs, money
from generation.choices import JobKind
from generation.models import Budget, Job
from mvsite.accounts.models import User
from tests.support.money import NOTHING, VEO_8_S, books_agree, of_user
from tests.support.threads import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.network_loopback]
ASK, FIT = 20, 7


@contextmanager
def never_passed() -> Iterator[list[int]]:
    """Look at the budgets all the time; none may ever hold and have spent more than its limit."""
    over: list[str] = []
    looks = [0]
    enough = threading.Event()

    def look() -> None:
        limit = FIT * VEO_8_S
        while not enough.wait(0.002):
            over.extend(
                str(row)
                for row in Budget.objects.annotate(sum=F("reserved_usd") + F("spent_usd")).filter(sum__gt=limit)
            )
            looks[0] += 1
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield looks
    finally:
        enough.set()
        thread.join()
    assert over == []


@pytest.mark.parametrize("scope", ["USER", "DAY"])
def test_twenty_at_once_against_a_budget_for_seven(
    live_server: LiveServer, owner: User, settings: Settings, scope: str
) -> None:
    settings.REPLICATE_API_TOKEN = "r8_only-to-have-a-price"
    settings.ALLOWED_HOSTS = ["*"]
    setattr(settings, f"MV_BUDGET_{scope}_USD", FIT * VEO_8_S)
    host = live_server.url.removeprefix("http://").split(":")

    def ask() -> int:
        line = http.client.HTTPConnection("127.0.0.1", int(host[1]), timeout=60)
        body = json.dumps({"prompt": "a boat", "duration": 8, "generate_audio": True})
        line.request("POST", "/api/mv/generate_video", body, {"Content-Type": "application/json"})
        answer = line.getresponse()
        answer.read()
        line.close()
        return answer.status

    with never_passed() as looks:
        answers = at_once(*[ask] * ASK)
    assert sorted(answers) == [202] * FIT + [402] * (ASK - FIT)
    assert looks[0] > 0
    assert Job.objects.count() == FIT
    assert of_user(owner) == (FIT * VEO_8_S, NOTHING)
    books_agree()


def test_holding_spending_and_giving_back_at_once_loses_nothing(owner: User, settings: Settings) -> None:
    def life(number: int) -> None:
        job = jobs.enqueue(kind=JobKind.CLIP, owner=owner, params={}, estimated_cost_usd=Decimal("0.1"))
        if number % 3:
            call = money.intent(job, provider="replicate", model="google/veo-3.1", request_hash="h")
            money.settle(job, call, cost=Decimal("0.07") if number % 3 == 1 else None)
            money.settle(job, call, cost=None)
        if number % 2:
            jobs.request_cancel(job)

    at_once(*[partial(life, number) for number in range(12)])
    books_agree()
    held, spent = of_user(owner)
    assert spent == 4 * Decimal("0.07") + 4 * Decimal("0.1")
    assert held == 2 * Decimal("0.1") + 2 * Decimal("0.03")
