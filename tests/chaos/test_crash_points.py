"""Dying at each named place of a purchase, with and without the messages: the end is right and bought at most once."""

from pathlib import Path

import pytest

from tests.providers_server.process import StandinProcess, standin_process
from tests.support.chaos.checks import assert_debris_is_cleaned, assert_nothing_left, assert_paid_exactly
from tests.support.chaos.crew import Crew, at_work
from tests.support.chaos.customer import FINAL, Customer
from tests.support.chaos.ground import ground_of
from tests.support.processes import wait_for

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

PLACES = (
    "after_intent", "before_submit", "after_submit", "after_answer", "after_bill", "before_fetch", "after_fetch",
    "before_name", "after_name", "after_ingest", "before_commit", "after_commit",
)  # fmt: skip
PACE = {
    "MV_LEASE_SECONDS": "15",
    "MV_SWEEP_SECONDS": "0.2",
    "MV_REDISPATCH_SECONDS": "2",
    "MV_POLL_SECONDS": "0.3",
    "MV_RECONCILE_GRACE_SECONDS": "1",
}
WORKER = "worker-0"


def die_and_go_on(crew: Crew, customer: Customer, place: str, body: dict[str, str], *, wiped: bool) -> str:
    """Order a clip, let its worker die at a place, start it again; return the state in which the job ends."""
    crew.kill(WORKER)
    crew.start_worker(WORKER, crash_at=place)
    job = customer.order(f"{place}-{body['backend']}", body)
    wait_for(lambda: crew.fallen() == [WORKER], seconds=60, saying=f"the worker dies at {place}")
    if wiped:
        crew.ground.break_broker()
    crew.start_worker(WORKER)
    wait_for(lambda: customer.job(job["id"])["state"] in FINAL, seconds=60, saying=f"the job ends after {place}")
    return str(customer.job(job["id"])["state"])


@pytest.mark.parametrize("wiped", [False, True], ids=["restart", "restart-and-no-messages"])
def test_every_place_to_die(tmp_path: Path, films: Path, *, wiped: bool) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    words = ("--seconds", "0.3", "0.6", "--media", str(films), "--films", "4", "--film-seconds", "1")
    with (
        ground_of("embedded", data_dir) as ground,
        standin_process(tmp_path / "providers", *words) as providers,
        at_work(Crew(data_dir, ground, {**providers.environment(), **PACE}, workers=1)) as crew,
    ):
        customer = Customer(crew.url, seed=1)
        for place in PLACES:
            body = {"prompt": f"A lake, {place}", "backend": "replicate", "model": "google/veo-3.1-lite"}
            assert die_and_go_on(crew, customer, place, body, wiped=wiped) == "succeeded", place
            assert creates(providers, body) == 1, place
        assert_paid_exactly(providers, ground)
        assert_nothing_left(ground)
        assert_debris_is_cleaned(crew)


def creates(providers: StandinProcess, body: dict[str, str]) -> int:
    return sum(line["prompt"] == body["prompt"] for line in providers.witness.creates())
