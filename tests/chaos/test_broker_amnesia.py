"""A broker that forgets everything five times and then says everything ten times: late by little, nothing twice."""

import random
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.providers_server.process import standin_process
from tests.support.chaos.checks import assert_bought_once, assert_nothing_left, assert_paid_exactly
from tests.support.chaos.crew import Crew, at_work
from tests.support.chaos.customer import FINAL, Customer
from tests.support.chaos.ground import ground_of
from tests.support.processes import wait_for

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

CLIPS, LOSSES, REPEATS = 40, 5, 10
REDISPATCH, SWEEP = 3.0, 0.3
SLOW_MACHINE = 10.0  # seconds for a machine that has more to do
PACE = {
    "MV_SWEEP_SECONDS": str(SWEEP),
    "MV_REDISPATCH_SECONDS": str(REDISPATCH),
    "MV_POLL_SECONDS": "0.5",
    "MV_RECONCILE_GRACE_SECONDS": "6",
}
RING_ALL = f"""
import django; django.setup()
from generation.models import Job
from generation.jobs.wake import ring
for job_id, queue in list(Job.objects.values_list("pk", "queue")):
    for _ in range({REPEATS}):
        ring(job_id, queue)
"""


def test_messages_that_are_lost_and_messages_that_are_repeated(tmp_path: Path, films: Path) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    dice = random.Random(7)
    bodies = [
        {"prompt": f"A lake, view {number}", "backend": "replicate", "model": "google/veo-3.1-lite", "seed": number}
        for number in range(CLIPS)
    ]
    words = ("--seconds", "4", "8", "--media", str(films), "--films", "4", "--film-seconds", "1")
    with (
        ground_of("embedded", data_dir) as ground,
        standin_process(tmp_path / "providers", *words) as providers,
        at_work(Crew(data_dir, ground, {**providers.environment(), **PACE}, workers=2)) as crew,
    ):
        customer = Customer(crew.url, seed=1)
        for number, body in enumerate(bodies):
            customer.order(f"order-{number}", body)
            if number % (CLIPS // LOSSES) == CLIPS // LOSSES - 1:
                ground.break_broker()
                time.sleep(dice.uniform(0, 1))
        assert max(waits_to_begin(customer)) <= REDISPATCH + SWEEP + SLOW_MACHINE
        crew.run("-c", RING_ALL)
        wait_for(lambda: set(customer.states().values()) <= FINAL, seconds=120, saying="all have ended")
        assert set(customer.states().values()) == {"succeeded"}
        assert_bought_once(customer, providers, bodies)
        assert_paid_exactly(providers, ground)
        assert_nothing_left(ground)


def waits_to_begin(customer: Customer) -> list[float]:
    """Wait until every job has begun; how long each waited for that, in seconds."""

    def told() -> list[dict[str, str]]:
        return [customer.job(job["id"]) for job in customer.jobs.values()]

    wait_for(lambda: all(job["started_at"] for job in told()), seconds=60, saying="every job begins")
    return [(moment(job["started_at"]) - moment(job["queued_at"])).total_seconds() for job in told()]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
