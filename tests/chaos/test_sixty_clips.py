"""Sixty clips while everything is pulled away: each is made, each is paid once, and the books agree to the cent."""

import os
import random
from pathlib import Path
from typing import Any

import pytest

from tests.providers_server.process import StandinProcess, standin_process
from tests.support.chaos.checks import (
    assert_all_made,
    assert_bought_once,
    assert_debris_is_cleaned,
    assert_nothing_left,
    assert_paid_exactly,
)
from tests.support.chaos.crew import Crew, at_work
from tests.support.chaos.customer import FINAL, Customer
from tests.support.chaos.ground import ground_of
from tests.support.chaos.nemesis import Nemesis

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

SEED = int(os.environ.get("CHAOS_SEED", "1"))
CLIPS, TWINS = 60, 6  # so many orders, of which so many are the very same as another
DEATHS, ON_PURPOSE = 30, 6  # so many, of which so many at least between submit and commit
PLACES = ("after_submit", "after_submit", "after_submit", "before_submit", "after_answer", "after_intent")
LOST_ANSWERS = 6
PATIENCE = 600.0  # seconds; about 120 are needed on two cores that have nothing else to do
OUTAGE = (15.0, 30.0)  # seconds after the beginning, and how long
# The waits of production, shortened; the outage of 30 s is not.
PACE = {
    "MV_LEASE_SECONDS": "15",
    "MV_SWEEP_SECONDS": "0.3",
    "MV_REDISPATCH_SECONDS": "3",
    "MV_POLL_SECONDS": "1",
    "MV_RECONCILE_GRACE_SECONDS": "6",
    "GEMINI_API_KEY": "",  # nobody shall step in
}
FAULTS: list[dict[str, Any]] = [
    {"word": "create-lost", "times": LOST_ANSWERS, "skip": 2, "every": 8},
    {"word": "create-429", "times": 3, "skip": 5, "every": 13},
    {"word": "create-500", "times": 2, "skip": 9, "every": 25},
    {"word": "read-500", "times": 20, "every": 11},
    {"word": "read-dropped", "times": 10, "skip": 3, "every": 17},
    {"word": "list-503", "times": 3, "every": 3},
    {"word": "file-cut", "times": 6, "every": 7},
]


def orders(dice: random.Random) -> list[dict[str, Any]]:
    """Draw what is ordered: models and lengths with different prices."""
    made = [
        {
            "prompt": f"A ferry crosses a lake, view {number}",
            "backend": "replicate",
            "model": dice.choice(["google/veo-3.1", "google/veo-3.1-fast", "google/veo-3.1-lite"]),
            "duration": dice.choice([4, 6, 8]),
            "generate_audio": dice.random() < 0.5,
            "seed": number,
        }
        for number in range(CLIPS - TWINS)
    ]
    made += [dict(body) for body in dice.sample(made, TWINS)]
    dice.shuffle(made)
    return made


def outages(dice: random.Random) -> list[tuple[float, str]]:
    """Draw when the broker forgets everything and the web server is killed; the provider is away in between."""
    start, length = OUTAGE
    drawn = [(dice.uniform(3, 70), word) for word in ("broker",) * 3 + ("web",) * 2]
    return [*drawn, (start, "outage"), (start + length, "back")]


@pytest.mark.parametrize("profile", ["embedded", "scaled"])
def test_sixty_clips_are_made_and_paid_once(profile: str, tmp_path: Path, films: Path) -> None:
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    bodies = orders(random.Random(SEED))
    words = ("--seconds", "2", "9", "--media", str(films), "--films", "4", "--film-seconds", "1")
    with (
        ground_of(profile, data_dir) as ground,
        standin_process(tmp_path / "providers", *words) as providers,
        at_work(Crew(data_dir, ground, {**providers.environment(), **PACE})) as crew,
    ):
        providers.control(faults=FAULTS)
        customer = Customer(crew.url, seed=SEED)
        nemesis = Nemesis(crew, providers, SEED, DEATHS, ON_PURPOSE, PLACES, outages(random.Random(SEED)))
        ordering = customer.order_all(bodies, progress=lambda: nemesis.progress)
        nemesis.rage(
            patience=PATIENCE, until=lambda: not ordering.is_alive() and set(customer.states().values()) <= FINAL
        )
        print(f"seed {SEED}: {nemesis.done}, {customer.repeats} requests repeated")  # noqa: T201
        providers.control(clear=True)
        assert customer.trouble is None
        assert_it_was_a_storm(nemesis, providers)
        assert_bought_once(customer, providers, bodies)
        assert_all_made(customer, providers, ground, tmp_path)
        assert_paid_exactly(providers, ground)
        assert_nothing_left(ground)
        assert_debris_is_cleaned(crew)


def assert_it_was_a_storm(nemesis: Nemesis, providers: StandinProcess) -> None:
    assert nemesis.count("kill", *PLACES) >= DEATHS
    assert nemesis.count("after_submit") >= ON_PURPOSE
    assert (nemesis.count("broker"), nemesis.count("outage"), nemesis.count("back")) == (3, 1, 1)
    lost = [line for line in providers.witness.attempts("create") if line["fault"] == "lost"]
    assert len(lost) == LOST_ANSWERS
